"""Limits on requests, counted in this process: a brake on a broken or hostile client, never on a class.

What must hold across processes, such as guessing passwords, is counted in the database: `courses/people/attempts.py`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from cachetools import TTLCache

from courses.errors import TooMany

#: subjects counted at once; the oldest are forgotten
SUBJECTS = 100_000


class Limit:
    """At most `count` hits of a subject in each window of `seconds`."""

    def __init__(self, count: int, seconds: int = 60) -> None:
        self.count, self.seconds = count, seconds
        self._hits: TTLCache[tuple[str, ...], int] = TTLCache(SUBJECTS, ttl=2 * seconds, timer=time.monotonic)

    def hit(self, *subject: str) -> None:
        """Count one. Raises TooMany with the seconds until the next window."""
        self._count(self._key(*subject), 1)

    @contextmanager
    def keeping(self, *subject: str, times: int = 1) -> Iterator[None]:
        """Count what is written meanwhile; where that fails, it is not counted. Raises TooMany, and has counted nothing."""
        key = self._key(*subject)
        try:
            self._count(key, times)
            yield
        except Exception:  # who hangs up is none: what was sent is written all the same
            self._hits[key] = self._hits.get(key, times) - times
            raise

    def look(self, *subject: str) -> None:
        """Count nothing. Raises TooMany where there is none left."""
        if self._hits.get(self._key(*subject), 0) >= self.count:
            raise self._too_many()

    def _count(self, key: tuple[str, ...], times: int) -> None:
        self._hits[key] = self._hits.get(key, 0) + times
        if self._hits[key] > self.count:
            raise self._too_many()

    def _key(self, *subject: str) -> tuple[str, ...]:
        return (*subject, str(int(time.monotonic() // self.seconds)))

    def _too_many(self) -> TooMany:
        return TooMany(self.seconds - int(time.monotonic() % self.seconds))
