"""Many lessons of a course at once: each action is one transaction, and is done to all of them or to none."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from courses.audit import record
from courses.authoring import LessonInfo, edit_lesson, lesson_by_id, lessons_by_id
from courses.catalogue import CourseInfo
from courses.clock import now
from courses.copying import copy_lesson, copy_media, was_opened, with_media
from courses.database import writing
from courses.drafts import LessonDraft, decoded, topic_names
from courses.errors import Conflict, Invalid, Message
from courses.links import class_links, forget_card, issue_link, links_of_lesson
from courses.media_use import media_in_lesson
from courses.people import SignedIn
from courses.revisions import write
from courses.tables.courses import Course
from courses.tables.lessons import Lesson, LessonPicture, Revision
from courses.tables.links import Link
from courses.trash import restore_lessons, trash_lessons

#: while these are written, nothing else is
MOST = 200


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


async def delete_lessons(by: SignedIn, course_id: UUID, ids: Sequence[UUID]) -> datetime:
    """Into the trash; returns the moment that all of them have in common, by which it is undone. Raises Conflict."""
    async with writing():
        await _chosen(course_id, ids)
        await trash_lessons(by, course_id, ids)
        moment = now()
        await Lesson.update({Lesson.deleted_at: moment}).where(Lesson.id.is_in(list(ids)))
    return moment


async def deleted_at(course_id: UUID, moment: datetime) -> int:
    """How many lessons are in the trash that went there at this moment."""
    return await Lesson.count().where(Lesson.course == course_id, Lesson.deleted_at == moment)


async def restore_deleted(by: SignedIn, course_id: UUID, moment: datetime) -> int:
    """Take back all that went into the trash at this moment; how many came."""
    async with writing():
        ids = await Lesson.select(Lesson.id).where(
            Lesson.course == course_id, Lesson.deleted_at == moment
        ).output(as_list=True)  # fmt: skip
        return len(await restore_lessons(by, course_id, ids))


async def add_topic(by: SignedIn, course_id: UUID, ids: Sequence[UUID], topic: str) -> int:
    """Add a topic to those that lack it, a revision for each; how many got it. Raises Invalid, Conflict."""
    if not topic_names(topic):
        raise Invalid({"topic": Message("Write the topic to add.")})
    added = 0
    async with writing():
        for lesson in await _chosen(course_id, ids):
            draft = replace(lesson.draft, topics=(*lesson.topics, topic))
            try:
                added += await edit_lesson(by, lesson, draft) != lesson.version
            except Invalid as error:
                problem = next(iter(error.fields.values()))
                raise Invalid({"topic": problem}) from error
            await asyncio.sleep(0)  # scans go on meanwhile
    return added


async def copy_lessons(
    by: SignedIn, course_id: UUID, ids: Sequence[UUID], target: UUID, titled: Callable[[str], str]
) -> list[UUID]:
    """Copies in the same course or in another one where the person may write; `titled` makes a copy's title. Raises Conflict."""
    async with writing():
        copies = []
        for lesson in await _chosen(course_id, ids):
            copies.append(await copy_lesson(by, lesson, target, titled(lesson.title)))
            await asyncio.sleep(0)
    return copies


async def move_lessons(by: SignedIn, course: CourseInfo, ids: Sequence[UUID], target: CourseInfo) -> int:
    """Into another course in which the person may write, with pictures and history; how many. Raises Conflict, CannotMove.

    Codes of personal slips name a seat, which is another student's in another course: the links so far are gone, and a
    lesson that had one for its class gets a new one.
    """
    if target.id == course.id:
        raise Conflict(Message("The lessons are in this course already. Choose another one."))
    async with writing():
        lessons = await _chosen(course.id, ids)
        bound = await was_opened(ids) | set(
            await Link.select(Link.lesson).where(
                Link.lesson.is_in(list(ids)), Link.student.is_not_null()
            ).output(as_list=True)
        )  # fmt: skip
        if bound:
            raise CannotMove([lesson.title for lesson in lessons if lesson.id in bound])
        for lesson in lessons:
            await _move(by, lesson, course, target)
            await asyncio.sleep(0)
        await Course.update({Course.updated_at: now()}).where(Course.id.is_in([course.id, target.id]))
    return len(lessons)


async def _move(by: SignedIn, lesson: LessonInfo, course: CourseInfo, target: CourseInfo) -> None:
    media = await copy_media(course.id, target.id, await media_in_lesson(lesson.id))
    links, shared = await links_of_lesson(lesson.id), await class_links([lesson.id])
    await Link.delete().where(Link.lesson == lesson.id)
    for link in links:
        forget_card(link.code)
    draft = with_media(lesson.draft, media)
    moment, version = now(), lesson.version + 1
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
    if shared and not lesson.template:
        await issue_link(by, lesson.id)
    for place, detail in ((course, {"to": target.title}), (target, {"from": course.title})):
        await record("lesson.move", by, course=place.id, object=lesson.id, label=lesson.title, detail=detail)


async def _repoint_revisions(lesson: UUID, media: dict[UUID, UUID]) -> None:
    """The same pictures, by the names that they have in the other course."""
    if not media:
        return
    for row in await Revision.select(Revision.id, Revision.content).where(Revision.lesson == lesson):
        draft: LessonDraft = with_media(decoded(row["content"]), media)
        await Revision.update({Revision.content: draft.encoded()}).where(Revision.id == row["id"])


async def _chosen(course_id: UUID, ids: Sequence[UUID]) -> list[LessonInfo]:
    """All of them, the oldest first. Raises Conflict."""
    wanted = set(ids)
    if not wanted:
        raise Conflict(Message("Choose at least one lesson."))
    if len(wanted) > MOST:
        raise Conflict(
            Message("{count} lessons are too many at once. Choose up to {most}.", count=len(wanted), most=MOST)
        )
    lessons = await lessons_by_id(course_id, list(wanted))
    if len(lessons) != len(wanted):
        raise Conflict(Message("Not all of these lessons are in this course any more. Nothing was changed."))
    return lessons
