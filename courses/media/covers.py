"""Frames of a stored video that can become its cover: made when they are first asked for, then kept beside it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore

from courses.errors import NotFound
from courses.media.library import FRAMES, media_key
from courses.media.values import MediaInfo
from courses.media.video_frames import PreparedFrame
from courses.objects import object_bytes


async def frames_of(store: ObjectStore, video: MediaInfo) -> list[int]:
    """Numbers of the frames that are kept, in the order of the film; none while they have not been made."""
    there = await asyncio.gather(*(_has(store, _full_key(video, number)) for number in range(FRAMES)))
    return [number for number, known in enumerate(there) if known]


async def _has(store: ObjectStore, key: str) -> bool:
    try:
        await obstore.head_async(store, key)
    except FileNotFoundError:
        return False
    return True


async def keep_frames(store: ObjectStore, video: MediaInfo, frames: Sequence[PreparedFrame]) -> list[int]:
    """Keep what was made; the big picture last, as it is what says that a frame is there."""
    for number, frame in enumerate(frames):
        await obstore.put_async(store, media_key(video, f"frame{number}"), frame.thumb)
        await obstore.put_async(store, _full_key(video, number), frame.full)
    return list(range(len(frames)))


async def frame_bytes(store: ObjectStore, video: MediaInfo, number: int) -> bytes:
    """The frame as a JPEG, at most 1920 pixels long. Raises NotFound."""
    return await object_bytes(store, _full_key(video, number))


@asynccontextmanager
async def media_file(store: ObjectStore, info: MediaInfo) -> AsyncIterator[Path]:
    """The full bytes as a file that must not be changed: the store's own, or a copy. Raises NotFound."""
    key = media_key(info)
    if isinstance(store, LocalStore):
        path = Path(str(store.prefix)) / key
        if not path.exists():
            raise NotFound
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        try:
            stored = await obstore.get_async(store, key)
        except FileNotFoundError as error:
            raise NotFound from error
        async for chunk in stored.stream(min_chunk_size=1 << 20):
            await asyncio.to_thread(_append, path, bytes(chunk))
        yield path


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def _full_key(video: MediaInfo, number: int) -> str:
    return media_key(video, f"frame{number}-full")
