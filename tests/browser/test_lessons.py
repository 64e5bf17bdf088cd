"""The instructor's lesson pages in a real Chromium: uploads, order, copy, and the projector."""

import io
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
HANDHELD = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


def photo(number: int) -> dict[str, Any]:
    """A file as the browser's chooser takes it."""
    file = io.BytesIO()
    Image.new("RGB", (900, 600), (40 * number % 256, 90, 160)).save(file, "JPEG")
    return {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@dataclass
class Author:
    """Alice's session and her course."""

    portal: Any
    session: str
    course: str

    def enter(self, context: BrowserContext) -> Page:
        context.add_cookies([{"name": "session", "value": self.session, "url": self.portal.url}])
        return context.new_page()

    def lesson(self, title: str = "Tea 茶") -> str:
        """A lesson of two pictures, made by the form; its id."""
        with httpx.Client(base_url=self.portal.url, cookies={"session": self.session}, timeout=60) as http:
            files = [("pictures", (f"{n}.jpg", photo(n)["buffer"], "image/jpeg")) for n in (1, 2)]
            form = {"kind": "normal", "title": title, "body": "Text", "platforms": "xiaohongshu"}
            made = http.post(f"/courses/{self.course}/lessons", data=form, files=files)
        return re.split(r"[/?]", made.headers["location"])[2]


@pytest.fixture(scope="module")
def author(portal: Any) -> Author:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        course = http.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2]
        http.post(f"/courses/{course}/roster", files={"roster": (None, "1,Ada\n2,Bo")})
        return Author(portal, http.cookies["session"], course)


def names(page: Page) -> list[str]:
    return page.locator("#pictures img").evaluate_all("images => images.map(image => image.alt)")


@pytest.mark.browser
def test_pictures_are_sent_at_once_put_in_order_and_saved(
    author: Author, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = author.enter(open_browser(DESKTOP))
    page.goto(f"/courses/{author.course}/lessons/new")
    page.locator("#pictures-file").set_input_files([photo(n) for n in (1, 2, 3)])
    expect(page.locator("#pictures img:not([hidden])")).to_have_count(3)
    assert sorted(names(page)) == ["1.jpg", "2.jpg", "3.jpg"]
    first = names(page)[0]
    page.locator("#pictures li").first.get_by_label("Move to the right").click()
    assert names(page)[1] == first
    page.locator("#pictures li").nth(1).get_by_label("Move to the right").click()
    assert names(page)[2] == first
    page.locator("#pictures li").nth(1).get_by_label("Cover").check()
    order = names(page)
    page.get_by_label("Title").fill("Tea 茶")
    page.get_by_role("combobox", name="Topics").fill("#tea#茶")
    shot(page, "lesson-form-desktop-en", full=True)
    page.get_by_role("button", name="Save and get the link").click()
    expect(page.get_by_text("The lesson is saved, and its link is ready.")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    assert names(page) == order
    expect(page.locator("#pictures li").nth(1).get_by_label("Cover")).to_be_checked()
    expect(page.locator(".topics-box .chip")).to_have_text(["#tea ×", "#茶 ×"])


@pytest.mark.browser
def test_a_refused_file_says_why_and_the_rest_is_saved(
    author: Author, open_browser: Callable[..., BrowserContext]
) -> None:
    page = author.enter(open_browser(HANDHELD))
    page.goto(f"/lessons/{author.lesson('Refused')}/edit")
    page.locator("#pictures-file").set_input_files([{"name": "poem.jpg", "mimeType": "image/jpeg", "buffer": b"poem"}])
    expect(page.get_by_text("poem.jpg: ")).to_be_visible()
    page.locator("#pictures li").last.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#pictures li")).to_have_count(2)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The link and printed codes stay good.")).to_be_visible()


@pytest.mark.browser
def test_saving_waits_for_uploads(author: Author, open_browser: Callable[..., BrowserContext]) -> None:
    page = author.enter(open_browser(DESKTOP))
    page.goto(f"/courses/{author.course}/lessons/new")
    held: list[Any] = []
    page.route("**/media", lambda route: held.append(route))
    page.get_by_label("Title").fill("Slow line")
    with page.expect_request("**/media"):
        page.locator("#pictures-file").set_input_files([photo(1)])
    page.get_by_role("button", name="Save and get the link").click()
    expect(page.get_by_text("Waiting for the uploads …")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_text("The lesson is saved, and its link is ready.")).to_be_visible()
    expect(page.get_by_text("1 picture ·")).to_be_visible()


@pytest.mark.browser
def test_form_works_without_scripts(
    author: Author, open_browser: Callable[..., BrowserContext], tmp_path: Path, shot: Callable[..., None]
) -> None:
    page = author.enter(open_browser(HANDHELD, java_script_enabled=False))
    page.goto(f"/courses/{author.course}/lessons/new")
    page.locator("#pictures-file").set_input_files([photo(n) for n in (1, 2)])
    page.get_by_label("Title").fill("x" * 300)
    page.get_by_role("button", name="Save and get the link").click()
    expect(page.get_by_text("300 characters; at most 200 fit.")).to_be_visible()
    expect(page.locator("#pictures img")).to_have_count(2)
    page.get_by_label("Title").fill("No scripts")
    places = page.locator("#pictures").get_by_label("Place")
    places.nth(0).fill("2")
    places.nth(1).fill("1")
    shot(page, "lesson-form-phone-no-scripts", full=True)
    page.get_by_role("button", name="Save and get the link").click()
    expect(page.get_by_text("The lesson is saved, and its link is ready.")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    assert [image.get_attribute("alt") for image in page.locator("#pictures img").all()] == ["2.jpg", "1.jpg"]


@pytest.mark.browser
def test_copy_link_copies_the_link(author: Author, open_browser: Callable[..., BrowserContext]) -> None:
    lesson = author.lesson("To copy")
    page = author.enter(open_browser(DESKTOP, permissions=["clipboard-read", "clipboard-write"]))
    page.goto(f"/lessons/{lesson}")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#share-url").input_value()
    assert httpx.get(copied).status_code == 303


@pytest.mark.browser
def test_delete_can_be_undone(author: Author, open_browser: Callable[..., BrowserContext]) -> None:
    lesson = author.lesson("Gone")
    page = author.enter(open_browser(DESKTOP, "zh-CN"))
    page.goto(f"/courses/{author.course}")
    page.locator(f"#lesson-{lesson} .menu > summary").click()
    page.locator(f"#lesson-{lesson}").get_by_role("button", name="删除").click()
    expect(page.locator(f"#lesson-{lesson}")).to_have_count(0)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(f"#lesson-{lesson}")).to_be_visible()


SCREENS = [(1920, 1080, 1.0), (1366, 768, 1.25), (1280, 800, 2.0), (1024, 768, 1.0), (390, 844, 3.0), (800, 400, 1.5)]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height", "density"), SCREENS)
def test_projected_code_has_whole_pixels_and_is_read(
    author: Author, open_browser: Callable[..., BrowserContext], width: int, height: int, density: float
) -> None:
    lesson = author.lesson("Projected")
    screen = {"viewport": {"width": width, "height": height}, "device_scale_factor": density}
    page = author.enter(open_browser(screen))
    page.goto(f"/lessons/{lesson}/present")
    page.wait_for_function("document.getElementById('qr').complete && innerWidth")
    box = page.locator("#qr").bounding_box()
    modules = int(page.locator("#qr").get_attribute("data-modules"))
    scale = box["width"] * density / modules
    for exact in (scale, box["x"] * density, box["y"] * density):
        assert abs(exact - round(exact)) < 0.02
    assert box["y"] >= -0.01
    assert box["y"] + box["height"] <= page.locator(".words").bounding_box()["y"] + 1
    # One pixel a module more would not fit.
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    picture = Image.open(io.BytesIO(page.screenshot()))
    (code,) = zxingcpp.read_barcodes(picture)
    page.goto(f"/lessons/{lesson}")
    assert code.text.lower() == page.locator("#share-url").input_value()


@pytest.mark.browser
def test_projector_counts_and_tells_the_truth_when_it_cannot(
    author: Author, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    lesson = author.lesson("Counted")
    context = open_browser({"viewport": {"width": 1920, "height": 1080}}, "zh-CN")
    page = author.enter(context)
    page.goto(f"/lessons/{lesson}/present")
    expect(page.locator("#count")).to_have_text("2 人中 0 人已扫码")
    answers = {"scanned": 1, "enrolled": 2, "unnamed": 3, "state": "expired", "code": ""}
    page.route("**/scans", lambda route: route.fulfill(json=answers))
    expect(page.locator("#count")).to_have_text("2 人中 1 人已扫码", timeout=10_000)
    expect(page.locator("#phones")).to_have_text("还有 3 部手机没说是谁的")
    expect(page.locator("#trouble")).to_contain_text("此链接已结束")
    page.unroute("**/scans")
    page.route("**/scans", lambda route: route.fulfill(status=200, body="no json"))
    expect(page.locator("#trouble")).to_contain_text("上次更新", timeout=10_000)
    expect(page.locator("#count")).to_have_text("2 人中 1 人已扫码")
    page.unroute("**/scans")
    expect(page.locator("#count")).to_have_text("2 人中 0 人已扫码", timeout=20_000)
    expect(page.locator("#trouble")).to_have_text("")
    shot(page, "present-zh")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(f"/lessons/{lesson}$"))
