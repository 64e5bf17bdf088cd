"""Layouts of one's own in Chromium: drawn as one types, errors beside the fields, and inches for millimetres."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="module")
def author(portal: Any) -> dict[str, str]:
    """Somebody with a course: its address, and a session."""
    secret = portal.command("invite", "layouts@example.org").rsplit("/", 1)[1]
    with httpx.Client(base_url=portal.url) as http:
        password = "nine copper windmills hum softly"
        http.post(f"/invitations/{secret}", data={"name": "Lee", "password": password, "again": password})
        course = http.post("/courses", data={"title": "Drinks"}).headers["location"]
        return {"course": course, "session": http.cookies["session"]}


@pytest.fixture
def enter(author: dict[str, str], portal: Any, open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def enter(device: dict[str, object], **more: object) -> Page:
        context = open_browser(device, **more)
        context.add_cookies([{"name": "session", "value": author["session"], "url": portal.url}])
        page = context.new_page()
        page.goto(f"{author['course']}/layouts/new")
        return page

    return enter


@pytest.mark.browser
def test_page_is_drawn_as_one_types(enter: Callable[..., Page]) -> None:
    page = enter(DESKTOP)
    cells = page.locator("#layout-result .cell")
    expect(cells).to_have_count(24)
    page.get_by_label("Columns").fill("2")
    expect(cells).to_have_count(16)
    page.get_by_label("Left", exact=True).fill("a little")
    expect(page.locator("#left-note")).to_have_text("Write a length, such as 12.5.")
    expect(page.get_by_label("Left", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#layout-result svg")).to_have_class("sheet-drawing stale")
    page.get_by_label("Left", exact=True).fill("25.4")
    expect(page.locator("#left-note")).to_have_text("")
    expect(page.get_by_label("Left", exact=True)).not_to_have_attribute("aria-invalid", "true")
    page.get_by_text("Inches").click()
    expect(page.get_by_label("Left", exact=True)).to_have_value("1")
    expect(page.get_by_label("Columns")).to_have_value("2")
    expect(page.locator("#layout-result")).to_contain_text("3.447 × 1.314 in")
    expect(page.get_by_label("Paper’s width")).to_be_hidden()
    page.get_by_label("Name of the layout").fill("Drawn")
    page.get_by_role("button", name="Save the layout").click()
    expect(page.get_by_role("heading", name="Drawn")).to_be_visible()
    expect(page.locator(".own-layouts .cell")).to_have_count(16)


@pytest.mark.browser
def test_drawing_stays_in_sight_on_a_phone_and_the_form_works_without_script(enter: Callable[..., Page]) -> None:
    page = enter(PHONE)
    page.get_by_label("Rows").tap()
    page.get_by_label("Rows").fill("5")
    expect(page.locator("#layout-result .cell")).to_have_count(15)
    expect(page.locator("#layout-result svg")).to_be_in_viewport()
    plain = enter(DESKTOP, java_script_enabled=False)
    plain.get_by_label("Rows").fill("five")
    plain.get_by_role("button", name="Save the layout").click()
    expect(plain.locator("#rows-note")).to_have_text("Write a whole number.")
    expect(plain.locator("#name-note")).to_contain_text("Give the layout a name")
    expect(plain.get_by_label("Rows")).to_have_value("five")
