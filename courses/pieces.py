"""Long work on rows in short transactions with pauses between, so that what phones report never waits for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from piccolo.custom_types import Combinable
from piccolo.table import Table

from courses.database import one_at_a_time, writing

#: seconds that a transaction is to take, and the shortest pause behind it
HELD, PAUSE = 0.02, 0.005
#: rows of a transaction: of the first, and of the smallest and the largest
FIRST, LEAST, MOST = 50, 10, 1_000

T = TypeVar("T")


async def in_pieces(
    items: Sequence[T], work: Callable[[Sequence[T]], Awaitable[None]], lock: int | None = None
) -> None:
    """Do the work on all of them, so many in a transaction as take HELD. What was done stays when a later piece fails."""
    piece, start = _Piece(), 0
    while start < len(items):
        some = items[start : start + piece.size]
        async with piece.writing(lock):
            await work(some)
        start += len(some)


async def delete_in_pieces(table: type[Table], *where: Combinable, lock: int | None = None) -> int:
    """Delete rows with all that refers to them; how many."""
    key = table._meta.primary_key
    piece, gone = _Piece(), 0
    while True:
        size = piece.size
        async with piece.writing(lock):
            some = table.select(key).where(*where).limit(size)
            count = len(await table.delete().where(key.is_in(some)).returning(key))
        gone += count
        if count < size:
            return gone


class _Piece:
    """How many rows the next transaction takes: by how long the last one took."""

    def __init__(self) -> None:
        self.size = FIRST

    @asynccontextmanager
    async def writing(self, lock: int | None) -> AsyncIterator[None]:
        async with writing():
            if lock is not None:
                await one_at_a_time(lock)
            began = time.monotonic()
            yield
            # Without the commit, which takes as long for many rows as for few.
            took = time.monotonic() - began
        self.size = max(LEAST, min(MOST, 2 * self.size, int(self.size * HELD / max(took, 0.001))))
        # About as long as it held the lock: what another process writes waits by looking again now and then.
        await asyncio.sleep(max(PAUSE, took))
