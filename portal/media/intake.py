"""An uploaded file becomes a picture or video of a course: prepared in a worker process, then stored."""

from pathlib import Path
from uuid import UUID

from obstore.store import ObjectStore

from courses.media.formats import is_heif, is_picture
from courses.media.library import store_picture, store_video
from courses.media.values import MediaInfo
from courses.media.video_formats import START, is_mp4, other_format
from courses.media.videos import BYTES_MAX, prepare_video
from portal.workers.media import prepare_picture_file
from portal.workers.pool import in_worker

#: bytes of a request that brings media, for `request_max_body_size`
UPLOAD_LIMIT = BYTES_MAX + (1 << 20)
VIDEO_SECONDS = 180


async def store_upload(
    store: ObjectStore, course_id: UUID, name: str, type: str, path: Path
) -> tuple[MediaInfo, MediaInfo | None]:
    """Keep a file; a video comes with its poster, a picture of its own. `name` and `type` are what the sender says.

    Raises MediaRefused, WorkFailed.
    """
    if _is_video(type, path):
        video = await in_worker(prepare_video, path, seconds=VIDEO_SECONDS)
        return await store_video(store, course_id, name, video)
    picture = await in_worker(prepare_picture_file, path)
    return await store_picture(store, course_id, name, picture), None


def _is_video(type: str, path: Path) -> bool:
    """By its first bytes; where they say nothing, by what the sender says, so that the refusal fits."""
    with path.open("rb") as file:
        start = file.read(START)
    if is_mp4(start):
        return not is_heif(start)
    if is_picture(start):
        return False
    return type.startswith("video/") or other_format(start) not in (None, "GIF")
