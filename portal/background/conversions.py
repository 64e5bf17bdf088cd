"""Videos that need conversion, in the background of every application process: one at a time."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from obstore.store import ObjectStore

from courses.disk import is_full
from courses.errors import CourseError, Message, NoRoom
from courses.media.conversions import (
    Conversion,
    beat_conversion,
    fail_conversion,
    finish_conversion,
    give_back,
    take_conversion,
)
from courses.media.library import store_video
from courses.media.uploads import FOLDERS, UploadInfo, upload_file
from courses.media.videos import PreparedVideo
from portal.background.leftovers import tidy
from portal.background.loop import Span, in_background, repeat
from portal.workers.conversions import convert_file, progress_of
from portal.workers.pool import in_worker

logger = logging.getLogger("portal.conversions")

#: how long to wait before looking for videos that nobody here has queued, in seconds; spread over the processes
FIRST: Span = (2, 4)
AGAIN: Span = (4, 6)
#: between two signs of life, in seconds; so late is a cancelled one noticed
BEAT = 1.0
#: seconds of one conversion at most
LONGEST = 4 * 3600
OURS = Message("Something went wrong on our side. Nothing was lost; please try again.")


class Stopped(Exception):
    """Cancelled, or taken over by another process."""


@asynccontextmanager
async def converting(store: ObjectStore, queued: asyncio.Event) -> AsyncIterator[None]:
    """While this is open, videos are converted, at once when `queued` is set; one under way at the end goes back to the queue."""
    async with in_background(_convert_on(store, queued), name="converting"):
        yield


async def _convert_on(store: ObjectStore, queued: asyncio.Event) -> None:
    async def work() -> None:
        while taken := await take_conversion(store):
            await convert_taken(store, *taken)

    await asyncio.to_thread(tidy, FOLDERS)
    failure = "videos to convert could not be taken; it is tried again in a moment"
    await repeat(work, FIRST, AGAIN, logger, failure, queued)


async def convert_taken(store: ObjectStore, taken: Conversion, upload: UploadInfo) -> None:
    """Convert what was taken, to its end: there or failed with a reason; what raises is only the end of the process."""
    try:
        await _convert(store, taken, upload)
    except Stopped:
        logger.info("the conversion of an upload to %s was stopped", taken.course)
    except asyncio.CancelledError:
        await asyncio.shield(give_back(taken.id, taken.attempt))
        raise
    except Exception as error:
        await fail_conversion(store, taken.id, taken.attempt, _reason(error))


async def _convert(store: ObjectStore, taken: Conversion, upload: UploadInfo) -> None:
    async with upload_file(store, upload) as path:
        work = asyncio.create_task(in_worker(convert_file, path, os.getpid(), seconds=LONGEST, apart=True))
        try:
            await _beat_while(work, path, taken)
        finally:
            work.cancel()
            await asyncio.wait([work])
        await _keep(store, taken, work.result())


async def _beat_while(work: asyncio.Task[PreparedVideo], path: Path, taken: Conversion) -> None:
    """Until it is done. Raises Stopped when it is to be no more."""
    while not work.done():
        if not await beat_conversion(taken.id, taken.attempt, progress_of(path)):
            raise Stopped
        await asyncio.wait([work], timeout=BEAT)


async def _keep(store: ObjectStore, taken: Conversion, prepared: PreparedVideo) -> None:
    if not await beat_conversion(taken.id, taken.attempt, 99):
        raise Stopped
    media, poster = await store_video(store, taken.course, taken.name, prepared)
    if not await finish_conversion(store, taken.id, taken.attempt, media.id, poster.id):
        raise Stopped  # the video waits among what no lesson has, and goes with that


def _reason(error: Exception) -> Message:
    if isinstance(error, CourseError):
        return error.message
    if is_full(error):
        return NoRoom().message
    logger.error("a video could not be converted", exc_info=error)
    return OURS
