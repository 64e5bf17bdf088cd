"""How long the event loop lets everybody wait: a probe that is always on."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from portal.background.loop import in_background

#: seconds between two looks, and for how long a stall is told of
BEAT, TOLD = 0.01, 60


class Stall(NamedTuple):
    """Seconds that the loop was late, and how many of them its own thread worked; the rest is the machine's."""

    late: float = 0.0
    worked: float = 0.0


class Stalls:
    """The longest stall of each of the last seconds; of the event loop that it runs in."""

    def __init__(self) -> None:
        self._longest: deque[tuple[int, Stall]] = deque(maxlen=TOLD)

    async def watch(self) -> None:
        """Look until it is cancelled. A stall is told short by up to one beat."""
        while True:
            due, worked = time.monotonic() + BEAT, time.thread_time()
            await asyncio.sleep(BEAT)
            moment = time.monotonic()
            self._note(int(moment), Stall(max(0.0, moment - due), time.thread_time() - worked))

    def _note(self, second: int, stall: Stall) -> None:
        if self._longest and self._longest[-1][0] == second:
            stall = max(stall, self._longest.pop()[1])
        self._longest.append((second, stall))

    def longest(self) -> Stall:
        """Of the last minute."""
        since = time.monotonic() - TOLD
        return max((stall for second, stall in self._longest if second >= since), default=Stall())


@asynccontextmanager
async def watching(stalls: Stalls) -> AsyncIterator[None]:
    """While this is open, the loop that it is opened in is watched."""
    async with in_background(stalls.watch(), name="watching the loop"):
        yield
