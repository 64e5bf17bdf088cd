"""Many lessons of a course at once: each action is one transaction, and is done to all of them or to none."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message
from courses.lessons.authoring import edit_lesson, lessons_by_id
from courses.lessons.copying import copy_lesson
from courses.lessons.drafts import topic_names
from courses.lessons.trash import restore_lessons, trash_lessons
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from courses.tables.lessons import Lesson

#: while these are written, nothing else is
MOST = 200


@unit_of_work
async def delete_lessons(by: SignedIn, course_id: UUID, ids: Sequence[UUID]) -> datetime:
    """Into the trash; returns the moment that all of them have in common, by which it is undone. Raises Conflict."""
    async with writing():
        await chosen_ones(course_id, ids)
        await trash_lessons(by, course_id, ids)
        moment = now()
        await Lesson.update({Lesson.deleted_at: moment}).where(Lesson.id.is_in(list(ids)))
    return moment


async def deleted_at(course_id: UUID, moment: datetime) -> int:
    """How many lessons are in the trash that went there at this moment."""
    count: int = await Lesson.count().where(
        Lesson.course == course_id, Lesson.deleted_at == moment, Lesson.purged_at.is_null()
    )
    return count


@unit_of_work
async def restore_deleted(by: SignedIn, course_id: UUID, moment: datetime) -> int:
    """Take back all that went into the trash at this moment; how many came."""
    async with writing():
        ids = await Lesson.select(Lesson.id).where(
            Lesson.course == course_id, Lesson.deleted_at == moment
        ).output(as_list=True)  # fmt: skip
        return len(await restore_lessons(by, course_id, ids))


@unit_of_work
async def add_topic(by: SignedIn, course_id: UUID, ids: Sequence[UUID], topic: str) -> int:
    """Add a topic to those that lack it, a revision for each; how many got it. Raises Invalid, Conflict."""
    if not topic_names(topic):
        raise Invalid({"topic": Message("Write the topic to add.")})
    added = 0
    async with writing():
        for lesson in await chosen_ones(course_id, ids):
            draft = replace(lesson.draft, topics=(*lesson.topics, topic))
            try:
                added += await edit_lesson(by, lesson, draft) != lesson.version
            except Invalid as error:
                problem = next(iter(error.fields.values()))
                raise Invalid({"topic": problem}) from error
            await asyncio.sleep(0)  # scans go on meanwhile
    return added


@unit_of_work
async def copy_lessons(
    by: SignedIn, course_id: UUID, ids: Sequence[UUID], target: UUID, titled: Callable[[str], str]
) -> list[UUID]:
    """Copies in the same course or in another one where the person may write; `titled` makes a copy's title. Raises Conflict."""
    async with writing():
        copies = []
        for lesson in await chosen_ones(course_id, ids):
            copies.append(await copy_lesson(by, lesson, target, titled(lesson.title)))
            await asyncio.sleep(0)
    return copies


async def chosen_ones(course_id: UUID, ids: Sequence[UUID]) -> list[LessonInfo]:
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
