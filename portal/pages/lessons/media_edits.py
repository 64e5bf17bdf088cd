"""What the form makes of stored media: a picture turned and cropped, a frame of a video as its cover."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation
from obstore.store import ObjectStore

from courses.catalogue.courses import course_of
from courses.errors import NotFound
from courses.media.covers import frame_bytes, frames_of, keep_frames, media_file
from courses.media.library import FRAMES, media_of_kind, store_picture
from courses.media.picture_edits import Crop
from courses.media.pictures import prepare_picture
from courses.media.values import MediaInfo
from courses.media.video_frames import prepare_frames
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.lessons.splitting import split_stored
from portal.media.addresses import media_path
from portal.media.answers import media_told
from portal.media.intake import VIDEO_SECONDS
from portal.settings import Settings
from portal.workers.media import edit_picture_file
from portal.workers.pool import in_worker


@dataclass
class Edit:
    """Turned clockwise by `rotate` degrees, then cropped."""

    rotate: int = 0
    crop: Crop | None = None


@dataclass
class Split:
    """How many `other` pictures the lesson has, that stay beside the parts."""

    others: int = 0


@dataclass
class FrameChoice:
    """A frame's number, as the list of frames gives it."""

    number: int


@post("/courses/{course_id:uuid}/media/{media_id:uuid}/edits", status_code=201, include_in_schema=False)
async def edit(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    media_id: FromPath[UUID],
    data: JSONBody[Edit],
) -> dict[str, Any]:
    """A new picture; the one it is made of stays as it is."""
    course = await course_of(person, course_id, may="write")
    picture = await media_of_kind(course.id, media_id, "image")
    async with media_file(store, picture) as path:
        prepared = await in_worker(edit_picture_file, path, data.rotate, data.crop)
    return media_told(settings, await store_picture(store, course.id, picture.name, prepared))


@post("/courses/{course_id:uuid}/media/{media_id:uuid}/parts", status_code=201, include_in_schema=False)
async def split(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    media_id: FromPath[UUID],
    data: JSONBody[Split],
) -> dict[str, Any]:
    """New pictures that follow one another, with what to say of it; the one they are made of stays as it is."""
    course = await course_of(person, course_id, may="write")
    made = await split_stored(store, course.id, media_id, max(0, data.others))
    return {"parts": [media_told(settings, part) for part in made.parts], "said": made.said, "undo": _("Undo")}


@get("/courses/{course_id:uuid}/media/{video_id:uuid}/frames", include_in_schema=False)
async def frames(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    video_id: FromPath[UUID],
) -> list[dict[str, Any]]:
    """Frames to choose a cover from, in the order of the film."""
    course = await course_of(person, course_id, may="write")
    video = await media_of_kind(course.id, video_id, "video")
    numbers = await _numbers(store, video)
    return [{"number": number, "thumb": media_path(settings, video, f"frame{number}")} for number in numbers]


@post("/courses/{course_id:uuid}/media/{video_id:uuid}/frames", status_code=201, include_in_schema=False)
async def choose_frame(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    video_id: FromPath[UUID],
    data: JSONBody[FrameChoice],
) -> dict[str, Any]:
    """A picture of the chosen frame, which can become the cover."""
    course = await course_of(person, course_id, may="write")
    video = await media_of_kind(course.id, video_id, "video")
    if data.number not in await _numbers(store, video):
        raise NotFound
    prepared = await in_worker(prepare_picture, await frame_bytes(store, video, data.number))
    return media_told(settings, await store_picture(store, course.id, video.name, prepared))


async def _numbers(store: ObjectStore, video: MediaInfo) -> list[int]:
    """Those that are kept; made now where there are none."""
    if kept := await frames_of(store, video):
        return kept
    async with media_file(store, video) as path:
        made = await in_worker(prepare_frames, path, video.seconds or 0.0, FRAMES, seconds=VIDEO_SECONDS)
    return await keep_frames(store, video, made)


routes = [edit, split, frames, choose_frame]
