"""Work that the database rolled back for another's sake is done again, as a whole."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

T = TypeVar("T")
#: seconds between the tries, more or less
PAUSES = (0.01, 0.03, 0.1, 0.3)
#: CockroachDB says the first of what PostgreSQL calls a deadlock; the last is of a table that was migrated meanwhile
_LOST = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.InvalidCachedStatementError)


async def until_won(work: Callable[[], Awaitable[T]], may_repeat: Callable[[], bool] = lambda: True) -> T:
    """What `work` returns, which is tried five times at most. Raises what it raises."""
    for pause in PAUSES:
        try:
            return await work()
        except _LOST:
            if not may_repeat():
                raise
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- spreads writers, guards nothing
    return await work()
