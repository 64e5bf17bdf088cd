"""Printing in Chromium: labels that are half used, a run that is drawn, downloaded and withdrawn."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def author(portal: Any) -> dict[str, str]:
    """Somebody with a course of one lesson and 20 students: the course's address, and a session."""
    secret = portal.command("invite", "print@example.org").rsplit("/", 1)[1]
    with httpx.Client(base_url=portal.url) as http:
        password = "nine copper windmills hum softly"
        http.post(f"/invitations/{secret}", data={"name": "Lee", "password": password, "again": password})
        course = http.post("/courses", data={"title": "Drinks 饮品"}).headers["location"].split("?")[0]
        picture = io.BytesIO()
        Image.effect_noise((600, 800), 60).convert("RGB").save(picture, "JPEG")
        form = {"kind": "normal", "title": "三步拍出一杯好茶", "body": "Text", "platforms": "xiaohongshu"}
        files = {"pictures": ("a.jpg", picture.getvalue(), "image/jpeg")}
        assert http.post(f"{course}/lessons", data=form, files=files).status_code == 303
        roster = "\n".join(f"{number},林小满{number}" for number in range(1, 21))
        http.post(f"{course}/roster", files={"roster": (None, roster)})
        return {"course": course, "session": http.cookies["session"]}


@pytest.fixture
def enter(author: dict[str, str], portal: Any, open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def enter(device: dict[str, object], path: str, locale: str = "en-GB", **more: object) -> Page:
        context = open_browser(device, locale, **more)
        context.add_cookies([{"name": "session", "value": author["session"], "url": portal.url}])
        page = context.new_page()
        page.goto(author["course"] + path)
        return page

    return enter


def codes(path: Path) -> list[str]:
    pages = [page.render(scale=200 / 72).to_pil() for page in pypdfium2.PdfDocument(path)]
    found = [code for page in pages for code in zxingcpp.read_barcodes(page, zxingcpp.BarcodeFormat.QRCode)]
    return [code.text for code in found]


@pytest.mark.browser
def test_labels_are_chosen_printed_downloaded_and_withdrawn(
    enter: Callable[..., Page], portal: Any, shot: Callable[..., None]
) -> None:
    page = enter(DESKTOP, "/sheet")
    counts = page.locator(".counts")
    expect(counts).to_have_text("20 slips · 1 sheet of paper")
    page.get_by_role("radio", name="Handout").check()
    expect(counts).to_have_text("1 slip · 1 sheet of paper")
    page.get_by_role("radio", name="Personal slips").check()
    # One who came late; then everybody.
    page.locator(".students-to-print summary").click()
    page.get_by_label("Search name or number").fill("满20")
    expect(page.locator("#students-listed label:visible")).to_have_count(1)
    page.get_by_label("20 林小满20").check()
    expect(counts).to_have_text("1 slip · 1 sheet of paper")
    expect(page.locator(".students-to-print .line-value")).to_have_text("林小满20")
    page.get_by_label("20 林小满20").uncheck()
    expect(counts).to_have_text("20 slips · 1 sheet of paper")
    page.locator("summary", has_text="Paper").click()
    page.get_by_label("Layout").select_option(label="Avery L7160 · 3 × 7 · 63.5 × 38.1 mm")
    used = page.get_by_role("group", name="Labels that are used already").get_by_role("checkbox")
    expect(used).to_have_count(21)
    # By keyboard, and the focus stays where it is while the page says what it comes to.
    used.first.focus()
    page.keyboard.press("Space")
    expect(page.locator(".sheet-preview")).to_have_attribute("src", re.compile("skip=0"))
    expect(used.first).to_be_focused()
    page.locator("label:has(#cell-4)").click()
    expect(counts).to_have_text("20 slips · 2 sheets of labels")
    page.wait_for_function(
        "() => { const i = document.querySelector('.sheet-preview'); return i.complete && i.naturalWidth }"
    )
    shot(page, "print-options", full=True)
    page.get_by_role("button", name="Print 20 slips").click()
    expect(page.get_by_role("link", name="Download the PDF")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    found = codes(Path(download.value.path()))
    assert len(set(found)) == 20
    assert httpx.get(portal.url + urlsplit(found[0]).path).status_code == 303
    shot(page, "print-run")
    page.get_by_text("A sheet was lost").click()
    page.get_by_role("button", name="Withdraw all 20 codes").click()
    expect(page.get_by_text("This run was withdrawn")).to_be_visible()
    assert {httpx.get(portal.url + urlsplit(url).path).status_code for url in found[:3]} == {410}
    page.get_by_role("link", name="Print runs").click()
    expect(page.get_by_role("row", name=re.compile("P1 Personal slips 20 slips Withdrawn"))).to_be_visible()


@pytest.mark.browser
def test_page_works_by_touch_in_chinese_and_without_scripts(
    enter: Callable[..., Page], shot: Callable[..., None]
) -> None:
    page = enter(PHONE, "/sheet?layout=avery-l7163", "zh-CN")
    page.locator("label:has(#cell-1)").tap()
    expect(page.locator(".sheet-preview")).to_have_attribute("src", re.compile("skip=1"))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shot(page, "print-options-phone-zh", full=True)
    page = enter(DESKTOP, "/sheet?layout=a4-24", java_script_enabled=False)
    page.get_by_label("Many copies").check()
    page.locator("summary", has_text="Copies").click()
    page.get_by_label("Copies", exact=True).fill("30")
    page.get_by_role("button", name="Show what it comes to").click()
    expect(page.locator(".counts")).to_have_text("30 slips · 2 sheets of paper")
    page.get_by_role("button", name="Print 30 slips").click()
    expect(page.get_by_role("heading", name="Print run")).to_be_visible()
    # The page asks again by itself.
    expect(page.get_by_role("link", name="Download the PDF")).to_be_visible()
