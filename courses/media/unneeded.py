"""What pictures and videos are still needed for, and taking away those that nothing needs any more, with their files."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import obstore
from obstore.store import ObjectStore
from piccolo.custom_types import Combinable

from courses import database
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.media.library import VARIANTS, stored_key
from courses.tables.courses import Course
from courses.tables.lessons import Lesson, LessonPicture, Revision
from courses.tables.media import Media

T = TypeVar("T")
#: what was uploaded and is not in a lesson yet waits so long
WAIT = timedelta(days=7)
#: revisions read at once: little enough that a scan does not wait for it
BATCH = 100
#: files are stored before their row, so one without a row may be on its way in
ARRIVING = timedelta(minutes=1)


class _Content(msgspec.Struct):
    """As much of a revision as names media."""

    pictures: list[UUID] = []
    video: UUID | None = None
    cover: UUID | None = None


def named_in(content: str) -> set[UUID]:
    """The media that a revision's content names."""
    found = msgspec.json.decode(content, type=_Content)
    return {*found.pictures, *filter(None, (found.video, found.cover))}


async def media_in_lesson(lesson_id: UUID) -> set[UUID]:
    """All that a lesson shows or one of its revisions could bring back."""
    found = await _shown(Lesson.id == lesson_id, LessonPicture.lesson == lesson_id)
    last = 0
    while contents := await Revision.select(Revision.number, Revision.content).where(
        Revision.lesson == lesson_id, Revision.number > last
    ).order_by(Revision.number).limit(BATCH):  # fmt: skip
        last = contents[-1]["number"]
        found |= set().union(*(named_in(row["content"]) for row in contents))
    return found


async def needed(ids: Iterable[UUID]) -> set[UUID]:
    """Those of the media that some lesson, in the trash too, shows or could bring back from a revision, and logos.

    Reads all revisions in small steps, so that nobody waits for it.
    """
    asked = set(ids)
    found = await _shown_of(asked)
    last = UUID(int=0)
    while asked - found:
        rows = await Revision.select(Revision.id, Revision.content).where(Revision.id > last).order_by(
            Revision.id
        ).limit(BATCH)  # fmt: skip
        if not rows:
            break
        last = rows[-1]["id"]
        found |= asked & set().union(*(named_in(row["content"]) for row in rows))
        await asyncio.sleep(0.001)
    return found


async def sweep_media(store: ObjectStore) -> int:
    """Take away what came longer than WAIT ago and that no lesson holds or could bring back, with its files; how many."""
    ids = await Media.select(Media.id).where(Media.created_at < now() - WAIT).output(as_list=True)
    return await remove_unneeded(store, ids)


async def remove_unneeded(store: ObjectStore, ids: Iterable[UUID]) -> int:
    """Take away those of the media that nothing needs, rows first and then files; how many rows went.

    Bytes that another row has too stay.
    """
    unneeded = (asked := set(ids)) - await needed(asked)
    removed = 0
    for some in batches(sorted(unneeded)):
        gone = await _remove_rows(some)
        await remove_files(store, {(row["sha256"], row["format"]) for row in gone})
        removed += len(gone)
    return removed


@unit_of_work
async def _remove_rows(some: list[UUID]) -> list[dict[str, Any]]:
    async with writing():
        # A lesson may have taken one of them while the revisions were read.
        rows = await _locked(some)
        free = {row["id"] for row in rows} - await _shown_of(some)
        if free:
            await Media.delete().where(Media.id.is_in(list(free)))
    return [row for row in rows if row["id"] in free]


async def remove_files(store: ObjectStore, stored: Collection[tuple[str, str]]) -> int:
    """Remove the files of these hashes and formats that no row has; how many files went."""
    if not stored:
        return 0
    hashes = [sha for sha, _ in stored]
    kept = set(await Media.select(Media.sha256).where(Media.sha256.is_in(hashes)).output(as_list=True))
    removed = 0
    for sha, form in stored:
        if sha in kept:
            continue
        for key in _keys(sha, form):
            try:
                if (await obstore.head_async(store, key))["last_modified"] > now() - ARRIVING:
                    continue
                await obstore.delete_async(store, key)
            except FileNotFoundError:
                continue
            removed += 1
    return removed


def _keys(sha: str, form: str) -> list[str]:
    """Of a picture its sizes, of a video itself and its frames."""
    return [
        stored_key(sha, variant, form)
        for variant in VARIANTS
        if variant == "full" or variant.startswith("frame") == (form == "mp4")
    ]


def batches(items: Collection[T]) -> Iterator[list[T]]:
    """Lists of at most BATCH."""
    items = list(items)
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


async def _shown_of(ids: Collection[UUID]) -> set[UUID]:
    """Those of the media that a lesson shows now, or a course has as its logo."""
    found: set[UUID] = set()
    for some in batches(ids):
        found |= set(some) & await _shown(
            Lesson.video.is_in(some) | Lesson.cover.is_in(some), LessonPicture.media.is_in(some)
        )
        found |= set(await Course.select(Course.logo).where(Course.logo.is_in(some)).output(as_list=True))
    return found


async def _shown(lesson: Combinable, picture: Combinable) -> set[UUID]:
    rows = await Lesson.select(Lesson.video, Lesson.cover).where(lesson)
    placed = await LessonPicture.select(LessonPicture.media).where(picture).output(as_list=True)
    return {*placed, *(row[name] for row in rows for name in ("video", "cover") if row[name] is not None)}


async def _locked(ids: list[UUID]) -> list[dict[str, Any]]:
    query = Media.select(Media.id, Media.sha256, Media.format).where(Media.id.is_in(ids))
    # SQLite has one writer, and this transaction is it.
    return await (query if database.DB.engine_type == "sqlite" else query.lock_rows("UPDATE"))
