"""Whether this process can do its work now, told within two seconds, also where nothing answers."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from obstore.store import ObjectStore

from courses.database import pending_migrations
from courses.events.journal import Journal
from courses.media.library import store_is_ready

#: seconds; balancers give up after a few
PATIENCE = 1.5
PENDING = "pending: run `portal migrate`"


class Readiness:
    """One per process. A check that hangs is not begun again beside itself."""

    def __init__(self, store: ObjectStore, journal: Journal) -> None:
        self._looks: dict[str, Callable[[], Coroutine[Any, Any, str]]] = {
            "database": lambda: _migrations(journal),
            "media": lambda: _media(store),
        }
        self._looking: dict[str, asyncio.Task[str]] = {}

    async def checks(self) -> dict[str, str]:
        """Database, migrations and media store, each "ok" or what is wrong with it."""
        tasks = {name: self._task(name) for name in self._looks}
        await asyncio.wait(tasks.values(), timeout=PATIENCE)
        migrations, media = (_said(task) for task in tasks.values())
        if migrations in ("ok", PENDING):
            return {"database": "ok", "migrations": migrations, "media": media}
        return {"database": migrations, "migrations": "unknown", "media": media}

    async def stop(self) -> None:
        """End what hangs; before the connections are closed."""
        for task in self._looking.values():
            task.cancel()
        await asyncio.gather(*self._looking.values(), return_exceptions=True)

    def _task(self, name: str) -> asyncio.Task[str]:
        if (task := self._looking.get(name)) is None or task.done():
            task = self._looking[name] = asyncio.create_task(self._looks[name](), name=f"looking at {name}")
        return task


async def _migrations(journal: Journal) -> str:
    """What can be read may still take no writes: a full disk, a file or a server for reading only, a lock of another program."""
    try:
        pending = await pending_migrations()
    except Exception as error:
        return type(error).__name__
    if journal.refused is not None:
        return type(journal.refused).__name__
    return PENDING if pending else "ok"


async def _media(store: ObjectStore) -> str:
    try:
        await store_is_ready(store)
    except Exception as error:
        return type(error).__name__
    return "ok"


def _said(task: asyncio.Task[str]) -> str:
    return task.result() if task.done() else "no answer"
