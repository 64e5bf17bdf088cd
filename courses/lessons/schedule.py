"""When a lesson opens, is due and closes, whatever its links say; and what happens when, for a calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.audit import changed, record
from courses.catalogue.shown import students_see
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message
from courses.lessons.links import LinkInfo, check_years, forget_card, links_of_lesson, set_link_times
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from courses.tables.lessons import Lesson


@dataclass(frozen=True)
class Scheduled:
    """A lesson with its times."""

    id: UUID
    title: str
    opens_at: datetime | None
    closes_at: datetime | None
    due_at: datetime | None = None


@unit_of_work
async def schedule_lesson(
    by: SignedIn | None, lesson: LessonInfo, opens_at: datetime | None, closes_at: datetime | None
) -> None:
    """Set when a lesson opens and closes (None: no bound); all its links and printed codes follow. Raises Invalid."""
    after = {"opens_at": opens_at, "closes_at": closes_at}
    check_years(after)
    if opens_at is not None and closes_at is not None and opens_at >= closes_at:
        raise Invalid({"closes_at": Message("A lesson must close after it opens.")})
    detail = changed({"opens_at": lesson.opens_at, "closes_at": lesson.closes_at}, after)
    if not detail:
        return
    async with writing():
        await Lesson.update({Lesson.opens_at: opens_at, Lesson.closes_at: closes_at}).where(Lesson.id == lesson.id)
        await record("lesson.schedule", by, course=lesson.course, object=lesson.id, label=lesson.title, detail=detail)
    for link in await links_of_lesson(lesson.id):
        forget_card(link.code)


@unit_of_work
async def set_due(by: SignedIn | None, lesson: LessonInfo, due_at: datetime | None) -> None:
    """Say when a lesson is to be done (None: no such time); what is done later counts as late. Raises Invalid."""
    check_years({"due_at": due_at})
    detail = changed({"due_at": lesson.due_at}, {"due_at": due_at})
    if not detail:
        return
    async with writing():
        await Lesson.update({Lesson.due_at: due_at}).where(Lesson.id == lesson.id)
        await record("lesson.due", by, course=lesson.course, object=lesson.id, label=lesson.title, detail=detail)


@unit_of_work
async def set_times_of(
    by: SignedIn | None, lesson: LessonInfo, link: LinkInfo | None, times: Mapping[str, datetime | None]
) -> None:
    """All times of a lesson that are named (opens_at, closes_at, due_at), and of a link of it (link_opens_at, link_expires_at).

    All or none. Raises Invalid, Conflict.
    """
    async with writing():
        opens, closes = times.get("opens_at", lesson.opens_at), times.get("closes_at", lesson.closes_at)
        await schedule_lesson(by, lesson, opens, closes)
        await set_due(by, lesson, times.get("due_at", lesson.due_at))
        if link is not None:
            try:
                await set_link_times(
                    by, link, times.get("link_opens_at", link.opens_at), times.get("link_expires_at", link.expires_at)
                )
            except Invalid as error:
                raise Invalid({f"link_{name}": text for name, text in error.fields.items()}) from error
    for each in await links_of_lesson(lesson.id):
        forget_card(each.code)


async def scheduled_lessons(course_id: UUID) -> list[Scheduled]:
    """All lessons of a course that could be scheduled, by title; in one query."""
    rows = await Lesson.select(Lesson.id, Lesson.title, Lesson.opens_at, Lesson.closes_at, Lesson.due_at).where(
        students_see(course_id)
    ).order_by(Lesson.search, Lesson.id)  # fmt: skip
    return [Scheduled(**row) for row in rows]
