"""Work that the database rolled back for another's sake is done again, as a whole."""

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

T = TypeVar("T")
#: seconds between the tries, more or less
PAUSES = (0.01, 0.03, 0.1, 0.3)
#: CockroachDB says the first of what PostgreSQL calls a deadlock; the last is of a table that was migrated meanwhile
LOST = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.InvalidCachedStatementError)


#: of two who looked for a row, found none and wrote it: who comes second finds it when he looks again
LOST_OR_SECOND = (*LOST, asyncpg.UniqueViolationError)


def came_second(error: BaseException) -> bool:
    """Whether what was to be written stands already."""
    if isinstance(error, sqlite3.IntegrityError):
        return error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
    return isinstance(error, asyncpg.UniqueViolationError)


async def until_won(
    work: Callable[[], Awaitable[T]],
    lost: tuple[type[Exception], ...] = LOST,
    may_repeat: Callable[[], bool] = lambda: True,
) -> T:
    """What `work` returns, which is tried five times at most while it raises one of `lost`. Raises what it raises."""
    for pause in PAUSES:
        try:
            return await work()
        except lost:
            if not may_repeat():
                raise
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- spreads writers, guards nothing
    return await work()
