"""The list of lessons in Chromium: found as one types, chosen by keyboard, deleted and taken back."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
TITLES = ("Green tea", "Black tea", "Coffee", "Cocoa", "Mate")


@pytest.fixture(scope="module")
def author(portal: Any) -> dict[str, str]:
    """Somebody with a course of five lessons: the address of the course, and a session."""
    secret = portal.command("invite", "list@example.org").rsplit("/", 1)[1]
    with httpx.Client(base_url=portal.url) as http:
        password = "nine copper windmills hum softly"
        http.post(f"/invitations/{secret}", data={"name": "Lee", "password": password, "again": password})
        course = http.post("/courses", data={"title": "Drinks"}).headers["location"]
        for title in TITLES:
            topics = "tea" if "tea" in title else "other"
            form = {"kind": "normal", "title": title, "body": f"About {title}", "topics": topics}
            made = http.post(f"{course}/lessons", data=form | {"platforms": "xiaohongshu"}, files={"x": (None, "")})
            assert made.status_code == 303, made.text
        return {"course": course, "session": http.cookies["session"]}


@pytest.fixture
def enter(author: dict[str, str], portal: Any, open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def enter(device: dict[str, object], locale: str = "en-GB") -> Page:
        context = open_browser(device, locale)
        context.add_cookies([{"name": "session", "value": author["session"], "url": portal.url}])
        page = context.new_page()
        page.goto(author["course"])
        return page

    return enter


def rows(page: Page) -> Any:
    return page.locator(".lesson-row th a")


@pytest.mark.browser
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_lessons_are_found_as_one_types_and_the_address_keeps_it(
    enter: Callable[..., Page], device: dict[str, object]
) -> None:
    page = enter(device)
    expect(rows(page)).to_have_count(5)
    page.get_by_role("searchbox").press_sequentially("tea")
    expect(rows(page)).to_have_text(["Green tea", "Black tea"])
    expect(page.locator("#announce")).to_have_text(re.compile("2 lessons found"))
    expect(page).to_have_url(re.compile(r"\?q=tea$"))
    page.locator("#filters summary").click()
    page.get_by_label("Order").select_option("newest")
    expect(rows(page)).to_have_text(["Black tea", "Green tea"])
    page.reload()
    expect(rows(page)).to_have_text(["Black tea", "Green tea"])
    expect(page.get_by_role("searchbox")).to_have_value("tea")
    page.go_back()
    expect(rows(page)).to_have_text(["Green tea", "Black tea"])
    page.get_by_role("searchbox").fill("nothing of this")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("link", name="Clear the search").click()
    expect(rows(page)).to_have_count(5)
    expect(page.get_by_role("searchbox")).to_have_value("")


@pytest.mark.browser
def test_a_range_is_chosen_by_keyboard_deleted_and_taken_back(enter: Callable[..., Page]) -> None:
    page = enter(DESKTOP)
    expect(page.locator("#bulk")).to_be_hidden()
    page.keyboard.press("j")
    expect(rows(page).nth(0)).to_be_focused()
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_text("2 chosen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    page.locator("[name=lesson]").nth(1).check()
    page.locator("[name=lesson]").nth(3).click(modifiers=["Shift"])
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.locator("#bulk").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("3 lessons are deleted.")).to_be_visible()
    expect(rows(page)).to_have_text(["Green tea", "Mate"])
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 lessons are back")).to_be_visible()
    expect(rows(page)).to_have_count(5)


@pytest.mark.browser
def test_all_that_were_found_are_printed_by_what_finds_them(enter: Callable[..., Page]) -> None:
    page = enter(DESKTOP)
    page.get_by_role("searchbox").fill("tea")
    expect(rows(page)).to_have_count(2)
    page.locator("#choose-page").check()
    # As with more pages than one: the button says so only then.
    page.evaluate("() => { const all = document.getElementById('choose-found'); all.hidden = false; all.click(); }")
    expect(page.get_by_text("All 2 that were found are chosen")).to_be_visible()
    page.locator("#bulk").get_by_role("button", name="Print").click()
    expect(page.get_by_text("Only the 2 lessons that were chosen.")).to_be_visible()
    assert "lesson=" not in page.url
    assert "found=q%3Dtea" in page.url


@pytest.mark.browser
def test_keys_search_and_explain_themselves(enter: Callable[..., Page]) -> None:
    page = enter(DESKTOP)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("x?j")
    expect(page.get_by_role("searchbox")).to_have_value("x?j")
    page.get_by_role("searchbox").fill("")
    expect(rows(page)).to_have_count(5)
    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(0)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("|".join(TITLES)), level=1)).to_be_visible()


@pytest.mark.browser
def test_a_topic_is_added_on_a_phone_in_chinese(enter: Callable[..., Page]) -> None:
    page = enter(PHONE, "zh-CN")
    page.locator("[name=lesson]").first.check()
    page.get_by_role("button", name="选择找到的全部 5 课").click()
    page.get_by_text("添加话题").click()
    page.locator("[name=add_topic]").fill("饮料")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_text("已给 5 课添加话题。")).to_be_visible()
    page.locator("#filters summary").click()
    page.locator("#filters [name=topic]").select_option("饮料")
    expect(page).to_have_url(re.compile("topic="))
    expect(rows(page)).to_have_count(5)


@pytest.mark.browser
def test_lessons_are_put_in_order_by_menu_and_by_hand(enter: Callable[..., Page]) -> None:
    page = enter(DESKTOP)
    before = rows(page).all_inner_texts()
    last = page.locator(".lesson-row").last
    last.locator("summary").click()
    last.get_by_role("button", name="Move up").click()
    expect(rows(page).nth(3)).to_have_text(before[4])
    page.locator(".lesson-row").nth(3).drag_to(page.locator(".lesson-row").nth(4))
    expect(rows(page)).to_have_text([*before[:3], before[4], before[3]])
    page.locator(".lesson-row").nth(4).drag_to(page.locator(".lesson-row").nth(3))
    expect(rows(page)).to_have_text(before)


@pytest.mark.browser
def test_a_day_of_the_calendar_goes_into_the_form(enter: Callable[..., Page]) -> None:
    page = enter(DESKTOP)
    page.get_by_role("link", name="Calendar").click()
    page.goto(page.url + "?month=2031-03")
    page.get_by_label("Lesson", exact=True).select_option(label="Cocoa")
    page.locator("td:has(time[datetime='2031-03-05'])").click()
    page.get_by_role("button", name="Save the times").click()
    expect(page.locator("td:has(time[datetime='2031-03-05']) .entry.opens")).to_contain_text("Cocoa")
    page.get_by_label("Lesson", exact=True).select_option(label="Cocoa")
    expect(page.get_by_label("Opens", exact=True)).to_have_value("2031-03-05T08:00")
    page.get_by_label("Opens", exact=True).fill("")
    page.get_by_role("button", name="Save the times").click()
    expect(page.locator(".calendar .entry")).to_have_count(0)
