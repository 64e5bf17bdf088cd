"""The sweep in the background of every application process: soon after the start, then every hour, one at a time."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from zoneinfo import ZoneInfo

from obstore.store import ObjectStore

from courses.clock import now
from courses.upkeep.sweeping import sweep
from portal.background.loop import in_background, repeat

logger = logging.getLogger("portal.sweep")

#: seconds; spread, so that processes which start together do not sweep together
FIRST = (20, 60)
AGAIN = (3300, 3900)
#: the first hour of the night and the first of the morning, in the portal's zone
NIGHT = (2, 5)


@asynccontextmanager
async def sweeping(store: ObjectStore, zone: str) -> AsyncIterator[None]:
    """While this is open, the sweep goes on. One that is under way at the end is left; the next does the rest."""
    failure = "the sweep failed; it is tried again within an hour or so"
    async with in_background(
        repeat(partial(_sweep, store, ZoneInfo(zone)), FIRST, AGAIN, logger, failure), name="sweeping"
    ):
        yield


async def _sweep(store: ObjectStore, zone: ZoneInfo) -> None:
    hour = now().astimezone(zone).hour
    # In the last hour it is done also where somebody waits: what was erased shall not stay for another day.
    swept = await sweep(store, night=NIGHT[0] <= hour < NIGHT[1], yields=hour < NIGHT[1] - 1)
    if swept is not None and swept.total:
        logger.info("swept: %s", swept)
