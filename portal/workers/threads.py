"""Work for a processor that needs what this process has, in threads: few at a time, and given fairly to those who ask.

Each thread takes the interpreter from the event loop for a moment whenever that asks the system for something, so that many
of them keep everybody waiting. So does the collector of cycles, which looks through all that was read while the loop waits.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import TypeVar, TypeVarTuple

from anyio.lowlevel import RunVar

from portal.workers.asker import asker
from portal.workers.places import Places, places_of_loop

T = TypeVar("T")
Given = TypeVarTuple("Given")
#: threads; one person's work has one of them
THREADS = 2
#: how often the youngest objects but one are looked through before all are: usually, and while a whole class is read
OFTEN, RARELY = gc.get_threshold()[2], 1000
#: of the event loop that runs
_places: RunVar[Places] = RunVar("_places_of_threads")
#: whether it is done in a place already
_placed: ContextVar[bool] = ContextVar("_placed", default=False)


async def in_thread(work: Callable[[*Given], T], *arguments: *Given) -> T:
    """Run `work` in a thread, when there is a place for it. Raises Busy, and what `work` raises."""
    async with thread_place(work.__qualname__):
        return await asyncio.to_thread(work, *arguments)


@asynccontextmanager
async def thread_place(kind: str) -> AsyncIterator[None]:
    """Wait for a place, and keep it, for several steps of one kind of work. Raises Busy."""
    if _placed.get():
        yield
        return
    places = places_of_loop(_places, THREADS)
    async with places.one(asker(), kind, long=False):
        before = _placed.set(True)
        try:
            with rarely_collected(places):
                yield
        finally:
            _placed.reset(before)


@contextmanager
def rarely_collected(places: Places) -> Iterator[None]:
    """While this is open all objects are hardly ever looked through; what is read goes by itself when it is done with.

    That ends with the last who works in one of these places.
    """
    _look_through(RARELY)
    try:
        yield
    finally:
        if places.now()[1] <= 1:
            _look_through(OFTEN)


def _look_through(after: int) -> None:
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, after)
