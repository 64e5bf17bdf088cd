"""Who writes next to SQLite: in the order in which they came, but what phones report before all else.

Whoever floods a form makes its other senders wait, and nobody's report.
"""

import asyncio
import time
from collections import deque
from itertools import chain


class WriterLock:
    """A lock that is handed from one to the next; of one event loop."""

    def __init__(self) -> None:
        self._locked = False
        #: since when each waits, and what wakes it
        self._urgent: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._others: deque[tuple[float, asyncio.Future[None]]] = deque()

    def locked(self) -> bool:
        """Whether somebody has it."""
        return self._locked

    def waited(self) -> float:
        """Seconds that the one has waited who has waited longest; 0 where nobody does."""
        now = time.monotonic()
        return now - min(
            (since for since, future in chain(self._urgent, self._others) if not future.done()), default=now
        )

    async def acquire(self, *, urgent: bool = False) -> None:
        """Returns when it is the caller's, who releases it."""
        if not self._locked:
            self._locked = True
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._others).append((time.monotonic(), future))
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():  # it was handed over in this very moment
                self.release()
            raise

    def release(self) -> None:
        """Hand it to the next."""
        while line := self._urgent or self._others:
            _, future = line.popleft()
            if not future.done():
                future.set_result(None)
                return
        self._locked = False

    async def __aenter__(self) -> None:
        await self.acquire()

    async def __aexit__(self, *_: object) -> None:
        self.release()
