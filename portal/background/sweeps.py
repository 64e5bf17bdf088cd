"""The daily sweep in the background of every application process: soon after the start, then every hour."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from obstore.store import ObjectStore

from courses.upkeep.sweeping import sweep
from portal.background.loop import in_background, repeat

logger = logging.getLogger("portal.sweep")

#: seconds; spread, so that processes which start together do not sweep together
FIRST = (20, 60)
AGAIN = (3300, 3900)


@asynccontextmanager
async def sweeping(store: ObjectStore) -> AsyncIterator[None]:
    """While this is open, the sweep goes on. One that is under way at the end is left; the next does the rest."""
    failure = "the sweep failed; it is tried again within an hour or so"
    async with in_background(repeat(partial(_sweep, store), FIRST, AGAIN, logger, failure), name="sweeping"):
        yield


async def _sweep(store: ObjectStore) -> None:
    swept = await sweep(store)
    if swept.total:
        logger.info("swept: %s", swept)
