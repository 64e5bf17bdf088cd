"""Long work on rows in short transactions with pauses between, so that what phones report never waits for it."""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from piccolo.custom_types import Combinable
from piccolo.table import Table

from courses.database import one_at_a_time, unit_of_work, writing

#: seconds that a transaction is to take, and the shortest pause behind it
HELD, PAUSE = 0.02, 0.005
#: rows of a transaction: of the first, and of the smallest and the largest, whose commit the disk soon takes
FIRST, LEAST, MOST = 50, 10, 200

T = TypeVar("T")


async def in_pieces(
    items: Sequence[T], work: Callable[[Sequence[T]], Awaitable[None]], lock: int | None = None, heavy: bool = False
) -> None:
    """Do the work on all of them, so many in a transaction as take HELD. What was done stays when a later piece fails.

    Heavy ones, of which each is many rows, begin with one in a transaction.
    """
    piece, start = _Piece(heavy), 0
    while start < len(items):
        some = items[start : start + piece.size]
        await piece.do(functools.partial(work, some), lock)
        start += len(some)


async def delete_in_pieces(table: type[Table], *where: Combinable, lock: int | None = None) -> int:
    """Delete rows with all that refers to them; how many."""
    key = table._meta.primary_key
    piece, gone = _Piece(), 0

    async def delete(size: int) -> int:
        some = table.select(key).where(*where).limit(size)
        return len(await table.delete().where(key.is_in(some)).returning(key))

    while True:
        size = piece.size
        count = await piece.do(functools.partial(delete, size), lock)
        gone += count
        if count < size:
            return gone


class _Piece:
    """How many rows the next transaction takes: by how long the last one took."""

    def __init__(self, heavy: bool = False) -> None:
        self.size, self._least = (1, 1) if heavy else (FIRST, LEAST)

    async def do(self, work: Callable[[], Awaitable[T]], lock: int | None) -> T:
        done, took = await _in_transaction(work, lock)
        self.size = max(self._least, min(MOST, 2 * self.size, int(self.size * HELD / max(took, 0.001))))
        # About as long as it held the lock: what another process writes waits by looking again now and then.
        await asyncio.sleep(max(PAUSE, took))
        return done


@unit_of_work
async def _in_transaction(work: Callable[[], Awaitable[T]], lock: int | None) -> tuple[T, float]:
    """What the work returns, and how long it took."""
    async with writing():
        if lock is not None:
            await one_at_a_time(lock)
        began = time.monotonic()
        # Without the commit: beside a busy disk pieces would become so small that the work never ends.
        return await work(), time.monotonic() - began
