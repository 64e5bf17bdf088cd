"""The daily sweep in the background of every application process: soon after the start, then every hour."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from obstore.store import ObjectStore

from courses.upkeep.sweeping import sweep

logger = logging.getLogger("portal.sweep")

#: seconds; spread, so that processes which start together do not sweep together
FIRST = (20, 60)
AGAIN = (3300, 3900)


@asynccontextmanager
async def sweeping(store: ObjectStore) -> AsyncIterator[None]:
    """While this is open, the sweep goes on. One that is under way at the end is left; the next does the rest."""
    task = asyncio.create_task(_sweep_on(store))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _sweep_on(store: ObjectStore) -> None:
    wait = FIRST
    while True:
        await asyncio.sleep(random.uniform(*wait))  # noqa: S311 -- spreads processes, guards nothing
        wait = AGAIN
        try:
            swept = await sweep(store)
        except Exception:
            logger.exception("the sweep failed; it is tried again within an hour or so")
        else:
            if swept.total:
                logger.info("swept: %s", swept)
