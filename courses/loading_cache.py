"""What was looked up a moment ago, and look-ups under way, for those who ask for the same: a class that scans one code."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from cachetools import TTLCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LoadingCache(Generic[K, V]):
    """What `load` answered for a key, for `seconds`; at most `size` keys. Who asks at once waits for one look-up together."""

    def __init__(self, load: Callable[[K], Coroutine[Any, Any, V]], seconds: float, size: int) -> None:
        self._load = load
        self._tasks: TTLCache[K, asyncio.Task[V]] = TTLCache(size, ttl=seconds)

    async def get(self, key: K) -> V:
        """The answer, at most `seconds` old. Raises what `load` raises, which is not kept."""
        task = self._tasks.get(key)
        # A look-up that another event loop began, and did not end, would never end here.
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = self._tasks[key] = asyncio.create_task(self._load(key))
        try:
            # Shielded: who hangs up must not cancel the look-up for the others who wait for it.
            return task.result() if task.done() else await asyncio.shield(task)
        except Exception:
            self._tasks.pop(key, None)
            raise

    def forget(self, key: K) -> None:
        """Look this up again when it is asked for, also where a look-up is under way."""
        self._tasks.pop(key, None)

    def clear(self) -> None:
        """Look everything up again."""
        self._tasks.clear()
