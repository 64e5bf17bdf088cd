"""Looking again until something is so, for what another process or a page does."""

import time
from collections.abc import Callable

from playwright.sync_api import Page

PAUSE = 0.05  # seconds


def eventually(condition: Callable[[], object], seconds: float = 15, says: Callable[[], object] = str) -> None:
    """Until `condition()` is true; after `seconds` the test fails with what `says()` then."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so within {seconds} seconds: {says()}"
        time.sleep(PAUSE)


def until(page: Page, expression: str) -> None:
    """Until it is true in the page; Playwright's own wait_for_function is refused by the page's policy."""
    eventually(lambda: page.evaluate(expression), says=lambda: expression)
