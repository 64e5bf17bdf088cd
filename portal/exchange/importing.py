"""Importing: a file is read, and what was chosen of it is taken over in the background, whoever is still looking."""

import asyncio
import logging
import tempfile
import time
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from obstore.store import ObjectStore

from courses.database import reads_apart
from courses.errors import Conflict, CourseError, Message
from courses.exchange import runs
from courses.exchange.applying import LessonRefused, take_back, take_over
from courses.exchange.intake import Intake
from courses.exchange.plan import ACTIONS, Action, Step, steps
from courses.exchange.reading.found import Contents, Finding, finding
from courses.exchange.runs import Outcome, RunInfo
from courses.lessons.authoring import lessons_of
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from portal.media.intake import VIDEO_SECONDS
from portal.platforms import PLATFORMS
from portal.settings import Settings
from portal.workers.archives import kind_of, prepare_entry, read_file
from portal.workers.pool import in_worker

T = TypeVar("T")
logger = logging.getLogger("portal.imports")
#: seconds: to read an archive, between two signs of life, and that a request waits for a short import
READ_SECONDS, BEAT, PATIENCE = 300, 1.0, 3.0
NO_COURSE = Message("There is no course.md in this archive, so it has no title for a course.")


@dataclass(frozen=True)
class ImportChoice:
    """What somebody decided: for each step of the plan, or by the step's own usual; bad lessons may stay behind."""

    actions: Mapping[int, str]
    good_only: bool = False
    #: for lessons whose title is there already, where nothing else is said
    known: str = ""

    def of(self, number: int, step: Step) -> Action:
        """What is done with a step; only what is possible with it."""
        wanted = self.actions.get(number, self.known if step.known != "new" else "")
        return next((action for action in ACTIONS if action == wanted and action in step.choices), step.usual)


async def read(settings: Settings, path: Path, name: str, encoding: str = "", kind: str = "") -> tuple[str, Contents]:
    """ "zip" or "csv", and what is in the file. Raises WorkFailed."""
    kind = kind or kind_of(path, name)
    keys = settings.keyring.export()
    contents = await in_worker(
        read_file, path, name, kind, keys, tuple(PLATFORMS), settings.time_zone, encoding, seconds=READ_SECONDS
    )
    return kind, contents


async def read_again(store: ObjectStore, settings: Settings, run: RunInfo, encoding: str) -> None:
    """Read the file of an import in another encoding. Raises NotFound, WorkFailed."""
    with tempfile.TemporaryDirectory(prefix="lessonlink-import-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "file"
        await runs.fetch_file(store, run, path)
        _, contents = await read(settings, path, run.name, encoding, run.kind)
    await runs.reread(store, run, contents)


@reads_apart
async def present_lessons(course_id: UUID | None) -> list[LessonInfo]:
    """Lessons and templates of a course in the order they were made; of a new course none."""
    if course_id is None:
        return []
    both = [*await lessons_of(course_id), *await lessons_of(course_id, templates=True)]
    return sorted(both, key=lambda lesson: (lesson.created_at, lesson.id))


class Imports:
    """What this process takes over just now: one per process."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        # A task that nobody holds may be collected while it runs.
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, by: SignedIn, run: RunInfo, choice: ImportChoice) -> None:
        """Begin to take over what was chosen, and wait a little for its end. Raises Conflict."""
        contents = await runs.contents_of(self._store, run)
        if run.fresh and contents.course is None:
            raise Conflict(NO_COURSE)
        chosen = choose(contents, await present_lessons(run.course), choice, run.outcome.taken)
        taken = [step.lesson for step, action in chosen if action != "skip"]
        attempt = await runs.begin(run, len(taken) + sum(len(lesson.files) for lesson in taken))
        task = asyncio.create_task(_take_over(self._store, by, run, attempt, contents, chosen, choice.good_only))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=PATIENCE)

    async def stop(self) -> None:
        """At the end of the process, while the database is open: what is half done is left for the next try."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def choose(
    contents: Contents, present: Sequence[LessonInfo], choice: ImportChoice, done: Collection[str] = ()
) -> list[tuple[Step, Action]]:
    """Each step with what is done, without those that an earlier try has done.

    Raises Conflict when nothing can be or would be taken.
    """
    chosen, problem = _chosen(contents, present, choice)
    if problem:
        raise Conflict(problem)
    known = frozenset(done)
    return [(step, action) for step, action in chosen if step.lesson.key not in known]


async def import_plan(
    course_id: UUID, contents: Contents, choice: ImportChoice
) -> tuple[list[tuple[Step, Action]], Message | None]:
    """Each step with what would be done in a course, and why it cannot be, if so."""
    return _chosen(contents, await present_lessons(course_id), choice)


def _chosen(
    contents: Contents, present: Sequence[LessonInfo], choice: ImportChoice
) -> tuple[list[tuple[Step, Action]], Message | None]:
    chosen = [(step, choice.of(number, step)) for number, step in enumerate(steps(contents, present))]
    if contents.refused:
        return chosen, Message("Nothing of this file can be imported.")
    if not choice.good_only and any(step.bad for step, _ in chosen):
        return chosen, Message("Some lessons have errors. Correct the file, or choose to import the others.")
    if all(action == "skip" for _, action in chosen):
        return chosen, Message("Nothing is chosen to be imported.")
    return chosen, None


async def _take_over(
    store: ObjectStore, by: SignedIn, run: RunInfo, attempt: UUID, contents: Contents,
    chosen: list[tuple[Step, Action]], good_only: bool,
) -> None:  # fmt: skip
    """The whole of it; what goes wrong is kept with the run."""
    try:
        await do_import(store, by, run, attempt, contents, chosen, good_only)
    except ImportFailed as error:
        await _fail(run, attempt, error.findings)
    except Exception as error:
        if not isinstance(error, CourseError):
            logger.exception("import %s failed", run.id)
        said = (
            error.message
            if isinstance(error, CourseError)
            else Message("Something went wrong on our side. Nothing was imported; please try again.")
        )
        await _fail(run, attempt, (finding("error", run.name, None, said),))


async def _fail(run: RunInfo, attempt: UUID, findings: Sequence[Finding]) -> None:
    try:
        await runs.end(run.id, attempt, "failed", Outcome(findings=tuple(findings)))
    except Conflict:
        logger.info("import %s was taken over by another try", run.id)


class ImportFailed(CourseError):
    """Nothing was written; `findings` say why."""

    code = "import_failed"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].message)
        self.findings = tuple(findings)


async def do_import(
    store: ObjectStore, by: SignedIn | None, run: RunInfo, attempt: UUID, contents: Contents,
    chosen: list[tuple[Step, Action]], good_only: bool,
) -> tuple[UUID, Outcome]:  # fmt: skip
    """Prepare the media one by one, then write everything at once. Raises ImportFailed and what the domain raises."""
    intake = Intake(store)
    try:
        bad = await _take_in(store, run, attempt, chosen, intake)
        if bad and not good_only:
            raise ImportFailed(bad)
        lost = {each.lesson for each in bad}
        rest: list[tuple[Step, Action]] = [
            (replace(step, bad=True), "skip") if step.lesson.key in lost else (step, action) for step, action in chosen
        ]
        course, outcome = await take_over(by, run, attempt, contents.course, rest, intake, bad)
    except LessonRefused as error:
        await _undo_all(by, run, attempt)
        await intake.take_back()
        raise ImportFailed(error.findings) from error
    except Exception:
        await _undo_all(by, run, attempt)
        await intake.take_back()
        raise
    except BaseException:
        await intake.take_back()  # the process ends: the next try goes on from here
        raise
    if lost:
        await intake.take_back()  # what belongs to no lesson after all
    await runs.let_go(store, run.id, run.kind)
    return course, outcome


async def _undo_all(by: SignedIn | None, run: RunInfo, attempt: UUID) -> None:
    """What a try that failed has written goes: to the trash, or with the course that it made."""
    try:
        course, outcome = await runs.outcome_of(run.id, attempt)
    except Conflict:
        return  # another try has taken over, with all of it
    if course is not None and outcome.taken:
        await take_back(by, course, outcome)
        if run.fresh:
            await runs.forget_course(run.id, course)


async def _take_in(
    store: ObjectStore, run: RunInfo, attempt: UUID, chosen: Sequence[tuple[Step, Action]], intake: Intake
) -> list[Finding]:
    """Prepare and store all pictures and videos; what is refused is told. Raises Conflict, WorkFailed."""
    taken = [step.lesson for step, action in chosen if action != "skip"]
    if not any(lesson.files for lesson in taken):
        return []
    bad: list[Finding] = []
    done, beaten = 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lessonlink-import-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        await runs.fetch_file(store, run, folder / "file")
        for lesson in taken:
            for file in lesson.files:
                kind = "video" if file == lesson.video else "image"
                work = in_worker(prepare_entry, folder / "file", file, kind, folder, seconds=VIDEO_SECONDS)
                prepared = await _patiently(run, attempt, done, work)
                done += 1
                if isinstance(prepared, CourseError):
                    bad.append(finding("error", file.path, None, prepared.message, lesson.key))
                else:
                    await intake.add(lesson.key, file.path, file.name, prepared)
                if time.monotonic() - beaten >= BEAT:
                    beaten = time.monotonic()
                    await runs.beat(run.id, attempt, done)
    return bad


async def _patiently(run: RunInfo, attempt: UUID, done: int, work: Coroutine[Any, Any, T]) -> T:
    """Wait for a piece of work, with a sign of life every half minute."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=30))[0]:
            await runs.beat(run.id, attempt, done)
        return task.result()
    finally:
        task.cancel()
