"""Which statements reach the database, whichever it is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine

#: what goes on in the background and looks at its queues meanwhile
BACKGROUND = ("printing", "webhooks")


@contextmanager
def counted() -> Iterator[list[str]]:
    """`with counted() as queries:` collects them, but for what begins and ends transactions."""
    queries: list[str] = []

    def counting(run: Any) -> Any:
        async def running(self: Any, querystring: Any, *more: Any, **options: Any) -> Any:
            task = asyncio.current_task()
            if task is None or task.get_name() not in BACKGROUND:
                queries.append(str(querystring))
            return await run(self, querystring, *more, **options)

        return running

    with pytest.MonkeyPatch.context() as patch:
        for engine in (SQLiteEngine, PostgresEngine):
            patch.setattr(engine, "run_querystring", counting(engine.run_querystring))
        yield queries
