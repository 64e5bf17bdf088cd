"""Review in a browser: five posts by keys alone and back, by taps on a phone, and without scripts; Today leads there."""

import os
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE

NAMES = ["刘一诺", "陈嘉怡", "黄俊杰", "Emma Brown", "高语嫣", "罗志强", "Sofia Rossi", "马晓彤", "胡文博"]
WIDE = DESKTOP | {"viewport": {"width": 1440, "height": 900}}
AGENT = {"User-Agent": PHONE["user_agent"]}


@pytest.fixture(scope="module")
def klass(portal: Any) -> dict[str, str]:
    """A course in which five of nine have reported: three gave a link, two said so alone."""
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice 陈", "password": "violet tractor beneath morning"})
        course = http.post("/courses", data={"title": "内容创作实训 Publishing"}).headers["location"].split("/")[2]
        roster = "\n".join(f"202600{number},{name}" for number, name in enumerate(NAMES, 1))
        http.post(f"/courses/{course}/roster", files={"roster": (None, roster)})
        form = {"kind": "normal", "title": "一分钟看懂构图", "body": "把画面分成九格，让主角站在线上。" * 8,
                "topics": "#构图 #手机摄影", "platforms": "xiaohongshu"}  # fmt: skip
        made = http.post(f"/courses/{course}/lessons", files={name: (None, text) for name, text in form.items()})
        lesson = made.headers["location"].split("/")[2].split("?")[0]
        http.post(f"/lessons/{lesson}/schedule", data={"due_at": "2026-01-05T08:00", "opens_at": "", "closes_at": ""})
        token = re.search(r"/s/([a-z2-7]{36})", http.get(f"/lessons/{lesson}").text, re.IGNORECASE)[1]
        cookie = http.cookies["session"]
    for number in range(1, 6):
        report(portal.url, token, number)
    return {"course": course, "lesson": lesson, "session": cookie}


def report(url: str, token: str, number: int) -> None:
    """A phone says whose it is, opens the app and reports its post."""
    with httpx.Client(base_url=url, headers=AGENT) as phone:
        link = phone.get(f"/s/{token}").headers["location"].removeprefix("/l/")
        phone.post(f"/l/{link}/student", data={"student": f"202600{number}"})
        kinds = ["scan", "launch", "link" if number % 2 else "claim"]
        events = [
            {"id": f"00000000-0000-4000-8000-{os.urandom(6).hex()}", "kind": kind, "platform": "xiaohongshu", "link": link,
             "at": datetime.now(UTC).isoformat(),
             "detail": {"url": f"https://www.xiaohongshu.com/explore/64b7f3a2000000001203f1a{number}"} if kind == "link" else {}}
            for kind in kinds
        ]  # fmt: skip
        assert phone.post("/api/events", json={"events": events}).json()["recorded"] == 3


@pytest.fixture
def page_of(portal: Any, klass: dict[str, str], open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def page_of(device: dict[str, object], locale: str = "en-GB", **more: object) -> Page:
        context = open_browser(device, locale, **more)
        context.add_cookies([{"name": "session", "value": klass["session"], "url": portal.url}])
        return context.new_page()

    return page_of


def look(page: Page, name: str) -> None:
    """LOOK=folder keeps pictures."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page="full" in name)


def waiting(page: Page) -> list[str]:
    """Whose posts wait, in their order: those of one second come in any."""
    return page.locator(".queue b").all_text_contents()


def whose(page: Page, name: str) -> None:
    expect(page.locator("#post-title")).to_contain_text(name)
    page.wait_for_load_state()  # keys are taken from then on


@pytest.mark.browser
def test_five_posts_are_looked_at_by_keys_alone_and_one_comes_back(page_of: Callable[..., Page]) -> None:
    page = page_of(WIDE)
    page.goto("/today")
    look(page, "today-1440-en")
    page.get_by_role("link", name="Review 5").last.click()
    names = waiting(page)
    assert sorted(names) == sorted(NAMES[:5])
    whose(page, names[0])
    look(page, "review-1440-en")
    page.keyboard.press("j")  # one key to the next
    whose(page, names[1])
    page.keyboard.press("k")
    whose(page, names[0])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("c")
    whose(page, names[1])
    expect(page.locator(".toast")).to_contain_text(f"Confirmed: {names[0]}")
    look(page, "review-1440-en-toast")
    page.keyboard.press("r")  # without a reason it asks for one
    expect(page.locator("[name=words]").first).to_be_focused()
    page.keyboard.type("k, c and z are letters here")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.keyboard.press("r")
    whose(page, names[2])
    page.keyboard.press("s")
    whose(page, names[3])
    page.keyboard.press("j")
    whose(page, names[4])
    page.keyboard.press("z")  # still there after going on
    whose(page, names[1])
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    for left in (names[3], names[4], names[2]):
        page.keyboard.press("c")
        whose(page, left)
    page.keyboard.press("e")
    page.keyboard.type("ill")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("All looked at.")
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    expect(page.locator(".toast")).to_have_count(0)
    assert "did=" not in page.url


@pytest.mark.browser
@pytest.mark.parametrize(("locale", "scripts", "numbers"), [("zh-CN", True, (6, 7)), ("en-GB", False, (8, 9))])
def test_on_a_phone_posts_are_looked_at_by_taps(
    portal: Any,
    klass: dict[str, str],
    page_of: Callable[..., Page],
    locale: str,
    scripts: bool,
    numbers: tuple[int, int],
) -> None:
    with httpx.Client(base_url=portal.url, cookies={"session": klass["session"]}) as http:
        token = re.search(r"/s/([a-z2-7]{36})", http.get(f"/lessons/{klass['lesson']}").text, re.IGNORECASE)[1]
    for number in numbers:
        report(portal.url, token, number)
    page = page_of(PHONE, locale, java_script_enabled=scripts)
    page.goto("/today")
    look(page, f"today-390-{locale[:2]}-full")
    page.locator(".waits a").first.click()
    names = waiting(page)
    whose(page, names[0])
    look(page, f"review-390-{locale[:2]}")
    look(page, f"review-390-{locale[:2]}-full")
    page.locator(".decide-bar button").click()
    whose(page, names[1])
    page.locator(".toast button").click()
    whose(page, names[0])
    page.locator(".decide-bar button").click()
    whose(page, names[1])
    page.locator(".decide-bar a[href='#send-back']").click()
    page.locator(".reasons label").first.click()
    page.locator("#send-back button").click()
    expect(page.locator(".review-empty")).to_be_visible()
    assert "lesson=" in page.url
    look(page, f"review-390-{locale[:2]}-end")
