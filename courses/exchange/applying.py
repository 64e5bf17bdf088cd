"""Taking over what was chosen, a few lessons in a transaction, and the way back."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from courses.audit import record
from courses.catalogue.courses import create_course
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.exchange import runs
from courses.exchange.intake import Intake
from courses.exchange.plan import Action, Step, draft_of
from courses.exchange.reading.found import Finding, FoundCourse, finding
from courses.exchange.runs import Outcome, RunInfo
from courses.lessons.authoring import create_lesson, edit_lesson, lessons_by_id
from courses.lessons.links import issue_link
from courses.lessons.revisions import revision_of
from courses.lessons.schedule import schedule_lesson
from courses.lessons.trash import trash_lessons
from courses.signed_in import SignedIn
from courses.tables.lessons import Lesson

Chosen = Sequence[tuple[Step, Action]]
#: lessons, and seconds, in one transaction, and the seconds after it in which other processes get their turn
CHUNK, SECONDS, PAUSE = 50, 0.08, 0.01


async def take_over(
    by: SignedIn | None, run: RunInfo, attempt: UUID, course: FoundCourse | None, chosen: Chosen, intake: Intake,
    bad: Sequence[Finding] = (),
) -> tuple[UUID, Outcome]:  # fmt: skip
    """Write lesson after lesson, a few in a transaction, so that students' events never wait long; the course and outcome.

    Each transaction keeps what the run has done by then: a try that died is followed by one that goes on behind it, and
    one that fails takes back what it wrote. `course` is what is made where the run makes one, `bad` what was found on the
    way. Raises Invalid, Conflict, NotFound.
    """
    taken = [(step, action) for step, action in chosen if action != "skip"]
    lost = sum(step.bad for step, _ in chosen)
    outcome = replace(
        run.outcome, skipped=run.outcome.skipped + len(chosen) - len(taken) - lost, bad=lost, findings=tuple(bad)
    )  # fmt: skip

    @unit_of_work
    async def go_on(course_id: UUID | None, done: int, outcome: Outcome) -> tuple[UUID, int, Outcome]:
        async with writing():
            course_id = course_id or await _new_course(by, course)
            some, outcome = await _some(by, course_id, taken[done:], intake, outcome)
            done += some
            if done == len(taken):
                await record(
                    "course.import", by, course=course_id, object=course_id, label=run.name,
                    detail={"added": len(outcome.created), "replaced": len(outcome.replaced),
                            "skipped": outcome.skipped, "left_out": lost},
                )  # fmt: skip
                await runs.end(run.id, attempt, "done", outcome, course_id)
            else:
                await runs.note(run.id, attempt, outcome, course_id, len(intake.rows) + done)
        return course_id, done, outcome

    course_id, done, outcome = await go_on(run.course, 0, outcome)
    while done < len(taken):
        await asyncio.sleep(PAUSE)
        course_id, done, outcome = await go_on(course_id, done, outcome)
    return course_id, outcome


async def _some(
    by: SignedIn | None, course_id: UUID, waiting: Chosen, intake: Intake, outcome: Outcome
) -> tuple[int, Outcome]:
    """As many of the first as fit into a transaction, how many that were, and what has come of all."""
    start, count = time.monotonic(), 0
    while count < min(len(waiting), CHUNK) and time.monotonic() - start < SECONDS:
        step, action = waiting[count]
        count += 1
        await intake.write_rows(course_id, {step.lesson.key})
        taken = (*outcome.taken, step.lesson.key)
        if action == "replace" and step.present is not None:
            before = (*outcome.before, await _replace(by, course_id, step, intake))
            replaced = (*outcome.replaced, step.present.id)
            outcome = replace(outcome, replaced=replaced, before=before, taken=taken)
        else:
            outcome = replace(outcome, created=(*outcome.created, await _add(by, course_id, step, intake)), taken=taken)
        await asyncio.sleep(0)  # what students read goes on meanwhile
    return count, outcome


async def _new_course(by: SignedIn | None, course: FoundCourse | None) -> UUID:
    if by is None or course is None:
        raise Invalid({"course": Message("There is no course.md in this archive, so it has no title for a course.")})
    return await create_course(by, course.title, course.term, course.description)


async def _add(by: SignedIn | None, course_id: UUID, step: Step, intake: Intake) -> UUID:
    lesson = step.lesson
    with _naming(step):
        made = await create_lesson(by, course_id, draft_of(lesson, intake.ids(lesson.key)), note="imported")
    await Lesson.update({
        Lesson.opens_at: lesson.opens_at, Lesson.closes_at: lesson.closes_at, Lesson.template: lesson.template
    }).where(Lesson.id == made)  # fmt: skip
    if not lesson.template:
        await issue_link(by, made)
    return made


async def _replace(by: SignedIn | None, course_id: UUID, step: Step, intake: Intake) -> int:
    """Returns the version that it had."""
    wanted = step.present.id if step.present else UUID(int=0)
    present = next(iter(await lessons_by_id(course_id, [wanted])), None)
    if present is None:
        raise Conflict(Message("“{title}” was deleted meanwhile. Look at the list again.", title=step.lesson.title))
    lesson = step.lesson
    with _naming(step):
        await edit_lesson(by, present, draft_of(lesson, intake.ids(lesson.key), present), note="imported")
        opens = lesson.opens_at if "opens_at" in lesson.given else present.opens_at
        closes = lesson.closes_at if "closes_at" in lesson.given else present.closes_at
        await schedule_lesson(by, present, opens, closes)
    return present.version


@contextmanager
def _naming(step: Step) -> Iterator[None]:
    """What the domain refuses is told with the lesson's file. Raises LessonRefused."""
    try:
        yield
    except Invalid as error:
        said = next(iter(error.fields.values()))
        raise LessonRefused(finding("error", step.lesson.file, step.lesson.line, said, step.lesson.key)) from error


class LessonRefused(Conflict):
    """A lesson that cannot be taken over after all."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings[0].message)
        self.findings = findings


async def undo(by: SignedIn, run: RunInfo) -> Outcome:
    """Put what was added into the trash, and bring back what was replaced as a new revision. Raises Conflict.

    Also of a try that stopped half-way. Done twice, where the first time was cut off, it is done once.
    """
    stopped = run.silent and bool(run.outcome.taken)
    if not (run.state == "done" or stopped) or run.course is None or run.outcome.undone:
        raise Conflict(Message("There is nothing to undo here."))
    outcome = replace(run.outcome, undone=True)
    await take_back(by, run.course, run.outcome)
    await runs.mark_undone(run, outcome)
    return outcome


async def take_back(by: SignedIn | None, course_id: UUID, outcome: Outcome) -> None:
    """Undo what an outcome names, a few lessons in a transaction."""
    created, replaced = outcome.created, list(zip(outcome.replaced, outcome.before, strict=True))
    for start in range(0, len(created), CHUNK):
        await trash_lessons(by, course_id, created[start : start + CHUNK])
        await asyncio.sleep(PAUSE)
    for start in range(0, len(replaced), CHUNK):
        await _bring_some_back(by, course_id, replaced[start : start + CHUNK])
        await asyncio.sleep(PAUSE)


@unit_of_work
async def _bring_some_back(by: SignedIn | None, course_id: UUID, lessons: Sequence[tuple[UUID, int]]) -> None:
    async with writing():
        for lesson_id, version in lessons:
            await _bring_back(by, course_id, lesson_id, version)


async def _bring_back(by: SignedIn | None, course_id: UUID, lesson_id: UUID, version: int) -> None:
    lesson = next(iter(await lessons_by_id(course_id, [lesson_id])), None)
    try:
        if lesson is not None and lesson.version != version:
            old = await revision_of(lesson_id, version)
            await edit_lesson(by, lesson, old.draft, note="restored", restored_from=version)
    except NotFound:
        return
