"""A course as an archive, written while it is sent: the same course gives the same bytes."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

from obstore.store import ObjectStore

from courses.events.done import USUAL
from courses.exchange.reading import seals
from courses.exchange.reading.archive import COURSE, LESSON
from courses.exchange.reading.found import FORMAT, FoundCourse
from courses.exchange.reading.front_matter import write_markdown
from courses.exchange.reading.media_checks import file_label
from courses.exchange.reading.names import numbered, slug
from courses.exchange.reading.values import write_done, write_moment
from courses.exchange.zip_pipe import ZipPipe, zip_entry
from courses.lessons.values import LessonInfo
from courses.media.library import EXTENSIONS, media_key, read_media
from courses.media.values import MediaInfo
from courses.tokens import Keyring

_ENOUGH = 256 * 1024


@dataclass(frozen=True)
class Entry:
    """A file of the archive: bytes, or media whose bytes are in the store."""

    path: str
    content: bytes | MediaInfo


async def archive_chunks(
    store: ObjectStore, keyring: Keyring, course: FoundCourse, lessons: Sequence[LessonInfo]
) -> AsyncGenerator[bytes, None]:
    """The zip in pieces; media are read as they are sent. Raises NotFound when the store has lost one."""
    pipe = ZipPipe()
    with ZipFile(pipe, "w") as archive:
        for entry in course_entries(keyring, course, lessons):
            with archive.open(zip_entry(entry.path, packed=isinstance(entry.content, bytes)), "w") as file:
                if isinstance(entry.content, bytes):
                    file.write(entry.content)
                else:
                    async for chunk in (await read_media(store, media_key(entry.content))).chunks:
                        file.write(chunk)
                        if pipe.waiting >= _ENOUGH:
                            yield pipe.take()
            yield pipe.take()
            await asyncio.sleep(0)  # what students do goes on meanwhile
    yield pipe.take()


def course_entries(keyring: Keyring, course: FoundCourse, lessons: Sequence[LessonInfo]) -> Iterator[Entry]:
    """Every file of the archive, in its order; each lesson's text is made when it is its turn."""
    head = {"format": FORMAT, "title": course.title} | ({"term": course.term} if course.term else {})
    yield Entry(COURSE, write_markdown(head, course.description))
    yield Entry(seals.NAME, seals.write_seals(keyring, [info.sha256 for lesson in lessons for info in _media(lesson)]))
    for number, lesson in enumerate(lessons, start=1):
        folder = f"lessons/{numbered(number, len(lessons))}-{slug(lesson.title, 'lesson')}"
        files = _places(lesson)
        yield Entry(f"{folder}/{LESSON}", write_markdown(_front(lesson, files), lesson.body))
        for path, info in files.items():
            yield Entry(f"{folder}/{path}", info)


def _media(lesson: LessonInfo) -> list[MediaInfo]:
    """The lesson's media, in the order of their places."""
    cover = [lesson.cover] if lesson.cover and _own_cover(lesson, lesson.cover) else []
    return [*lesson.pictures, *cover, *([lesson.video] if lesson.video else [])]


def _own_cover(lesson: LessonInfo, cover: MediaInfo) -> bool:
    return cover.id not in {picture.id for picture in lesson.pictures}


def _places(lesson: LessonInfo) -> dict[str, MediaInfo]:
    """The lesson's media by their path in its folder."""
    count = len(lesson.pictures)
    places = {
        f"pictures/{numbered(number, count)}-{_file_name(picture)}": picture
        for number, picture in enumerate(lesson.pictures, start=1)
    }
    if lesson.cover and _own_cover(lesson, lesson.cover):
        places[f"cover.{EXTENSIONS[lesson.cover.format]}"] = lesson.cover
    if lesson.video:
        places["video.mp4"] = lesson.video
    return places


def _file_name(info: MediaInfo) -> str:
    return f"{slug(info.name.rpartition('.')[0] or info.name, 'picture')}.{EXTENSIONS[info.format]}"


def _front(lesson: LessonInfo, files: dict[str, MediaInfo]) -> dict[str, Any]:
    """The fields that the lesson has, those with their usual values left out."""
    paths = {info.id: path for path, info in files.items()}
    front: dict[str, Any] = {"title": lesson.title, "kind": lesson.kind, "topics": list(lesson.topics)}
    front["platforms"] = list(lesson.platforms)
    if lesson.declarations:
        front["declarations"] = list(lesson.declarations)
    front["done"] = write_done(lesson.done)
    if lesson.done.rung != USUAL.rung:
        front["done_from"] = lesson.done.rung
    if lesson.pictures:
        front["pictures"] = [_picture(paths[picture.id], picture) for picture in lesson.pictures]
    for name, info in (("cover", lesson.cover), ("video", lesson.video)):
        if info:
            front[name] = (
                {"file": paths[info.id], "name": info.name} if _renamed(paths[info.id], info) else paths[info.id]
            )
    if lesson.template:
        front["template"] = True
    for name, at in (("opens_at", lesson.opens_at), ("closes_at", lesson.closes_at)):
        if at:
            front[name] = write_moment(at)
    return front


def _picture(path: str, info: MediaInfo) -> dict[str, str]:
    renamed = {"name": info.name} if _renamed(path, info) else {}
    return {"file": path} | ({"alt": info.alt} if info.alt else {}) | renamed


def _renamed(path: str, info: MediaInfo) -> bool:
    """Whether its file tells another name than the one it came with."""
    return info.name not in ("", file_label(path))
