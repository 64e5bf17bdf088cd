"""Work that goes on while the application runs: wait, work and again, whatever went wrong."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

#: the least and the most seconds of a wait, which is somewhere between: processes that start together do not work together
Span = tuple[float, float]


@asynccontextmanager
async def in_background(*works: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """While this is open, these go on; at its end they are cancelled and have ended. Raises what one of them ended with."""
    tasks = [asyncio.create_task(work, name=name) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def repeat(
    work: Callable[[], Awaitable[None]], first: Span, again: Span, logger: logging.Logger, failure: str,
    wake: asyncio.Event | None = None,
) -> None:  # fmt: skip
    """Wait, work, and wait again, until it is cancelled; `wake` ends a wait. What the work raises is logged as `failure`."""
    wait, wake = first, wake or asyncio.Event()
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(random.uniform(*wait)):  # noqa: S311 -- spreads processes, guards nothing
                await wake.wait()
        wake.clear()
        wait = again
        try:
            await work()
        except Exception:
            logger.exception(failure)
