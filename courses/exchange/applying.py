"""Taking over: all that was chosen, in one transaction, and the way back."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from courses.audit import record
from courses.authoring import create_lesson, edit_lesson, lessons_by_id
from courses.catalogue import create_course
from courses.database import writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.exchange import runs
from courses.exchange.found import Finding, FoundCourse, finding
from courses.exchange.intake import Intake
from courses.exchange.plan import Action, Step, draft_of
from courses.exchange.runs import Outcome, RunInfo
from courses.links import issue_link
from courses.people import SignedIn
from courses.revisions import revision_of
from courses.schedule import schedule_lesson
from courses.tables.lessons import Lesson
from courses.trash import trash_lessons

Chosen = Sequence[tuple[Step, Action]]


async def take_over(
    by: SignedIn | None, run: RunInfo, attempt: UUID, course: FoundCourse | None, chosen: Chosen, intake: Intake,
    bad: Sequence[Finding] = (),
) -> tuple[UUID, Outcome]:  # fmt: skip
    """Write all or nothing; returns the course and what was done. `bad` is what was found on the way.

    `course` is what is made where the run makes one. Raises Invalid, Conflict, NotFound.
    """
    created: list[UUID] = []
    replaced: list[tuple[UUID, int]] = []
    async with writing():
        course_id = run.course or await _new_course(by, course)
        taken = [(step, action) for step, action in chosen if action != "skip"]
        await intake.write_rows(course_id, {step.lesson.key for step, _ in taken})
        for step, action in taken:
            if action == "replace" and step.present is not None:
                replaced.append((step.present.id, await _replace(by, course_id, step, intake)))
            else:
                created.append(await _add(by, course_id, step, intake))
            await asyncio.sleep(0)  # what students read goes on meanwhile
        lost = sum(step.bad for step, _ in chosen)
        outcome = Outcome(
            tuple(created), tuple(lesson for lesson, _ in replaced), tuple(version for _, version in replaced),
            len(chosen) - len(taken) - lost, lost, findings=tuple(bad),
        )  # fmt: skip
        detail = {"added": len(created), "replaced": len(replaced), "skipped": outcome.skipped, "left_out": lost}
        await record("course.import", by, course=course_id, object=course_id, label=run.name, detail=detail)
        await runs.end(run.id, attempt, "done", outcome, course_id)
    return course_id, outcome


async def _new_course(by: SignedIn | None, course: FoundCourse | None) -> UUID:
    if by is None or course is None:
        raise Invalid({"course": Message("There is no course.md in this archive, so it has no title for a course.")})
    return await create_course(by, course.title, course.term, course.description)


async def _add(by: SignedIn | None, course_id: UUID, step: Step, intake: Intake) -> UUID:
    lesson = step.lesson
    with _naming(step):
        made = await create_lesson(by, course_id, draft_of(lesson, intake.ids(lesson.key)), note="imported")
    times = {"opens_at": lesson.opens_at, "closes_at": lesson.closes_at, "template": lesson.template}
    await Lesson.update(times).where(Lesson.id == made)
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
    """Put what was added into the trash, and bring back what was replaced as a new revision. Raises Conflict."""
    if run.state != "done" or run.course is None or run.outcome.undone:
        raise Conflict(Message("There is nothing to undo here."))
    async with writing():
        await trash_lessons(by, run.course, run.outcome.created)
        for lesson_id, version in zip(run.outcome.replaced, run.outcome.before, strict=True):
            lesson = next(iter(await lessons_by_id(run.course, [lesson_id])), None)
            try:
                if lesson is not None and lesson.version != version:
                    old = await revision_of(lesson_id, version)
                    await edit_lesson(by, lesson, old.draft, note="restored", restored_from=version)
            except NotFound:
                continue
        outcome = replace(run.outcome, undone=True)
        await runs.mark_undone(run, outcome)
    return outcome
