"""The import of the export in a real Chromium, on a desktop and on a phone."""

import io
import re
import secrets
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
HANDHELD = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


@pytest.fixture(scope="module")
def session(portal: Any) -> tuple[str, str]:
    """Alice's session, and her course with a lesson of two pictures."""
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        course = http.post("/courses", data={"title": "Spring 春", "term": "2026"}).headers["location"].split("/")[2]
        files = [("pictures", (f"{n}.jpg", _photo(n), "image/jpeg")) for n in (1, 2)]
        form = {"kind": "normal", "title": "三步泡好茶 / Tea", "body": "**Text**\n\n---", "platforms": "xiaohongshu"}
        http.post(f"/courses/{course}/lessons", data=form, files=files)
        return http.cookies["session"], course


def _photo(number: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (900, 600), (40 * number, 90, 160)).save(file, "JPEG")
    return file.getvalue()


def _enter(portal: Any, context: BrowserContext, session: str) -> Page:
    context.add_cookies([{"name": "session", "value": session, "url": portal.url}])
    return context.new_page()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("device", "locale", "scheme"), [(DESKTOP, "en-GB", "light"), (HANDHELD, "zh-CN", "dark")], ids=["desktop", "phone"]
)
def test_an_export_is_imported_as_a_course_and_undone(
    portal: Any, session: tuple[str, str], open_browser: Callable[..., BrowserContext], shot: Callable[..., None],
    tmp_path: Path, device: dict[str, Any], locale: str, scheme: str,
) -> None:  # fmt: skip
    chinese = locale.startswith("zh")
    page = _enter(portal, open_browser(device, locale, color_scheme=scheme), session[0])
    name = f"{locale[:2]}-{device['viewport']['width']}"
    page.goto(f"/courses/{session[1]}/exchange")
    shot(page, f"exchange-{name}", full=True)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("zip")).first.click()
    archive = tmp_path / "course.zip"
    download.value.save_as(archive)
    assert "Spring 春" in download.value.suggested_filename

    page.goto("/courses/import")
    page.locator("#file").set_input_files(archive)
    page.get_by_role("button", name="查看文件" if chinese else "Look at the file").click()
    expect(page.get_by_role("heading", name="三步泡好茶 / Tea")).to_be_visible()
    shot(page, f"exchange-plan-{name}", full=True)
    page.get_by_role("button", name="导入" if chinese else "Import", exact=True).click()
    expect(page.locator(".notice.good")).to_be_visible()
    shot(page, f"exchange-result-{name}", full=True)
    course = page.get_by_role("link", name="到课时列表" if chinese else "To the lessons").or_(
        page.locator(".after a.primary")
    )
    address = course.first.get_attribute("href")
    copy = httpx.get(f"{portal.url}{address}/export", cookies={"session": session[0]}).content
    assert copy == archive.read_bytes()
    page.locator(".notice form button").click()
    expect(page.locator(".notice.good")).to_have_count(0)
    assert "三步泡好茶" not in httpx.get(f"{portal.url}{address}/lessons.csv", cookies={"session": session[0]}).text


@pytest.mark.browser
def test_a_broken_archive_is_told_line_by_line_and_the_good_ones_come(
    portal: Any, session: tuple[str, str], open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("lessons/01-a/lesson.md", "---\ntitle: A good one\n---\n\nText\n")
        archive.writestr("lessons/02-b/lesson.md", "---\ntitle: B\ntopcs: [x]\npictures: [pictures/1.jpg]\n---\n")
        archive.writestr("notes.txt", "x")
    page = _enter(portal, open_browser(HANDHELD), session[0])
    page.goto(f"/courses/{session[1]}/exchange")
    page.locator("#file").set_input_files({"name": "a.zip", "mimeType": "application/zip", "buffer": file.getvalue()})
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("is missing from the archive")).to_be_visible()
    shot(page, "exchange-errors-phone", full=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    shot(page, "exchange-errors-desktop", full=True)
    page.get_by_label("leave out the lesson with errors").check()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("link", name="A good one")).to_be_visible()
    expect(page.locator(".notice.good")).to_contain_text("1 lesson was added · 1 had errors")


@pytest.mark.browser
def test_a_list_from_excel_shows_its_encoding(
    portal: Any, session: tuple[str, str], open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = _enter(portal, open_browser(DESKTOP, "zh-CN"), session[0])
    page.goto(f"/courses/{session[1]}/exchange")
    data = "标题,正文\n茶,好茶\n,没有标题\n".encode("gbk")
    page.locator("#file").set_input_files({"name": "课时.csv", "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="查看文件").click()
    expect(page.locator("#encoding")).to_have_value("gb18030")
    expect(page.get_by_role("heading", name="茶")).to_be_visible()
    shot(page, "exchange-list-zh", full=True)
