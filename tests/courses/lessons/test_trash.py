"""The trash: back with everything for 30 days, then gone with its files, and nothing else with it."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from obstore.store import ObjectStore
from PIL import Image

from courses import pieces
from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import writing
from courses.errors import NotFound
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.lessons.authoring import create_lesson, edit_lesson, lesson_of, lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import links_of_lesson
from courses.lessons.trash import (
    TRASH_LIFE,
    Losses,
    in_trash_until,
    purge_expired,
    purge_lessons,
    restore_lessons,
    trash_count,
    trash_lessons,
    trashed,
    what_goes,
)
from courses.lessons.values import LessonDraft
from courses.media.library import media_of, open_store
from courses.media.values import MediaInfo
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.audit import AuditEntry
from courses.tables.events import Event, Publication
from courses.tables.lessons import Lesson, LessonPicture, Revision
from courses.tables.links import Link
from tests.media import add_picture

pytestmark = pytest.mark.anyio


def jpeg(colour: str) -> bytes:
    target = BytesIO()
    Image.new("RGB", (60, 40), colour).save(target, "JPEG")
    return target.getvalue()


@dataclass
class Desk:
    """Alice with a course, and a store whose files are an hour old once they are there."""

    alice: SignedIn
    course: UUID
    store: ObjectStore
    folder: Path

    async def picture(self, colour: str, course: UUID | None = None) -> MediaInfo:
        info = await add_picture(self.store, course or self.course, f"{colour}.jpg", jpeg(colour))
        for path in self.files():
            os.utime(path, (time.time() - 3600,) * 2)
        return info

    async def lesson(self, title: str, *pictures: MediaInfo, **more: object) -> UUID:
        draft = LessonDraft("normal", title, "Body", pictures=[picture.id for picture in pictures], **more)
        return await create_shared_lesson(self.alice, self.course, draft)

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*.*") if path.is_file()]


@pytest.fixture
async def desk(db: object, tmp_path: Path) -> Desk:
    alice = await add_person("alice@example.org", "Alice")
    folder = tmp_path / "media"
    return Desk(alice, await create_course(alice, "Spring"), open_store(f"file://{folder}"), folder)


async def test_many_go_to_the_trash_and_come_back_with_their_links_and_place(desk: Desk) -> None:
    lessons = [await desk.lesson(title) for title in ("One", "Two", "Three")]
    links = await links_of_lesson(lessons[1])
    other = await create_lesson(desk.alice, await create_course(desk.alice, "Autumn"), LessonDraft("normal", "Other"))
    assert await trash_lessons(desk.alice, desk.course, [*lessons[:2], lessons[0], other]) == lessons[:2]
    assert [lesson.title for lesson in await lessons_of(desk.course)] == ["Three"]
    assert await trash_lessons(desk.alice, desk.course, lessons[:2]) == []
    assert sorted(await restore_lessons(desk.alice, desk.course, [*lessons, other])) == sorted(lessons[:2])
    assert [lesson.title for lesson in await lessons_of(desk.course)] == ["One", "Two", "Three"]
    assert await links_of_lesson(lessons[1]) == links
    actions = await AuditEntry.select(AuditEntry.action).where(AuditEntry.object == lessons[0]).output(as_list=True)
    assert sorted(actions) == ["lesson.create", "lesson.delete", "lesson.undelete"]


async def test_trash_says_who_when_and_how_long_it_is_kept(desk: Desk) -> None:
    first, second = [await desk.lesson(title) for title in ("First", "Second")]
    await trash_lessons(desk.alice, desk.course, [first])
    await trash_lessons(None, desk.course, [second])
    await Lesson.update({Lesson.deleted_at: now() - timedelta(days=27, hours=1)}).where(Lesson.id == first)
    newest, older = await trashed(desk.course)
    assert (newest.lesson.title, newest.by, newest.days_left) == ("Second", None, 29)
    assert (older.lesson.title, older.by, older.days_left) == ("First", "Alice", 2)
    assert older.gone_at == older.lesson.deleted_at + TRASH_LIFE
    assert await trash_count(desk.course) == 2
    assert [item.lesson.title for item in await trashed(desk.course, limit=1, offset=1)] == ["First"]


async def test_purge_takes_all_that_hangs_on_the_lesson_and_keeps_the_trace(desk: Desk) -> None:
    await add_students(desk.alice, desk.course, [Entry("1", "Ada")])
    picture = await desk.picture("red")
    gone, stays = await desk.lesson("Gone", picture), await desk.lesson("Stays")
    (ada,) = await students_of(desk.course)
    reports = [
        Report(lesson, "scan", "xiaohongshu", now(), now(), student=ada.id, link=(await links_of_lesson(lesson))[0].id)
        for lesson in (gone, stays)
    ]
    async with writing():
        await keep(reports)
        await apply(reports)
    await trash_lessons(desk.alice, desk.course, [gone])
    assert await what_goes(desk.course) == await what_goes(desk.course, gone) == Losses(1, 1, 1, 1)
    assert await purge_lessons(desk.alice, desk.store, desk.course, [gone]) == [gone]
    for table in (Lesson, Link, Publication, Event, Revision):
        assert await table.count() == 1, table
    assert await LessonPicture.count() == 0
    assert await media_of(desk.course, [picture.id]) == {}
    assert desk.files() == []
    (entry,) = await AuditEntry.select().where(AuditEntry.action == "lesson.purge")
    assert (entry["object"], entry["label"], entry["person"]) == (gone, "Gone", desk.alice.id)
    assert msgspec.json.decode(entry["detail"]) == {"links": 1, "publications": 1, "revisions": 1}


async def test_only_what_is_in_the_trash_can_be_purged(desk: Desk) -> None:
    lesson = await desk.lesson("Kept")
    elsewhere = await create_course(desk.alice, "Autumn")
    assert await purge_lessons(desk.alice, desk.store, desk.course, [lesson]) == []
    await trash_lessons(desk.alice, desk.course, [lesson])
    assert await purge_lessons(desk.alice, desk.store, elsewhere, [lesson]) == []
    assert await trash_count(desk.course) == 1


async def other_row_with_the_same_bytes(desk: Desk, picture: MediaInfo) -> None:
    await desk.picture("red", await create_course(desk.alice, "Autumn"))


async def other_lesson_shows_it(desk: Desk, picture: MediaInfo) -> None:
    await desk.lesson("Other", picture)


async def other_lesson_has_it_as_cover(desk: Desk, picture: MediaInfo) -> None:
    await desk.lesson("Other", cover=picture.id)


async def other_lesson_had_it_once(desk: Desk, picture: MediaInfo) -> None:
    lesson = await lesson_of(desk.alice, await desk.lesson("Other", picture))
    await edit_lesson(desk.alice, lesson, replace(lesson.draft, pictures=()))


async def other_lesson_in_the_trash_shows_it(desk: Desk, picture: MediaInfo) -> None:
    await trash_lessons(desk.alice, desk.course, [await desk.lesson("Other", picture)])


@pytest.mark.parametrize(
    ("need", "row_stays"),
    [(other_row_with_the_same_bytes, False), (other_lesson_shows_it, True), (other_lesson_has_it_as_cover, True),
     (other_lesson_had_it_once, True), (other_lesson_in_the_trash_shows_it, True)],
)  # fmt: skip
async def test_files_that_something_else_needs_stay(
    desk: Desk, need: Callable[[Desk, MediaInfo], Awaitable[None]], row_stays: bool
) -> None:
    picture = await desk.picture("red")
    lesson = await desk.lesson("Gone", picture)
    await need(desk, picture)
    files = sorted(desk.files())
    await trash_lessons(desk.alice, desk.course, [lesson])
    await purge_lessons(desk.alice, desk.store, desk.course, [lesson])
    assert sorted(desk.files()) == files != []
    assert bool(await media_of(desk.course, [picture.id])) is row_stays


async def test_a_picture_that_only_an_old_revision_had_goes_with_its_lesson(desk: Desk) -> None:
    lesson = await lesson_of(desk.alice, await desk.lesson("Gone", await desk.picture("red")))
    await edit_lesson(desk.alice, lesson, replace(lesson.draft, pictures=()))
    await trash_lessons(desk.alice, desk.course, [lesson.id])
    await purge_lessons(desk.alice, desk.store, desk.course, [lesson.id])
    assert desk.files() == []


async def test_a_file_that_just_arrives_is_not_taken_from_under_its_row(desk: Desk) -> None:
    """Bytes are stored before their row: another upload of the same picture may be between the two."""
    lesson = await desk.lesson("Gone", await desk.picture("red"))
    for path in desk.files():
        os.utime(path)
    await trash_lessons(desk.alice, desk.course, [lesson])
    await purge_lessons(desk.alice, desk.store, desk.course, [lesson])
    assert desk.files() != []


async def test_purging_twice_at_once_is_purging_once(desk: Desk) -> None:
    lesson = await desk.lesson("Gone", await desk.picture("red"))
    await trash_lessons(desk.alice, desk.course, [lesson])
    first = await purge_lessons(None, desk.store, desk.course, [lesson, lesson])
    assert first + await purge_lessons(None, desk.store, desk.course, [lesson]) == [lesson]
    assert await AuditEntry.count().where(AuditEntry.action == "lesson.purge") == 1


async def test_only_what_is_older_than_its_time_expires(desk: Desk) -> None:
    old, young = [await desk.lesson(title) for title in ("Old", "Young")]
    await trash_lessons(desk.alice, desk.course, [old, young])
    for lesson, age in ((old, TRASH_LIFE + timedelta(minutes=1)), (young, TRASH_LIFE - timedelta(minutes=1))):
        await Lesson.update({Lesson.deleted_at: now() - age}).where(Lesson.id == lesson)
    assert await purge_expired(desk.store) == 1
    assert [item.lesson.title for item in await trashed(desk.course)] == ["Young"]
    with pytest.raises(NotFound):
        await lesson_of(desk.alice, old, deleted=True)


async def test_emptying_takes_what_was_seen_and_not_what_came_after(desk: Desk) -> None:
    seen, later = [await desk.lesson(title) for title in ("Seen", "Later")]
    await trash_lessons(desk.alice, desk.course, [seen])
    moment = now()
    await trash_lessons(desk.alice, desk.course, [later])
    assert await in_trash_until(desk.course, moment) == [seen]


async def test_purge_left_half_done_is_out_of_the_trash_and_is_finished_by_the_sweep(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hangs on a lesson goes in many short transactions, so that phones can report between them."""
    for name in ("FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(pieces, name, 3)
    lesson, other = await desk.lesson("Gone"), await desk.lesson("Stays")
    await keep([Report(lesson, "scan", "xiaohongshu", now(), now()) for _ in range(30)])
    await trash_lessons(desk.alice, desk.course, [lesson])
    purging = asyncio.create_task(purge_lessons(desk.alice, desk.store, desk.course, [lesson]))
    while await Event.count() > 20:  # noqa: ASYNC110 -- the rows say it
        await asyncio.sleep(0.001)
    await keep([Report(other, "scan", "xiaohongshu", now(), now())])
    purging.cancel()
    await asyncio.wait([purging])
    assert 1 < await Event.count() <= 21
    assert (await trashed(desk.course), await trash_count(desk.course)) == ([], 0)
    assert await restore_lessons(desk.alice, desk.course, [lesson]) == []
    with pytest.raises(NotFound):
        await lesson_of(desk.alice, lesson, deleted=True)
    assert await purge_expired(desk.store) == 0
    assert await Lesson.count() == 2, "somebody may be at it"
    await Lesson.update({Lesson.purged_at: now() - timedelta(hours=2)}).where(Lesson.id == lesson)
    await purge_expired(desk.store)
    assert (await Lesson.count(), await Event.count()) == (1, 1)
    assert await AuditEntry.count().where(AuditEntry.action == "lesson.purge") == 1
