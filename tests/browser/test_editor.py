"""The lesson editor in a real Chromium: it saves as one writes, loses no word, and shows what a student will see."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.waiting import until

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
HANDHELD = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
BASE = "Warm the pot.\n\nThree spoons of leaves.\n\nWait for three minutes."
THEIRS = BASE.replace("Warm", "Rinse")
PASSWORD = "violet tractor beneath morning"


@dataclass
class Author:
    """Alice, her course and what she has written."""

    http: httpx.Client
    email: str
    course: str

    def enter(self, context: BrowserContext) -> Page:
        context.add_cookies(
            [{"name": "session", "value": self.http.cookies["session"], "url": str(self.http.base_url)}]
        )
        return context.new_page()

    def lesson(self, **fields: str) -> str:
        form = {"kind": "normal", "title": "Tea 茶", "body": "好茶", "platforms": "xiaohongshu"} | fields
        made = self.http.post(
            f"/courses/{self.course}/lessons", files={name: (None, text) for name, text in form.items()}
        )
        return re.split(r"[/?]", made.headers["location"])[2]

    def form(self, lesson: str) -> dict[str, str]:
        """Title, text and topics as the server has them now."""
        html = self.http.get(f"/lessons/{lesson}/edit").text
        body = re.search(r'<textarea id="body".*?>\n(.*?)</textarea>', html, re.DOTALL)
        values = {name: re.search(rf'name="{name}" type="text" value="([^"]*)"', html) for name in ("title", "topics")}
        return {"body": body[1] if body else "?"} | {name: found[1] if found else "?" for name, found in values.items()}

    def versions(self, lesson: str) -> int:
        html = self.http.get(f"/lessons/{lesson}/edit").text
        return int(re.search(r'name="base" value="(\d+)"', html)[1])  # type: ignore[index]


@pytest.fixture(scope="module")
def author(portal: Any) -> Iterator[Author]:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        email = f"{secrets.token_hex(4)}@example.org"
        http.post(
            portal.command("invite", email).removeprefix(portal.url), data={"name": "Alice", "password": PASSWORD}
        )
        course = http.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2]
        yield Author(http, email, course)


def state(page: Page, name: str) -> None:
    expect(page.locator("#save-state")).to_have_attribute("data-state", name)


def rewrite(page: Page, text: str) -> None:
    page.locator("#body").press("Control+End")
    page.keyboard.type(text)


@pytest.mark.browser
def test_writing_saves_itself_and_the_student_page_stands_beside_it(
    author: Author, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = author.enter(open_browser(DESKTOP))
    page.goto(f"/courses/{author.course}/lessons/new")
    page.get_by_label("Title").fill("Three cups")
    state(page, "saved")
    expect(page.locator("#save-state")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    lesson = re.search(r"/lessons/([0-9a-f-]{36})/edit$", page.url)
    assert lesson, page.url
    expect(page.get_by_role("heading", name="Edit the lesson")).to_be_visible()
    rewrite(page, "**Boil** the water")
    state(page, "unsaved")
    state(page, "saved")
    assert author.form(lesson[1])["body"] == "**Boil** the water"
    # The preview is the student's page: drawn by its template, and without its scripts.
    inside = page.frame_locator("#live-preview")
    expect(inside.locator(".sheet strong")).to_have_text("Boil")
    expect(inside.get_by_role("button", name="Publish to XiaoHongShu")).to_be_visible()
    inside.get_by_role("button", name="Publish to XiaoHongShu").click()
    page.get_by_label("Title").fill("Four cups")
    expect(inside.get_by_role("heading", name="Four cups")).to_be_visible()
    shot(page, "editor-desktop-en")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The lesson is saved, and its link is ready.")).to_be_visible()
    assert author.form(lesson[1])["title"] == "Four cups"


@pytest.mark.browser
def test_phone_has_tabs_and_the_keys_of_a_tablist(
    author: Author, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = author.enter(open_browser(HANDHELD, "zh-CN"))
    page.goto(f"/lessons/{author.lesson(body='好茶 ' * 1200)}/edit")
    expect(page.locator("#panel-preview")).to_be_hidden()
    expect(page.locator("#check-count")).to_have_text("2")
    page.get_by_role("tab", name="预览").tap()
    expect(page.frame_locator("#live-preview").get_by_role("heading", name="Tea 茶")).to_be_visible()
    expect(page.locator("#panel-write")).to_be_hidden()
    shot(page, "editor-phone-preview-zh")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#panel-check .finding").first).to_be_visible()
    expect(page.get_by_role("tab", name="检查")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#body")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.browser
def test_second_tab_sees_both_versions_and_merges(
    author: Author, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    lesson = author.lesson(body=BASE)
    context = open_browser(DESKTOP)
    first, second = author.enter(context), context.new_page()
    for page in (first, second):
        page.goto(f"/lessons/{lesson}/edit")
    first.locator("#body").fill(THEIRS)
    state(first, "saved")
    second.locator("#body").fill(f"{BASE} Serve.")
    state(second, "conflict")
    assert author.form(lesson)["body"] == THEIRS
    second.get_by_role("button", name="See both versions").click()
    expect(second.get_by_role("heading", name="Two versions of this lesson")).to_be_visible()
    expect(second.locator("[name=text_body]")).to_have_value(f"{THEIRS} Serve.")
    shot(second, "editor-conflict-desktop-en", full=True)
    second.get_by_role("button", name="Save what I have chosen").click()
    expect(second.get_by_text("Saved as you decided.")).to_be_visible()
    assert author.form(lesson)["body"] == f"{THEIRS} Serve."
    expect(second.get_by_text("Text from this device that was not saved")).to_have_count(0)
    # The first tab has nothing unsaved: its next words meet the merged version, and are not lost either.
    first.locator("#body").fill(f"{THEIRS} Drink.")
    state(first, "conflict")


@pytest.mark.browser
def test_own_save_in_flight_is_no_conflict(author: Author, open_browser: Callable[..., BrowserContext]) -> None:
    lesson = author.lesson()
    page = author.enter(open_browser(DESKTOP))
    page.goto(f"/lessons/{lesson}/edit")
    answers: list[Route] = []

    def lose_the_answer(route: Route) -> None:
        if answers:
            return route.continue_()
        answers.append(route)
        route.fetch()  # the server has it, the browser never hears of it
        return route.abort("connectionreset")

    page.route(f"**/lessons/{lesson}", lose_the_answer)
    rewrite(page, " A")
    state(page, "offline")
    rewrite(page, "B")
    state(page, "saved")
    assert author.form(lesson)["body"] == "好茶 AB"
    assert author.versions(lesson) == 3
    # Typing goes on while a save is under way: the next save begins from it.
    page.unroute_all(behavior="wait")
    held: list[Route] = []
    page.route(f"**/lessons/{lesson}", lambda route: route.continue_() if held else held.append(route))
    for word in (" one", " two", " three"):
        rewrite(page, word)
        page.keyboard.press("Control+s")
    until(page, "document.readyState === 'complete'")
    assert len(held) == 1
    held[0].continue_()
    state(page, "saved")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.unroute_all(behavior="wait")
    assert author.form(lesson)["body"] == "好茶 AB one two three"


@pytest.mark.browser
def test_offline_words_are_kept_on_the_device_and_sent_later(
    author: Author, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    lesson = author.lesson()
    context = open_browser(HANDHELD)
    page = author.enter(context)
    page.goto(f"/lessons/{lesson}/edit")
    page.route("**/*", lambda route: route.abort("connectionreset"))
    rewrite(page, " in the train")
    state(page, "offline")
    expect(page.locator("#save-state")).to_have_text("Offline: kept on this device, will be sent")
    shot(page, "editor-phone-offline-en")
    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")
    state(page, "saved")
    assert author.form(lesson)["body"] == "好茶 in the train"

    # The page is gone before the connection comes back: the next visit offers what it left.
    context.set_offline(True)
    rewrite(page, " and home")
    state(page, "offline")
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"/lessons/{lesson}/edit")
    notice = again.get_by_role("alert").filter(has_text="Text from this device that was not saved")
    expect(notice).to_contain_text("Tea 茶 · 好茶 in the train and home")
    notice.get_by_role("button", name="Use it").click()
    expect(again.locator("#body")).to_have_value("好茶 in the train and home")
    state(again, "saved")
    assert author.form(lesson)["body"] == "好茶 in the train and home"


@pytest.mark.browser
def test_signed_out_writer_signs_in_beside_and_goes_on(
    author: Author, open_browser: Callable[..., BrowserContext]
) -> None:
    lesson = author.lesson()
    context = open_browser(DESKTOP)
    page = author.enter(context)
    page.goto(f"/lessons/{lesson}/edit")
    context.clear_cookies()
    rewrite(page, " late")
    state(page, "signedOut")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in another tab").click()
    other = opened.value
    other.get_by_label("E-mail address").fill(author.email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    page.evaluate("dispatchEvent(new Event('focus'))")
    state(page, "saved")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert author.form(lesson)["body"] == "好茶 late"


@pytest.mark.browser
def test_refusal_is_told_and_the_words_stay(author: Author, open_browser: Callable[..., BrowserContext]) -> None:
    lesson = author.lesson()
    page = author.enter(open_browser(DESKTOP))
    page.goto(f"/lessons/{lesson}/edit")
    page.get_by_label("Title").fill("x" * 201)
    state(page, "refused")
    expect(page.locator("#save-state")).to_contain_text("201 characters; at most 200 fit.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#title-note")).to_contain_text("201 characters")
    expect(page.get_by_label("Title")).to_have_value("x" * 201)
    page.get_by_label("Title").fill("")
    state(page, "untitled")
    page.get_by_label("Title").fill("Short")
    state(page, "saved")


@pytest.mark.browser
def test_topics_are_chips_with_completion(author: Author, open_browser: Callable[..., BrowserContext]) -> None:
    author.lesson(title="Earlier", topics="#手机摄影 #slowfood #slowlife")
    lesson = author.lesson(topics="#茶")
    page = author.enter(open_browser(DESKTOP))
    page.goto(f"/lessons/{lesson}/edit")
    entry, chips = page.get_by_role("combobox", name="Topics"), page.locator(".topics-box .chip")
    expect(chips).to_have_count(1)
    entry.fill("slow")
    expect(page.get_by_role("option")).to_have_text(["#slowfood", "#slowlife", "New topic: #slow"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="#slowlife")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(chips).to_have_count(2)
    page.keyboard.type("cup，")
    expect(chips).to_have_count(3)
    # An input method's Enter takes its word, and makes no topic of half of it.
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "she ying", "selectionStart": 8, "selectionEnd": 8})
    entry.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(chips).to_have_count(3)
    session.send("Input.insertText", {"text": "摄影"})
    expect(chips).to_have_count(3)
    page.keyboard.press("Enter")
    expect(chips).to_have_count(4)
    page.keyboard.press("Backspace")
    expect(entry).to_have_value("摄影")
    entry.fill("")
    page.get_by_role("button", name="Remove the topic 茶").click()
    expect(chips).to_have_count(2)
    entry.fill("typed")  # without a separator after it
    state(page, "saved")
    assert author.form(lesson)["topics"] == "#slowlife #cup #typed"


@pytest.mark.browser
def test_tools_keys_emoji_and_full_screen(
    author: Author, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    lesson = author.lesson(body="tea")
    page = author.enter(open_browser(DESKTOP))
    page.goto(f"/lessons/{lesson}/edit")
    body = page.locator("#body")
    body.select_text()
    page.keyboard.press("Control+b")
    expect(body).to_have_value("**tea**")
    page.keyboard.press("Control+z")
    expect(body).to_have_value("tea")
    body.press("Control+End")
    page.get_by_role("button", name="Emoji").click()
    page.locator("#emoji-panel").get_by_role("button", name="🍵").click()
    expect(body).to_have_value("tea🍵")
    page.keyboard.press("Control+z")
    expect(body).to_have_value("tea")
    page.get_by_role("button", name="Emoji").click()
    page.get_by_role("button", name="Full screen").click()
    expect(page.get_by_text("Students publish to")).to_be_hidden()
    page.keyboard.type("\n- one\ntwo\n\nend")
    expect(body).to_have_value("tea\n- one\n- two\n\nend")
    shot(page, "editor-full-desktop-en")
    page.keyboard.press("Control+s")
    state(page, "saved")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Students publish to")).to_be_visible()
    expect(page.locator("#counts")).to_have_text("4 words · 20 characters")


@pytest.mark.browser
def test_nasty_text_stays_text_in_the_preview(author: Author, open_browser: Callable[..., BrowserContext]) -> None:
    lesson = author.lesson()
    page = author.enter(open_browser(DESKTOP, bypass_csp=True))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(f"/lessons/{lesson}/edit")
    inside = page.frame_locator("#live-preview")
    page.locator("#body").fill("first")
    expect(inside.locator(".sheet")).to_contain_text("first")
    nasty = "<img src=x onerror=alert(1)><svg onload=alert(2)>[x](javascript:alert(3)){{7*7}}"
    page.locator("#body").fill(nasty)
    page.get_by_label("Title").fill("</title><script>alert(4)</script>")
    page.get_by_role("combobox", name="Topics").fill("<b>bold</b>")
    expect(inside.get_by_role("heading", name="</title><script>alert(4)</script>")).to_be_visible()
    expect(inside.locator(".sheet")).to_contain_text("{{7*7}}")
    frame = "document.getElementById('live-preview').contentDocument"
    assert page.evaluate(f"{frame}.querySelectorAll('script, [onerror], [onload], .sheet svg').length") == 0
    state(page, "saved")
