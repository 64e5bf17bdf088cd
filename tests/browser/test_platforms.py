"""Every platform in a phone's Chromium, with all that can go wrong in rehearsal: where the phone ends up, and on which rung.

A row is what an instructor orders at the lesson's link, where the tap leads, and what the database says afterwards.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from portal.rehearsal.faults import LINK_FAULTS
from tests.browser.test_student import PHONE, Classroom, photo
from tests.databases import rows
from tests.waiting import eventually

pytestmark = pytest.mark.browser
SLUGS = ("xiaohongshu", "douyin", "weibo", "kuaishou", "bilibili")
PROBLEMS = ("ok", "refuse", "slow", "garbage", "lie", "no SDK", "no app", "no keys")
#: links of notes as their platforms write them
NOTES = {
    "xiaohongshu": "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2",
    "weibo": "https://weibo.com/2286092114/OxyzA1bc2",
    "douyin": "https://www.douyin.com/video/7300000000000000001",
    "kuaishou": "https://www.kuaishou.com/short-video/3xabcdefghijkmn",
    "bilibili": "https://www.bilibili.com/video/BV1xx411c7mD",
}


@dataclass(frozen=True)
class Row:
    """`lands`: in the app's composer, on its refusal, on half a page, or back at the lesson, by hand or as it was."""

    fault: str
    lands: Literal["composer", "refused", "half", "by hand", "stays"]
    rung: str
    cause: str | None = None


#: XiaoHongShu's script says what went wrong; Douyin's servers do before its app opens, and its webhook afterwards; Weibo's
#: page, and an app that is opened by hand, tell the portal nothing: they were opened, and that is all there is evidence for.
ROWS = {
    ("xiaohongshu", "ok"): Row("none", "composer", "launched"),
    ("xiaohongshu", "refuse"): Row("rejected", "by hand", "failed", "refused"),
    ("xiaohongshu", "slow"): Row("slow5", "by hand", "failed", "token"),
    ("xiaohongshu", "garbage"): Row("html", "by hand", "failed", "token"),
    ("xiaohongshu", "lie"): Row("lie", "composer", "launched"),
    ("xiaohongshu", "no SDK"): Row("no-sdk", "by hand", "failed", "sdk"),
    ("xiaohongshu", "no app"): Row("no-app", "stays", "previewed"),
    ("xiaohongshu", "no keys"): Row("no-keys", "by hand", "previewed"),
    ("douyin", "ok"): Row("none", "composer", "confirmed"),
    ("douyin", "refuse"): Row("refuse", "by hand", "failed", "refused"),
    ("douyin", "slow"): Row("slow5", "by hand", "failed", "token"),
    ("douyin", "garbage"): Row("negative", "by hand", "failed", "token"),
    ("douyin", "lie"): Row("lie", "composer", "launched"),
    ("douyin", "no app"): Row("no-app", "stays", "previewed"),
    ("douyin", "no keys"): Row("no-keys", "by hand", "previewed"),
    ("weibo", "ok"): Row("none", "composer", "launched"),
    ("weibo", "refuse"): Row("refuse", "refused", "launched"),
    ("weibo", "slow"): Row("slow1", "composer", "launched"),
    ("weibo", "garbage"): Row("truncated", "half", "launched"),
    ("weibo", "lie"): Row("lie", "composer", "launched"),
    ("weibo", "no app"): Row("no-app", "stays", "previewed"),
    # It works without one: the post then comes "from the internet".
    ("weibo", "no keys"): Row("no-keys", "composer", "launched"),
    ("kuaishou", "ok"): Row("none", "composer", "launched"),
    ("kuaishou", "refuse"): Row("rejected", "refused", "launched"),
    ("kuaishou", "slow"): Row("slow1", "composer", "launched"),
    ("kuaishou", "lie"): Row("lie", "composer", "launched"),
    ("kuaishou", "no app"): Row("no-app", "stays", "previewed"),
    ("bilibili", "ok"): Row("none", "composer", "launched"),
    ("bilibili", "refuse"): Row("rejected", "refused", "launched"),
    ("bilibili", "slow"): Row("slow1", "composer", "launched"),
    ("bilibili", "lie"): Row("lie", "composer", "launched"),
    ("bilibili", "no app"): Row("no-app", "stays", "previewed"),
}
#: what cannot be, why, and the faults that the platform's list must not have then
IMPOSSIBLE = {
    ("douyin", "no SDK"): ("an address opens its app; there is no script to load", {"no-sdk"}),
    ("weibo", "no SDK"): ("its share page is opened; there is no script to load", {"no-sdk"}),
    **{
        (slug, problem): (why, faults)
        for slug in ("kuaishou", "bilibili")
        for problem, why, faults in (
            ("no SDK", "no script opens its app with content", {"no-sdk"}),
            ("garbage", "the portal asks its servers nothing", {"html", "truncated", "huge", "expired", "negative"}),
            ("no keys", "it is always by hand, which needs no keys", {"no-keys"}),
        )
    },
}


def test_every_problem_of_every_platform_has_a_row_or_a_reason() -> None:
    assert sorted([*ROWS, *IMPOSSIBLE]) == sorted((slug, problem) for slug in SLUGS for problem in PROBLEMS)
    for (slug, _), row in ROWS.items():
        assert row.fault in LINK_FAULTS[slug]
    for (slug, _), (_, faults) in IMPOSSIBLE.items():
        assert not faults & set(LINK_FAULTS[slug])


@dataclass
class Room(Classroom):
    """A lesson that goes to all five; `alice` is its instructor, signed in."""

    alice: httpx.Client
    lesson: str

    def order(self, slug: str, fault: str) -> None:
        """What goes wrong on one platform for everybody at the link; the others are well."""
        faults = {f"fault-{each}": fault if each == slug else "none" for each in SLUGS}
        answer = self.alice.post(f"/lessons/{self.lesson}/rehearsal", data=faults)
        assert answer.status_code == 303, answer.text

    def progress(self, number: str, platform: str) -> tuple[str, str | None, str | None]:
        """What the database has of a student on a platform: rung, cause, and the note's address."""
        query = (
            "SELECT rung, cause, note_url FROM publication JOIN student ON student.id = publication.student"
            " JOIN lesson ON lesson.id = publication.lesson WHERE student.number = ? AND platform = ? AND title = '五个平台'"
        )
        found = rows(self.portal.environment["DATABASE_URL"], query, number, platform)
        return found[0] if found else ("not_started", None, None)

    def until(self, number: str, platform: str, rung: str) -> tuple[str, str | None, str | None]:
        eventually(lambda: self.progress(number, platform)[0] == rung, 20, says=lambda: self.progress(number, platform))
        return self.progress(number, platform)


@pytest.fixture(scope="module")
def room(portal: Any) -> Iterator[Room]:
    with httpx.Client(base_url=portal.url, headers={"Accept-Language": "en"}, timeout=60) as http:
        path = portal.command("invite", f"alice-{uuid.uuid4().hex[:8]}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        course = http.post("/courses", data={"title": "五个平台 Five"}).headers["location"].split("/")[2].split("?")[0]
        roster = "\n".join(f"{500 + n},平台学生{n}" for n in range(len(ROWS) + 1))
        http.post(f"/courses/{course}/roster", files={"roster": (None, roster)})
        form = {"kind": "normal", "title": "五个平台", "body": "靠窗坐", "topics": "#茶", "platforms": list(SLUGS)}
        made = http.post(
            f"/courses/{course}/lessons", data=form, files=[("pictures", ("a.jpg", photo(1), "image/jpeg"))]
        )
        lesson = made.headers["location"].split("/")[2].split("?")[0]
        token = re.search(r"/s/([a-z2-7]{36})", http.get(f"/lessons/{lesson}").text).group(1).upper()
        yield Room(portal, token, http, lesson)


@pytest.fixture(scope="module")
def context(chromium: Browser, portal: Any) -> Iterator[BrowserContext]:
    context = chromium.new_context(**PHONE | {"locale": "en-GB", "base_url": portal.url})
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, portal: Any) -> Iterator[Page]:
    """A page on a phone that has only our files left of the test before."""
    page = context.new_page()
    forget = {"origin": portal.url, "storageTypes": "cookies,local_storage"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)
    yield page
    for _ in range(3):  # Chromium may never close a page that is just about to go to another; its way may cross ours
        with suppress(Error):
            page.goto("about:blank", timeout=5_000)
            break
    page.close()


@pytest.mark.parametrize(
    ("slug", "problem", "seat"),
    [(*pair, seat) for seat, pair in enumerate(ROWS)],
    ids=[" ".join(pair) for pair in ROWS],
)
def test_rung_tells_the_truth_whatever_goes_wrong(room: Room, page: Page, slug: str, problem: str, seat: int) -> None:
    row, number = ROWS[slug, problem], str(500 + seat)
    room.order(slug, row.fault)
    if problem != "ok":  # the phone's last choice, so that it need not choose
        page.context.add_cookies([{"name": "platform", "value": slug, "url": room.portal.url}])
    page.goto(f"/S/{room.personal(seat)}", wait_until="domcontentloaded")
    if problem == "ok" and slug != SLUGS[0]:
        page.locator(f".platforms a[href$='platform={slug}']").tap()
        assert page.locator(".platforms a").first.get_attribute("href").endswith(f"platform={slug}"), (
            "the last choice first"
        )
    expect(page.locator("main")).to_have_attribute("data-platform", slug)
    if problem != "ok":  # of a scan one page is previewed: here the first platform's, if it was looked at long enough
        room.until(number, slug, row.rung if problem == "no SDK" else "previewed")
    if row.lands == "stays":
        with page.expect_response(lambda answer: answer.status == 204 and "/rehearsal/" in answer.url):
            tap(page, row)
    else:
        tap(page, row)
    LANDED[row.lands](page, slug)
    if row.lands == "composer":
        publish(page, slug)
        expect(page.locator(".share-text")).to_have_count(0 if problem == "lie" else 1)
    assert room.until(number, slug, row.rung)[1] == row.cause
    text = NOTES[slug]
    if row.lands == "composer" and problem != "lie":
        text = page.locator(".share-text").inner_text()
    if row.lands in ("composer", "refused"):
        page.tap("a.publish")  # back to the lesson
        expect(page.locator("main")).to_have_attribute("data-platform", slug)
    elif row.lands == "half":
        page.go_back()
    if row.rung == "launched":
        expect(page.locator("dialog#returned")).to_be_visible()
        assert room.progress(number, slug)[0] == "launched", "what an app's page says is no evidence"
    kinds = [kind for kind, _ in room.events(number)]
    assert kinds.count("launch") == (row.lands in ("composer", "refused", "half")), kinds
    if row.rung == "confirmed":
        page.reload()
        expect(page.get_by_text("Done: Douyin itself says that it is published.")).to_be_visible()
        return
    # whatever went wrong, by hand it works in the same page, and what the app gave is taken
    page.locator("#note-text").fill(f"看看我的作品 {text}")
    page.locator("button[value=link]:visible").tap()
    assert text.partition("?")[0] in f"{room.until(number, slug, 'linked')[2]} {text}"
    expect(page.get_by_text("Your link has arrived")).to_be_visible()
    others = {room.progress(number, each)[0] for each in SLUGS[1:] if each != slug}
    assert others == {"not_started"}, "one platform says nothing of another"


def test_return_from_one_app_is_asked_of_that_app_alone(room: Room, page: Page) -> None:
    room.order("weibo", "none")
    page.goto(f"/S/{room.personal(len(ROWS))}")
    page.locator(".platforms a[href$='platform=weibo']").tap()
    page.tap("#publish")
    page.tap(".dock a")  # cancelled
    expect(page.locator("dialog#returned")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".platforms a[href$='platform=kuaishou']").tap()
    expect(page.locator("main")).to_have_attribute("data-platform", "kuaishou")
    expect(page.locator("#by-hand .copy").first).to_be_visible()  # the page's script has run
    expect(page.locator("dialog#returned")).to_be_hidden()
    room.until(str(500 + len(ROWS)), "weibo", "launched")


def tap(page: Page, row: Row) -> None:
    """The one button, or what stands in its place."""
    by_hand = page.locator("main").get_attribute("data-launch") == "assist"
    if by_hand and row.lands != "by hand":
        page.tap("#open-app")
    elif not by_hand and row.fault != "no-sdk":
        page.tap("#publish")


def in_composer(page: Page, slug: str) -> None:
    page.locator("button.publish").wait_for()
    expect(page.locator("main.composer")).to_be_visible()
    assert "/rehearsal/" in page.url


def refused(page: Page, slug: str) -> None:
    page.locator("main.composer, main.published").wait_for()
    if page.locator("button.publish").count():
        publish(page, slug)
    expect(page.locator(".published .words")).to_be_visible()


def half(page: Page, slug: str) -> None:
    page.wait_for_url("**/rehearsal/weibo/mobile.php?**")


def by_hand(page: Page, slug: str) -> None:
    expect(page.locator("#by-hand")).to_have_attribute("open", "", timeout=20_000)


def stays(page: Page, slug: str) -> None:
    """Nothing opened: tests/browser/test_student.py waits until the page says so."""
    assert "/l/" in page.url


LANDED = {"composer": in_composer, "refused": refused, "half": half, "by hand": by_hand, "stays": stays}


def publish(page: Page, slug: str) -> None:
    """In an app that was opened by hand there is nothing yet."""
    if page.locator("#files").count():
        page.locator("#files").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(1)})
        expect(page.locator("#chosen img")).to_have_count(1)
        page.fill("#title", "五个平台")
        page.fill("#text", "靠窗坐 #茶 ")
    page.tap("button.publish")
    page.locator("a.publish").wait_for()
