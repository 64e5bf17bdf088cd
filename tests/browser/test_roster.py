"""A list of students in a browser: a file that is dropped on the page, what it would do, and that it is done."""

import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE

ROWS = (
    "小组,学号,姓名,备注\n甲,2024001,林小满,\n甲,2024002,阿卜杜拉·买买提,转学\n"
    "乙,red fox,Anna Müller,\n乙,2024002001,王子涵,\n合计：4人,,,\n"
)
WIDE = DESKTOP | {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def opened(portal: Any, open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """The page of students of a new course."""

    def open_it(device: dict[str, object], locale: str) -> Page:
        with httpx.Client(base_url=portal.url, timeout=60) as http:
            path = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
            http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
            course = http.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2]
            http.post(f"/courses/{course}/roster", files={"roster": (None, "2024001,林晓满\n7,Bo")})
            context = open_browser(device, locale)
            context.add_cookies([{"name": "session", "value": http.cookies["session"], "url": portal.url}])
        page = context.new_page()
        page.goto(f"/courses/{course}/roster/new")
        return page

    return open_it


@pytest.mark.browser
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("device", [PHONE, WIDE], ids=["phone", "desktop"])
def test_dropped_list_is_seen_and_then_added(
    opened: Callable[..., Page], shot: Callable[..., None], device: dict[str, object], locale: str
) -> None:
    page = opened(device, locale)
    dropped = page.evaluate_handle(
        """(text) => {
          const dropped = new DataTransfer();
          dropped.items.add(new File([text], "list.csv", { type: "text/csv" }));
          return dropped;
        }""",
        ROWS,
    )
    page.dispatch_event("body", "dragover", {"dataTransfer": dropped})
    expect(page.locator(".add[data-dropping]")).to_be_visible()
    page.dispatch_event("body", "drop", {"dataTransfer": dropped})
    assert page.locator("#file").evaluate("field => field.files[0].name") == "list.csv"
    page.locator("button[value=check]").click()
    expect(page.locator("#plan")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"roster-plan-{'phone' if device is PHONE else 'desktop'}-{locale[:2]}")
    expect(page.locator(".read-as tbody tr")).to_have_count(4)
    page.locator(".add button.primary").click()
    expect(page.locator(".students tbody tr")).to_have_count(5)
