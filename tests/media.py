"""Pictures and videos put into a course's store in one go, as the portal does it in several processes."""

import asyncio
import tempfile
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from obstore.store import ObjectStore

from courses.media.library import store_picture, store_video
from courses.media.pictures import prepare_picture
from courses.media.values import MediaInfo
from courses.media.videos import prepare_video


async def add_picture(store: ObjectStore, course: UUID, name: str, data: bytes) -> MediaInfo:
    """Prepare and store a picture. Raises MediaRefused."""
    return await store_picture(store, course, name, await asyncio.to_thread(prepare_picture, data))


async def add_video(store: ObjectStore, course: UUID, name: str, source: BinaryIO) -> tuple[MediaInfo, MediaInfo]:
    """Prepare and store a video; returns it and its poster. Raises MediaRefused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        path.write_bytes(source.read())
        return await store_video(store, course, name, await asyncio.to_thread(prepare_video, path))
