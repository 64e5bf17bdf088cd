"""Limits on requests, counted in this process: a brake on a broken or hostile client, never on a class.

What must hold across processes, such as guessing passwords, is counted in the database: `courses/people/attempts.py`.
"""

import time

from cachetools import TTLCache

from courses.errors import TooMany

#: subjects counted at once; the oldest are forgotten
SUBJECTS = 100_000


class Limit:
    """At most `count` hits of a subject in each window of `seconds`."""

    def __init__(self, count: int, seconds: int = 60) -> None:
        self.count, self.seconds = count, seconds
        self._hits: TTLCache[tuple[str, ...], int] = TTLCache(SUBJECTS, ttl=2 * seconds, timer=time.monotonic)

    def hit(self, *subject: str, times: int = 1) -> None:
        """Count one, or several at once. Raises TooMany with the seconds until the next window."""
        moment = time.monotonic()
        key = (*subject, str(int(moment // self.seconds)))
        hits = self._hits.get(key, 0) + times
        self._hits[key] = hits
        if hits > self.count:
            raise TooMany(self.seconds - int(moment % self.seconds))
