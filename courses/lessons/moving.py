"""Lessons that go into another course, with pictures and history, and come back from there."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from courses.audit import record
from courses.catalogue.courses import CourseInfo
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Message
from courses.lessons.authoring import lesson_by_id, lessons_by_id
from courses.lessons.bulk import chosen_ones
from courses.lessons.copying import copy_media, was_opened, with_media
from courses.lessons.links import forget_card, issue_link, links_of_lesson, live_links
from courses.lessons.revisions import write
from courses.lessons.values import LessonDraft, LessonInfo, decoded
from courses.media.unneeded import media_in_lesson
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry
from courses.tables.courses import Course
from courses.tables.lessons import Lesson, LessonPicture, Revision
from courses.tables.links import Link


class CannotMove(Conflict):
    """Lessons that students have opened, or that have personal links, belong to their course; nothing was moved."""

    code = "cannot_move"

    def __init__(self, titles: Sequence[str]) -> None:
        names = " ".join(f"“{title}”" for title in titles)
        super().__init__(
            Message(
                "Students of this course have opened {titles}, or have codes of their own for it. What they reached stays"
                " here. Nothing was moved; duplicate the lessons instead.",
                titles=names,
            )
        )


async def links_that_end(course: CourseInfo, ids: Sequence[UUID], target: CourseInfo) -> int:
    """How many class links would no longer open anything if these lessons moved. Raises Conflict, CannotMove."""
    lessons = await _chosen(course, ids, target)
    await _movable(lessons)
    return len(await live_links([lesson.id for lesson in lessons if not lesson.template]))


@unit_of_work
async def move_lessons(
    by: SignedIn, course: CourseInfo, ids: Sequence[UUID], target: CourseInfo
) -> tuple[int, datetime]:
    """Into another course in which the person may write; how many, and the moment by which they can be brought back.

    A code that was printed may name a seat, which is another student's in another course: the links so far are withdrawn,
    and a lesson that had one for its class gets a new one. Raises Conflict, CannotMove.
    """
    async with writing():
        lessons, moment = await _chosen(course, ids, target), now()
        await _move_all(by, lessons, course, target, moment)
    return len(lessons), moment


async def moved_at(course: CourseInfo, target: CourseInfo, moment: datetime) -> list[UUID]:
    """Which lessons left the course at this moment and are in the other one still."""
    rows = await AuditEntry.select(AuditEntry.object, AuditEntry.detail).where(
        AuditEntry.course == course.id, AuditEntry.action == "lesson.move", AuditEntry.at == moment
    )  # fmt: skip
    gone = [row["object"] for row in rows if "to" in msgspec.json.decode(row["detail"])]
    return [lesson.id for lesson in await lessons_by_id(target.id, gone)] if gone else []


@unit_of_work
async def return_lessons(by: SignedIn, course: CourseInfo, target: CourseInfo, moment: datetime) -> int:
    """Bring back what moved at this moment, and the links that ended by it; how many lessons. Raises Conflict, CannotMove."""
    async with writing():
        moved = await moved_at(course, target, moment)
        if not moved:
            raise Conflict(Message("There is nothing to undo here."))
        lessons = await lessons_by_id(target.id, moved)
        await _move_all(by, lessons, target, course, now(), ended=moment)
    return len(lessons)


async def _chosen(course: CourseInfo, ids: Sequence[UUID], target: CourseInfo) -> list[LessonInfo]:
    if target.id == course.id:
        raise Conflict(Message("The lessons are in this course already. Choose another one."))
    return await chosen_ones(course.id, ids)


async def _movable(lessons: Sequence[LessonInfo]) -> None:
    """Raises CannotMove."""
    ids = [lesson.id for lesson in lessons]
    bound = await was_opened(ids) | set(
        await Link.select(Link.lesson).where(
            Link.lesson.is_in(ids), Link.student.is_not_null()
        ).output(as_list=True)
    )  # fmt: skip
    if bound:
        raise CannotMove([lesson.title for lesson in lessons if lesson.id in bound])


async def _move_all(
    by: SignedIn, lessons: Sequence[LessonInfo], course: CourseInfo, target: CourseInfo, moment: datetime,
    ended: datetime | None = None,
) -> None:  # fmt: skip
    """`ended` is when links were withdrawn that live again."""
    await _movable(lessons)
    for lesson in lessons:
        await _move(by, lesson, course, target, moment)
        await _renew_links(by, lesson, moment, ended)
        for place, detail in ((course, {"to": target.title}), (target, {"from": course.title})):
            await record("lesson.move", by, course=place.id, object=lesson.id, label=lesson.title, detail=detail,
                         at=moment)  # fmt: skip
        await asyncio.sleep(0)  # scans go on meanwhile
    await Course.update({Course.updated_at: moment}).where(Course.id.is_in([course.id, target.id]))


async def _move(by: SignedIn, lesson: LessonInfo, course: CourseInfo, target: CourseInfo, moment: datetime) -> None:
    media = await copy_media(course.id, target.id, await media_in_lesson(lesson.id))
    draft, version = with_media(lesson.draft, media), lesson.version + 1
    await Lesson.update(
        {"course": target.id, "video": draft.video, "cover": draft.cover, "updated_at": moment, "version": version}
    ).where(Lesson.id == lesson.id)
    for old, new in media.items():
        await LessonPicture.update({LessonPicture.media: new}).where(
            LessonPicture.lesson == lesson.id, LessonPicture.media == old
        )
    await _repoint_revisions(lesson.id, media)
    # Whoever has it open in an editor is told before anything is overwritten.
    await write(lesson.id, version, by, (await lesson_by_id(lesson.id)).draft, moment, "moved")


async def _repoint_revisions(lesson: UUID, media: dict[UUID, UUID]) -> None:
    """The same pictures, by the names that they have in the other course."""
    if not media:
        return
    for row in await Revision.select(Revision.id, Revision.content).where(Revision.lesson == lesson):
        draft: LessonDraft = with_media(decoded(row["content"]), media)
        await Revision.update({Revision.content: draft.encoded()}).where(Revision.id == row["id"])


async def _renew_links(by: SignedIn, lesson: LessonInfo, moment: datetime, ended: datetime | None) -> None:
    """Withdraw the links, and issue one where the class had one; or bring back those that ended at a moment."""
    links = await links_of_lesson(lesson.id)
    shared = any(link.withdrawn_at is None for link in links)
    await Link.update({Link.withdrawn_at: moment}).where(Link.lesson == lesson.id, Link.withdrawn_at.is_null())
    back = [link for link in links if ended is not None and link.withdrawn_at == ended]
    if back:
        await Link.update({Link.withdrawn_at: None}).where(Link.id.is_in([link.id for link in back]))
    elif shared and not lesson.template:
        await issue_link(by, lesson.id)
    for link in links:
        forget_card(link.code)
