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
_LOST = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.InvalidCachedStatementError)


def lost(error: BaseException) -> bool:
    """Whether it was rolled back for another's sake."""
    return isinstance(error, _LOST)


def came_second(error: BaseException) -> bool:
    """Whether what was to be written stands already: who looks again finds it, and a random code is another one then."""
    if isinstance(error, sqlite3.IntegrityError):
        return error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
    return isinstance(error, asyncpg.UniqueViolationError)


async def until_won(
    work: Callable[[], Awaitable[T]],
    again: Callable[[BaseException], bool] = lost,
) -> T:
    """What `work` returns, which is tried five times at most, as long as `again` says so of what it raises. Raises that."""
    for pause in PAUSES:
        try:
            return await work()
        except Exception as error:
            if not again(error):
                raise
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- spreads writers, guards nothing
    return await work()
