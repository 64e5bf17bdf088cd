"""History and trash in a real Chromium: a version comes back and goes again, a deleted lesson too."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
DEVICES = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture(scope="module")
def http(portal: Any) -> httpx.Client:
    """Alice's session, with which her lessons are made."""
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        yield http


@pytest.fixture
def course(http: httpx.Client) -> str:
    return http.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2]


@pytest.fixture
def lesson(http: httpx.Client, course: str) -> str:
    """A lesson of two versions; its id."""
    form = {"kind": (None, "normal"), "title": (None, "Tea 茶"), "platforms": (None, "xiaohongshu")}
    first = form | {"body": (None, "Warm the cup to 60 degrees. 找一个有光的窗边。")}
    made = http.post(f"/courses/{course}/lessons", files=first).headers["location"]
    lesson = re.split(r"[/?]", made)[2]
    second = form | {"body": (None, "Warm the cup to 70 degrees. 找一个有花的窗边。")}
    assert http.post(f"/lessons/{lesson}", files=second).status_code == 303
    return lesson


def enter(context: BrowserContext, http: httpx.Client, path: str) -> Page:
    context.add_cookies([{"name": "session", "value": http.cookies["session"], "url": str(http.base_url)}])
    page = context.new_page()
    page.goto(path)
    return page


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@DEVICES
def test_a_version_is_looked_at_brought_back_and_undone(
    http: httpx.Client, lesson: str, open_browser: Callable[..., BrowserContext], shot: Callable[..., None],
    device: dict[str, Any], request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    page = enter(open_browser(device), http, f"/lessons/{lesson}")
    page.get_by_role("link", name="History").click()
    expect(page.locator(".save")).to_have_count(2)
    expect(page.locator(".save").first).to_contain_text("text +2 −2 words")
    assert fits(page)
    page.get_by_role("link", name="Look at version 1").click()
    expect(page.locator(".differences del")).to_have_text(["is replaced", "70", "花"])
    expect(page.locator(".differences ins")).to_have_text(["comes back", "60", "光"])
    expect(page.locator(".phone")).to_contain_text("60 degrees")
    assert fits(page)
    shot(page, f"history-{request.node.callspec.id}", full=True)
    page.get_by_role("button", name="Bring version 1 back").click()
    expect(page.get_by_text("Version 1 is back, as version 3.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Version 2 is back, as version 4.")).to_be_visible()
    page.goto(f"/lessons/{lesson}/preview")
    expect(page.get_by_text("Warm the cup to 70 degrees.").first).to_be_visible()


def test_somebody_elses_save_is_shown_and_not_overwritten(
    http: httpx.Client, lesson: str, open_browser: Callable[..., BrowserContext]
) -> None:
    page = enter(open_browser(DESKTOP), http, f"/lessons/{lesson}/history/1")
    form = {"kind": "normal", "title": "Tea 茶", "platforms": "xiaohongshu", "body": "Written in another window."}
    http.post(f"/lessons/{lesson}", files={name: (None, value) for name, value in form.items()})
    page.get_by_role("button", name="Bring version 1 back").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was overwritten")
    expect(page.locator(".differences")).to_contain_text("Written in another window.")
    page.get_by_role("button", name="Bring version 1 back").click()
    expect(page.get_by_text("Version 1 is back, as version 4.")).to_be_visible()


@DEVICES
def test_a_deleted_lesson_waits_in_the_trash_and_comes_back(
    http: httpx.Client, course: str, lesson: str, open_browser: Callable[..., BrowserContext],
    shot: Callable[..., None], device: dict[str, Any], request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    http.post(f"/lessons/{lesson}/deletion", data={"x": "x"})
    page = enter(open_browser(device, "zh-CN"), http, f"/courses/{course}")
    page.get_by_role("link", name="回收站").click()
    expect(page.locator(".trash-row")).to_contain_text("还剩 29 天")
    assert fits(page)
    shot(page, f"trash-{request.node.callspec.id}", full=True)
    page.get_by_role("link", name="Tea 茶").click()
    expect(page.locator(".phone")).to_contain_text("70 degrees")
    assert fits(page)
    page.get_by_role("button", name="恢复", exact=True).click()
    page.get_by_role("link", name="“Tea 茶”").click()
    expect(page.get_by_role("heading", name="Tea 茶")).to_be_visible()


def test_deleting_for_good_is_said_before_it_is_done(
    http: httpx.Client, course: str, lesson: str, open_browser: Callable[..., BrowserContext]
) -> None:
    http.post(f"/lessons/{lesson}/deletion", data={"x": "x"})
    page = enter(open_browser(DESKTOP), http, f"/courses/{course}/trash")
    button = page.get_by_role("button", name="Empty the trash for good")
    expect(button).to_be_hidden()
    page.get_by_text("Empty the trash …").click()
    expect(page.get_by_text("1 link: its printed codes will never open again")).to_be_visible()
    button.click()
    expect(page.get_by_text("1 lesson is gone for good.")).to_be_visible()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
