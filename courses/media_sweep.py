"""Lets go of pictures and videos that no lesson holds, as it is or as it ever was."""

import re
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import obstore
from obstore.store import ObjectStore

from courses.clock import now
from courses.database import writing
from courses.frames import frame_keys
from courses.media import MediaInfo, media_info, media_key
from courses.tables.lessons import Lesson, LessonPicture, Revision
from courses.tables.media import Media

#: what was uploaded and is not in a lesson yet waits so long
WAIT = timedelta(days=7)
#: the same bytes that came again so lately are about to get their row
_FRESH = timedelta(hours=1)
_BATCH = 500
_ID = re.compile(r'"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')


async def sweep_media(store: ObjectStore, older_than: timedelta = WAIT) -> int:
    """Delete media that nothing refers to and that came longer ago; returns how many. Lessons in the trash count."""
    rows = await Media.select().where(Media.created_at < now() - older_than)
    orphans = {row["id"]: media_info(row) for row in rows}
    for identity in await _held() | await _remembered({info.course for info in orphans.values()}):
        orphans.pop(identity, None)
    async with writing():
        for identity in await _held():
            orphans.pop(identity, None)
        for some in _batches(list(orphans)):
            await Media.delete().where(Media.id.is_in(some))
    # Rows first: a row never lacks its bytes.
    for info in {info.sha256: info for info in orphans.values()}.values():
        if not await Media.exists().where(Media.sha256 == info.sha256):
            await _delete_bytes(store, info)
    return len(orphans)


async def _held() -> set[UUID]:
    """Media of lessons as they are."""
    held = set(await LessonPicture.select(LessonPicture.media).output(as_list=True))
    for row in await Lesson.select(Lesson.cover, Lesson.video):
        held |= {row["cover"], row["video"]}
    return held


async def _remembered(courses: Iterable[UUID]) -> set[UUID]:
    """Media of lessons of these courses as they ever were, so that every revision can be brought back."""
    found: set[UUID] = set()
    for course in courses:
        lessons = await Lesson.select(Lesson.id).where(Lesson.course == course).output(as_list=True)
        for lesson in lessons:
            contents = await Revision.select(Revision.content).where(Revision.lesson == lesson).output(as_list=True)
            found |= {UUID(text) for content in contents for text in _ID.findall(content)}
    return found


async def _delete_bytes(store: ObjectStore, info: MediaInfo) -> None:
    key = media_key(info)
    try:
        if (await obstore.head_async(store, key))["last_modified"] > now() - _FRESH:
            return
    except FileNotFoundError:
        pass
    small = [media_key(info, variant) for variant in ("phone", "thumb")] if info.kind == "image" else frame_keys(info)
    for each in [*small, key]:
        try:
            await obstore.delete_async(store, each)
        except FileNotFoundError:
            continue


def _batches(ids: list[UUID]) -> Iterable[list[UUID]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
