"""The trash of a course: deleted lessons can be taken back for 30 days, then they are gone with their files."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from obstore.store import ObjectStore
from piccolo.custom_types import Combinable
from piccolo.table import Table

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.events.publications import PUBLICATIONS
from courses.lessons.authoring import lessons_in_trash
from courses.lessons.values import LessonInfo
from courses.media.unneeded import batches, media_in_lesson, remove_unneeded
from courses.pieces import PAUSE, delete_in_pieces, in_pieces
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry
from courses.tables.courses import Course
from courses.tables.events import Event, Handover, Publication, RefusedScan
from courses.tables.lessons import Lesson, LessonPicture, Revision
from courses.tables.links import Link

TRASH_LIFE = timedelta(days=30)
#: lessons in one step of the sweep
PURGED = 20
#: a purge that was begun so long ago was left half done
UNFINISHED = timedelta(hours=1)
#: what hangs on a lesson, the most numerous first; its row takes with it what comes meanwhile
HANGS_ON: tuple[type[Table], ...] = (Event, Publication, Handover, RefusedScan, Revision, LessonPicture, Link)
#: of these, what reports are merged into
MERGED = (Event, Publication)


@dataclass(frozen=True)
class Trashed:
    """A lesson in the trash, who put it there (None: not known any more), and when it will be gone."""

    lesson: LessonInfo
    by: str | None
    gone_at: datetime

    @property
    def days_left(self) -> int:
        """Whole days that are left, at least 0."""
        return max(0, (self.gone_at - now()).days)


@dataclass(frozen=True)
class Losses:
    """What goes for good with lessons: how many of each."""

    lessons: int
    links: int
    #: results of students
    publications: int
    revisions: int


async def trash_count(course_id: UUID) -> int:
    """How many lessons are in the trash."""
    count: int = await Lesson.count().where(Lesson.course == course_id, _is_trashed(True))
    return count


async def trashed(course_id: UUID, limit: int = 50, offset: int = 0) -> list[Trashed]:
    """Lessons in the trash, the last deleted first."""
    rows = await Lesson.select(Lesson.id).where(
        Lesson.course == course_id, _is_trashed(True)
    ).order_by(Lesson.deleted_at, Lesson.id, ascending=False).limit(limit).offset(offset).output(as_list=True)  # fmt: skip
    lessons = {lesson.id: lesson for lesson in await lessons_in_trash(course_id, rows)} if rows else {}
    names = await _deleters(rows)
    return [
        Trashed(lesson, names.get(identity), lesson.deleted_at + TRASH_LIFE)
        for identity in rows
        if (lesson := lessons.get(identity)) is not None and lesson.deleted_at is not None
    ]


async def trash_lessons(by: SignedIn | None, course_id: UUID, lesson_ids: Iterable[UUID]) -> list[UUID]:
    """Put lessons of a course into its trash; those that really went there. Their links say so meanwhile."""
    return await _move(by, course_id, lesson_ids, deleted=True)


async def restore_lessons(by: SignedIn | None, course_id: UUID, lesson_ids: Iterable[UUID]) -> list[UUID]:
    """Take lessons back from the trash to their places, with their links; those that really came back."""
    return await _move(by, course_id, lesson_ids, deleted=False)


async def what_goes(course_id: UUID, lesson_id: UUID | None = None) -> Losses:
    """What goes for good with a lesson of the trash, or with all in it."""
    lessons = Lesson.count().where(
        Lesson.course == course_id, _is_trashed(True), *([Lesson.id == lesson_id] if lesson_id else [])
    )
    links, publications, revisions = [
        await table.count().where(
            table.lesson.course == course_id, table.lesson.deleted_at.is_not_null(), table.lesson.purged_at.is_null(),
            *([table.lesson == lesson_id] if lesson_id else []),
        )
        for table in (Link, Publication, Revision)
    ]  # fmt: skip
    return Losses(await lessons, links, publications, revisions)


async def in_trash_until(course_id: UUID, moment: datetime) -> list[UUID]:
    """All that came into the trash by then."""
    return await Lesson.select(Lesson.id).where(
        Lesson.course == course_id, Lesson.deleted_at <= moment, Lesson.purged_at.is_null()
    ).output(as_list=True)  # fmt: skip


async def purge_lessons(
    by: SignedIn | None, store: ObjectStore, course_id: UUID, lesson_ids: Iterable[UUID]
) -> list[UUID]:
    """Delete lessons of the trash for good: links, results, revisions, then media and files that nothing else needs.

    The audit log keeps what was done. Those that really went.
    """
    gone = []
    for lesson_id in lesson_ids:
        if await _take_out(by, course_id, lesson_id):
            gone.append(lesson_id)
        await asyncio.sleep(PAUSE)
    media = set().union(*[await media_in_lesson(lesson_id) for lesson_id in gone])
    await _remove(gone)
    await remove_unneeded(store, media)
    return gone


async def purge_expired(store: ObjectStore) -> int:
    """Purge some of the lessons whose time in the trash is over; how many went, 0 when none is left."""
    await _remove(await Lesson.select(Lesson.id).where(Lesson.purged_at < now() - UNFINISHED).output(as_list=True))
    rows = await Lesson.select(Lesson.id, Lesson.course).where(
        Lesson.deleted_at < now() - TRASH_LIFE, Lesson.purged_at.is_null()
    ).limit(PURGED)  # fmt: skip
    by_course: dict[UUID, list[UUID]] = {}
    for row in rows:
        by_course.setdefault(row["course"], []).append(row["id"])
    return sum([len(await purge_lessons(None, store, course, ids)) for course, ids in by_course.items()])


async def _move(by: SignedIn | None, course_id: UUID, lesson_ids: Iterable[UUID], deleted: bool) -> list[UUID]:
    moved: dict[UUID, list[UUID]] = {}

    async def move(some: Sequence[UUID]) -> None:
        # Not added to: what the database rolls back for another's sake is done again.
        moved[some[0]] = await _move_some(by, course_id, some, deleted)

    await in_pieces(list(dict.fromkeys(lesson_ids)), move)
    return [each for some in moved.values() for each in some]


async def _move_some(by: SignedIn | None, course_id: UUID, some: Sequence[UUID], deleted: bool) -> list[UUID]:
    """Within a transaction."""
    rows = await Lesson.select(Lesson.id, Lesson.title).where(
        Lesson.id.is_in([*some]), Lesson.course == course_id, _is_trashed(not deleted)
    )
    found = [row["id"] for row in rows]
    if found:
        moment = now()
        await Lesson.update({Lesson.deleted_at: moment if deleted else None}).where(Lesson.id.is_in(found))
        await Course.update({Course.updated_at: moment}).where(Course.id == course_id)
        action = "lesson.delete" if deleted else "lesson.undelete"
        for row in rows:
            await record(action, by, course=course_id, object=row["id"], label=row["title"])
    return found


def _is_trashed(trashed: bool) -> Combinable:
    return Lesson.deleted_at.is_not_null() & Lesson.purged_at.is_null() if trashed else Lesson.deleted_at.is_null()


@unit_of_work
async def _take_out(by: SignedIn | None, course_id: UUID, lesson_id: UUID) -> bool:
    """It is in no trash and on no page from here on."""
    async with writing():
        row = await Lesson.select(Lesson.title).where(
            Lesson.id == lesson_id, Lesson.course == course_id, _is_trashed(True)
        ).first()  # fmt: skip
        if row is None:
            return False
        losses = await what_goes(course_id, lesson_id)
        await Lesson.update({Lesson.purged_at: now()}).where(Lesson.id == lesson_id)
        detail = {"links": losses.links, "publications": losses.publications, "revisions": losses.revisions}
        await record("lesson.purge", by, course=course_id, object=lesson_id, label=row["title"], detail=detail)
    return True


async def _remove(lesson_ids: list[UUID]) -> None:
    for some in batches(lesson_ids):
        for table in HANGS_ON:
            of_them = table.lesson.is_in(some)  # type: ignore[attr-defined]  # each has one
            await delete_in_pieces(table, of_them, lock=PUBLICATIONS if table in MERGED else None)
        # Who reports something late has the lesson first and then that lock: it is not held while the lesson is waited for.
        await delete_in_pieces(Lesson, Lesson.id.is_in(some))


async def _deleters(lessons: list[UUID]) -> dict[UUID, str]:
    """Who put each lesson into the trash last, by name."""
    if not lessons:
        return {}
    rows = await AuditEntry.select(AuditEntry.object, AuditEntry.person.name.as_alias("name")).where(
        AuditEntry.object.is_in(lessons), AuditEntry.action == "lesson.delete"
    ).order_by(AuditEntry.at)  # fmt: skip
    return {row["object"]: row["name"] for row in rows}
