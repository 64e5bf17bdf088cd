"""A real server and a real Chromium: phones and desktops, Chinese and English."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

ROOT = Path(__file__).parent.parent.parent
#: where screenshots go; `make screenshots` names the folder that the README shows
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", ROOT / ".pytest_cache" / "screenshots"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=en",
]  # fmt: skip
PHONE = {
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0 Mobile Safari/537.36",
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
#: what Chromium says of its own accord and of no page of ours
HARMLESS = (
    "favicon",
    "(Unprocessable Entity)",
    "(Conflict)",
    "(Unauthorized)",
    "net::ERR_CONNECTION_RESET",
    "net::ERR_INTERNET_DISCONNECTED",
)


_close = BrowserContext.close


def _close_at_rest(context: BrowserContext) -> None:
    """Chromium never ends a context whose page is just about to go to another: each goes to an empty one first."""
    for page in context.pages:
        for _ in range(3):  # the page's own way may cross ours
            with suppress(Error):
                page.goto("about:blank", timeout=5_000)
                break
    _close(context)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For one module: while it runs, its event loop is in the way of asynchronous tests."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setattr(BrowserContext, "close", _close_at_rest)
        yield playwright


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def open_browser(chromium: Browser, portal: Any) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser: open_browser(PHONE, "zh-CN"). At the end any complaint of a page's console has failed the test."""
    contexts, complaints = [], []

    def open_it(device: dict[str, object], locale: str = "en-GB", **more: object) -> BrowserContext:
        context = chromium.new_context(**device | {"locale": locale, "base_url": portal.url} | more)
        context.set_default_timeout(15_000)
        context.on("page", watch)
        contexts.append(context)
        return context

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: message.type == "error" and complaints.append(f"{page.url}: {message.text}"))

    yield open_it
    for context in contexts:
        # What a handler still fetches is gone with the context: without this it would fail in the middle of the next test.
        # To wait is no way, as some tests hold requests back for good.
        for routed in (*context.pages, context):
            routed.unroute_all(behavior="ignoreErrors")
        context.close()
    expected = [text for text in complaints if any(word in text for word in HARMLESS)]
    assert [text for text in complaints if text not in expected] == []


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Save what is on the screen: shot(page, "lesson-phone-zh")."""

    def shot(page: Page, name: str, full: bool = False) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=full)
        if "SCREENSHOTS" in os.environ:
            # 256 colours: half the size, and nobody sees it
            Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)

    return shot
