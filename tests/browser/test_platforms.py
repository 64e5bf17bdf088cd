"""Every platform in a real Chromium, with what can go wrong in rehearsal: how the phone goes on, and which rung results."""

import re
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_student import PHONE, Classroom, photo

pytestmark = pytest.mark.browser
SLUGS = ("xiaohongshu", "weibo", "douyin", "kuaishou", "bilibili")
NOTES = {
    "xiaohongshu": "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2",
    "weibo": "https://weibo.com/2286092114/OxyzA1bc2",
    "douyin": "https://www.douyin.com/video/7300000000000000001",
    "kuaishou": "https://www.kuaishou.com/short-video/3xabcdefghijkmn",
    "bilibili": "https://www.bilibili.com/video/BV1xx411c7mD",
}
#: what the instructor orders → the rung that the phone's tap comes to, and the cause of a failure
FAULTS = {
    "none": ("launched", None),
    "rejected": ("failed", "refused"),
    "slow5": ("failed", "token"),
    "html": ("failed", "token"),
    "lie": ("launched", None),
    "no-sdk": ("failed", "sdk"),
    "no-keys": ("previewed", None),
}


@dataclass
class Room(Classroom):
    """A lesson that goes to all five; `alice` is its instructor, signed in."""

    alice: httpx.Client
    lesson: str

    def order(self, fault: str) -> None:
        """What goes wrong with XiaoHongShu for everybody at the link."""
        path = f"/lessons/{self.lesson}/rehearsal"
        answer = self.alice.post(path, data={"fault-xiaohongshu": fault})
        assert answer.status_code == 303, answer.text

    def rung(self, number: str, platform: str) -> tuple[str, str | None, str | None]:
        """What the database has of a student on a platform: rung, cause, and the note's address."""
        path = self.portal.environment["DATABASE_URL"].removeprefix("sqlite:///")
        query = (
            "SELECT rung, cause, note_url FROM publication JOIN student ON student.id = publication.student"
            " JOIN lesson ON lesson.id = publication.lesson WHERE student.number = ? AND platform = ? AND title = '五个平台'"
        )
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(query, [number, platform]).fetchone() or ("not_started", None, None)

    def until(self, number: str, platform: str, rung: str) -> tuple[str, str | None, str | None]:
        end = time.monotonic() + 20
        while (found := self.rung(number, platform))[0] != rung and time.monotonic() < end:
            time.sleep(0.1)
        assert found[0] == rung, found
        return found


@pytest.fixture(scope="module")
def room(portal: Any) -> Iterator[Room]:
    with httpx.Client(base_url=portal.url, headers={"Accept-Language": "en"}, timeout=60) as http:
        path = portal.command("invite", f"alice-{uuid.uuid4().hex[:8]}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        course = http.post("/courses", data={"title": "五个平台 Five"}).headers["location"].split("/")[2].split("?")[0]
        roster = "\n".join(f"{500 + n},平台学生{n}" for n in range(20))
        http.post(f"/courses/{course}/roster", files={"roster": (None, roster)})
        form = {"kind": "normal", "title": "五个平台", "body": "靠窗坐", "topics": "#茶", "platforms": list(SLUGS)}
        made = http.post(
            f"/courses/{course}/lessons", data=form, files=[("pictures", ("a.jpg", photo(1), "image/jpeg"))]
        )
        lesson = made.headers["location"].split("/")[2].split("?")[0]
        token = re.search(r"/s/([a-z2-7]{36})", http.get(f"/lessons/{lesson}").text).group(1).upper()
        yield Room(portal, token, http, lesson)


@pytest.fixture
def phone(chromium: Browser, portal: Any) -> Iterator[Callable[..., Page]]:
    """phone() opens a page on a phone of its own."""
    contexts: list[BrowserContext] = []

    def open_it() -> Page:
        context = chromium.new_context(**PHONE | {"locale": "en-GB", "base_url": portal.url})
        contexts.append(context)
        return context.new_page()

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("fault", "seat"), [(fault, seat) for seat, fault in enumerate(FAULTS)])
def test_what_is_ordered_goes_wrong_and_the_rung_tells_the_truth(
    room: Room, phone: Callable[..., Page], fault: str, seat: int
) -> None:
    rung, cause = FAULTS[fault]
    number = str(500 + seat)
    room.order(fault)
    page = phone()
    page.goto(f"/S/{room.personal(seat)}", wait_until="domcontentloaded")
    room.until(number, "xiaohongshu", "previewed" if fault != "no-sdk" else rung)
    if fault in ("no-sdk", "no-keys"):
        expect(page.locator("#by-hand")).to_have_attribute("open", "", timeout=20_000)
        expect(page.locator("#publish:visible")).to_have_count(0)
    else:
        page.tap("#publish")
    if fault in ("none", "lie"):
        page.wait_for_url("**/rehearsal/xiaohongshu/composer?**")
        page.tap("button.publish")
        page.locator("a.publish").wait_for()
    elif fault not in ("no-keys", "no-sdk"):
        expect(page.locator("#by-hand")).to_have_attribute("open", "", timeout=20_000)
    assert room.until(number, "xiaohongshu", rung)[1] == cause
    if fault == "lie":
        page.tap("a.publish")
        expect(page.locator("dialog#returned")).to_be_visible()
        page.keyboard.press("Escape")
        assert room.rung(number, "xiaohongshu")[0] == "launched", "what the platform's page says is no evidence"
    # whatever went wrong, by hand it works in the same page, and a pasted link is taken
    if rung == "failed" or fault == "no-keys":
        page.locator("#note-text").fill(NOTES["xiaohongshu"])
        page.locator("#question button[value=link]").tap()
        assert room.until(number, "xiaohongshu", "linked")[2] == NOTES["xiaohongshu"]


@pytest.mark.parametrize(("slug", "seat"), [(slug, seat) for seat, slug in enumerate(SLUGS[1:], start=10)])
def test_each_other_platform_is_chosen_opened_and_linked(
    room: Room, phone: Callable[..., Page], slug: str, seat: int
) -> None:
    number = str(500 + seat)
    room.order("none")
    page = phone()
    page.goto(f"/S/{room.personal(seat)}")
    page.locator(f".platforms a[href$='platform={slug}']").tap()
    expect(page.locator("main")).to_have_attribute("data-platform", slug)
    assert page.locator(".platforms a").first.get_attribute("href").endswith(f"platform={slug}"), (
        "the last choice first"
    )
    room.until(number, slug, "previewed")
    if slug == "weibo":
        page.tap("#publish")
        page.wait_for_url("**/rehearsal/weibo/mobile.php?**")
        assert "%23%E8%8C%B6%23" in page.url
        assert room.until(number, slug, "launched")[1] is None
        page.go_back()
        expect(page.locator("dialog#returned")).to_be_visible()
    else:
        expect(page.locator("#by-hand")).to_have_attribute("open", "")
        assert page.locator("main").get_attribute("data-launch") == "assist"
    page.locator("#note-text").fill(f"看看我的作品 {NOTES[slug]} 复制打开")
    page.locator("button[value=link]:visible").tap()
    assert room.until(number, slug, "linked")[2] == NOTES[slug]
    assert room.rung(number, "xiaohongshu")[0] in ("not_started", "scanned", "previewed")
    expect(page.get_by_text("Your link has arrived")).to_be_visible()
    # remembered for the next time
    page.goto(page.url.partition("?")[0])
    expect(page.locator("main")).to_have_attribute("data-platform", slug)
