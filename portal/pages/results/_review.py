"""One post of the queue made ready for its page: what was handed in, what the portal knows of it, what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import NotFound
from courses.events.publications import progress_by_platform
from courses.lessons.authoring import lesson_of
from courses.lessons.values import LessonInfo
from courses.media.values import MediaInfo
from courses.results.completion import CellEvent, cell_events
from courses.results.evidence import Evidence, Record, cell_of, evidence_of, record_of, row_of
from courses.results.looking import looking_of
from courses.results.looks import look_of
from courses.results.same_notes import Twin, twins
from courses.results.values import NOTHING, Cell
from courses.signed_in import SignedIn
from courses.students.roster import find_student_by_id
from courses.students.values import StudentInfo
from portal.lessons.published_text import plain_text
from portal.words.looking import usual_reasons

#: characters of the lesson's text
EXCERPT = 400
#: rungs that wait for a look
WAITING = ("claimed", "linked")


@dataclass(frozen=True)
class Entry:
    """`seen` is what the decision is about; `waits` says whether there is one to make."""

    course: CourseInfo
    lesson: LessonInfo
    student: StudentInfo
    cell: Cell = NOTHING
    events: Sequence[CellEvent] = ()
    twins: Sequence[Twin] = ()
    evidence: Evidence = field(default_factory=Evidence)
    record: Record | None = None
    seen: str = ""
    asked: str = ""
    reasons: Sequence[str] = ()

    @property
    def waits(self) -> bool:
        """Whether it is still to be decided."""
        return self.cell.rung in WAITING and self.cell.excuse is None

    @property
    def picture(self) -> MediaInfo | None:
        """What the lesson's post begins with."""
        return self.lesson.cover or next(iter(self.lesson.pictures), None)


async def entry_of(person: SignedIn, lesson_id: UUID, student_id: UUID, *, only_head: bool = False) -> Entry:
    """Whatever has become of it; `only_head` names it and no more. Raises NotFound, NotAllowed."""
    lesson = await lesson_of(person, lesson_id, "mark")
    if lesson.template:
        raise NotFound
    course = await course_of(person, lesson.course, "mark")
    student = await find_student_by_id(course.id, student_id)
    if only_head:
        return Entry(course, lesson, student)
    # Before the rest is read: what changes while it is read is told to who decides.
    seen, row = await look_of(student.id, lesson.id), await row_of(course.id, student.id)
    cell, events = cell_of(row, lesson.id), await cell_events(course.id, lesson.id, student.id)
    return Entry(
        course, lesson, student, cell, events,
        twins=await _twins(person, cell, lesson, student),
        evidence=evidence_of(events, cell, lesson.due_at),
        record=await record_of(row) if row else None,
        seen=seen,
        asked=_excerpt(plain_text(lesson.body)),
        reasons=(await looking_of(course.id)).reasons or usual_reasons(),
    )  # fmt: skip


async def _twins(person: SignedIn, cell: Cell, lesson: LessonInfo, student: StudentInfo) -> list[Twin]:
    if cell.note_url is None or cell.platform is None:
        return []
    progress = (await progress_by_platform(student.id, lesson.id))[cell.platform]
    return await twins(person, student.id, lesson.id, cell.platform, progress)


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…"
