"""Stops asking a platform that does not answer, and tries again by itself."""

import time
from collections.abc import Callable

from portal.platforms.protocol import PlatformFailure

MOST_FAILURES = 5
PAUSE = 1.0  # seconds after a single failure: the phones of one moment share its answer
OPEN = 30.0  # seconds after the fifth failure, or after one that only the operator can end


class Circuit:
    """Counts failures in a row. While it is open every caller gets the last failure at once; then one may probe.

    Not a lock: the caller lets one request through at a time.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._closed_again_at = 0.0
        self._last: PlatformFailure | None = None

    def check(self) -> None:
        """Raises the last failure again while the circuit is open."""
        if self._last is not None and self._clock() < self._closed_again_at:
            # A new object each time: one exception raised in many requests would collect all their tracebacks.
            raise PlatformFailure(self._last.message, permanent=self._last.permanent)

    def failed(self, failure: PlatformFailure) -> None:
        """Open: briefly at first, longer from the fifth failure in a row."""
        self._failures += 1
        self._last = failure
        long = failure.permanent or self._failures >= MOST_FAILURES
        self._closed_again_at = self._clock() + (OPEN if long else PAUSE)

    def succeeded(self) -> None:
        """Close."""
        self._failures = 0
        self._last = None
