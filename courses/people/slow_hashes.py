"""Hashes that are slow on purpose, in threads of their own, with a short line for each network that waits."""

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar, TypeVarTuple

from courses.errors import Busy

T = TypeVar("T")
Given = TypeVarTuple("Given")
#: does slow work out of the event loop: `asyncio.to_thread`, or what a turn at `SlowHashes` gives
Hashing = Callable[..., Coroutine[Any, Any, Any]]


#: how far a thread steps back for the one that answers; alone on a processor it loses nothing
NICE = 10


def _step_back() -> None:
    """For this thread and those that a hash begins for its lanes: Linux keeps a nice value for each (sched(7))."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


class SlowHashes:
    """`threads` at a time; of each network `line` may wait, and `places` in all: one per process.

    Networks take turns, so that a flood from one is in nobody else's way. It never matters whom somebody signs in as:
    that would tell who has an account.
    """

    def __init__(self, threads: int, line: int, places: int) -> None:
        self.line, self.places = line, places
        self._count = self._idle = threads
        self._threads = ThreadPoolExecutor(threads, "slow-hashes", initializer=_step_back)
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, network: str) -> AsyncIterator[Hashing]:
        """Waits for one; the try is counted and the hash made in it, so that who finds no place has done nothing yet.

        Raises Busy.
        """
        if self._idle:
            self._idle -= 1
        else:
            await self._wait(network)
        jobs: list[asyncio.Future[Any]] = []

        async def run(work: Callable[[*Given], T], *arguments: *Given) -> T:
            job = asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
            jobs.append(job)
            return await asyncio.shield(job)

        try:
            yield run
        finally:
            # Also when nobody waits for it any more, the thread is free only after its work.
            running = next((job for job in jobs if not job.done()), None)
            if running is None:
                self._next()
            else:
                running.add_done_callback(lambda _: self._next())

    def now(self) -> tuple[int, int]:
        """How many wait, and how many are made."""
        return sum(map(len, self._lines.values())), self._count - self._idle

    def stop(self) -> None:
        """At the end of the application."""
        self._threads.shutdown(wait=False)

    async def _wait(self, network: str) -> None:
        line = self._lines.setdefault(network, deque())
        if len(line) >= self.line:
            raise Busy
        if sum(map(len, self._lines.values())) >= self.places:
            self._shorten(len(line))
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._next()
            raise

    def _shorten(self, mine: int) -> None:
        """The last of the longest line makes room. Raises Busy when that is one's own."""
        longest = max(self._lines.values(), key=len)
        if len(longest) <= mine + 1:
            raise Busy
        turn = longest.pop()
        if not turn.done():
            turn.set_exception(Busy())

    def _next(self) -> None:
        """A turn is over: the network that has waited longest gets the next, and goes to the end."""
        while self._lines:
            network = next(iter(self._lines))
            line = self._lines.pop(network)
            turn = line.popleft() if line else None
            if line:
                self._lines[network] = line
            if turn is not None and not turn.done():
                turn.set_result(None)
                return
        self._idle += 1
