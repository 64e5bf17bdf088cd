"""Pictures and video of the lesson form in a real Chromium: sent in pieces, ordered, edited, described."""

import io
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.courses.media.phone_films import iphone
from tests.courses.media.test_videos import film as draw_film

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
HANDHELD = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
pytestmark = pytest.mark.browser


def photo(number: int, size: tuple[int, int] = (600, 400), noise: bool = False) -> dict[str, Any]:
    """A file as the browser's chooser takes it."""
    file = io.BytesIO()
    picture = Image.effect_noise(size, 90).convert("RGB") if noise else Image.new("RGB", size, (40 * number, 90, 160))
    picture.save(file, "PNG" if noise else "JPEG")
    return {"name": f"{number}.{'png' if noise else 'jpg'}", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@dataclass
class Author:
    """Alice's session and her course."""

    portal: Any
    session: str
    course: str

    def form(self, context: BrowserContext) -> Page:
        """A new lesson's form."""
        context.add_cookies([{"name": "session", "value": self.session, "url": self.portal.url}])
        page = context.new_page()
        page.goto(f"/courses/{self.course}/lessons/new")
        expect(page.locator("#lesson-form[data-scripts]")).to_be_attached()
        return page


@pytest.fixture(scope="module")
def author(portal: Any) -> Author:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        course = http.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2]
        return Author(portal, http.cookies["session"], course)


def add(page: Page, *photos: dict[str, Any]) -> None:
    """Choose files and wait until the portal has them."""
    before = stored(page)
    page.locator("#pictures-file").set_input_files(list(photos))
    page.wait_for_function(
        "count => document.querySelectorAll('#pictures img[src^=\"/media/\"]').length === count",
        arg=before + len(photos),
    )


def stored(page: Page) -> int:
    return page.locator("#pictures img[src^='/media/']").count()


def names(page: Page) -> list[str]:
    return page.locator("#pictures > li img").evaluate_all("images => images.map(image => image.alt)")


def act(page: Page, number: int, what: str) -> None:
    """Something out of a picture's menu."""
    item = page.locator("#pictures > li").nth(number)
    item.locator("summary").click()
    item.get_by_role("button", name=what, exact=True).click()


def save(page: Page, title: str) -> None:
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_role("button", name=re.compile("^(Save|Save and get the link)$")).first.click()
    page.wait_for_url(re.compile(r"/lessons/[0-9a-f-]{36}(?!/edit)"))  # what was saved while typing has /edit already


def test_pictures_are_ordered_by_mouse_buttons_and_keys(author: Author, open_browser: Callable[..., Any]) -> None:
    page = author.form(open_browser(DESKTOP))
    add(page, *[photo(n) for n in (1, 2, 3, 4)])
    page.locator("#pictures").evaluate("list => [...list.children].sort((a, b) => a.querySelector('img').alt.localeCompare("
                                       "b.querySelector('img').alt)).forEach(item => list.append(item))")  # fmt: skip
    handles = page.locator("#pictures [data-handle]")
    handles.nth(0).scroll_into_view_if_needed()
    start, end = handles.nth(0).bounding_box(), handles.nth(2).bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(start["x"] + 70, start["y"] + 50, steps=4)
    page.mouse.move(end["x"] + 100, end["y"] + 60, steps=12)
    page.mouse.up()
    assert names(page) == ["2.jpg", "3.jpg", "1.jpg", "4.jpg"]
    page.locator("#pictures > li").first.get_by_label("Move to the right").click()
    assert names(page) == ["3.jpg", "2.jpg", "1.jpg", "4.jpg"]
    handles.nth(3).focus()
    page.keyboard.press("Alt+ArrowLeft")
    assert names(page) == ["3.jpg", "2.jpg", "4.jpg", "1.jpg"]
    expect(page.locator("#media-said")).to_have_text("Now picture 3 of 4.")
    page.keyboard.press("Alt+Home")
    assert names(page)[0] == "4.jpg"
    expect(handles.first).to_be_focused()
    act(page, 0, "Move to the end")
    assert names(page) == ["3.jpg", "2.jpg", "1.jpg", "4.jpg"]
    assert page.locator("#pictures [name=order]").evaluate_all("all => all.map(each => each.value)") == list("1234")


def test_pictures_are_ordered_by_touch(author: Author, open_browser: Callable[..., Any]) -> None:
    context = open_browser(HANDHELD)
    page = author.form(context)
    add(page, photo(1))
    add(page, photo(2))
    handles = page.locator("#pictures [data-handle]")
    handles.nth(0).scroll_into_view_if_needed()
    start, end = handles.nth(0).bounding_box(), handles.nth(1).bounding_box()
    finger = context.new_cdp_session(page)

    def touch(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", start["x"] + 60, start["y"] + 60)
    expect(page.locator("#pictures > .sortable-chosen")).to_be_visible()  # held long enough
    for step in range(1, 11):
        touch("touchMove", start["x"] + 60 + (end["x"] - start["x"] + 40) * step / 10, start["y"] + 60 + step)
    touch("touchEnd")
    page.wait_for_function("() => document.querySelector('#pictures > li img').alt === '2.jpg'")
    expect(page.get_by_text("Take a picture")).to_be_visible()


def test_picture_is_cropped_replaced_removed_and_described(author: Author, open_browser: Callable[..., Any]) -> None:
    page = author.form(open_browser(DESKTOP))
    add(page, photo(1))
    add(page, photo(2))
    page.locator("#pictures > li").first.get_by_label("Cover").check()
    page.locator("#pictures > li").first.get_by_label("Description of the picture").fill("Leaves on a tray")
    act(page, 0, "Crop and turn")
    expect(page.locator(".cropper-crop-box")).to_be_visible()
    page.get_by_role("button", name="Turn right").click()
    expect(page.locator("[data-measure]")).to_have_text("400 × 600")
    page.get_by_role("button", name="1:1").click()
    expect(page.locator("[data-measure]")).to_have_text("400 × 400")
    page.locator(".crop-stage").focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("[data-measure]")).not_to_have_text("400 × 400")
    page.get_by_role("button", name="Apply").click()
    first = page.locator("#pictures > li").first
    expect(first.locator("img")).not_to_have_attribute("height", "400")
    assert names(page) == ["1.jpg", "2.jpg"]
    with page.expect_file_chooser() as chooser:
        act(page, 0, "Replace")
    chooser.value.set_files([photo(3)])
    expect(first.locator("img")).to_have_attribute("alt", "3.jpg")
    expect(first.get_by_label("Cover")).to_be_checked()
    act(page, 1, "Remove")
    page.get_by_role("button", name="Undo").click()
    act(page, 1, "Remove")
    save(page, "Described")
    lesson = re.search(r"/lessons/([0-9a-f-]{36})", page.url)[1]
    page.goto(f"/lessons/{lesson}/preview")
    expect(page.get_by_alt_text("Leaves on a tray")).to_have_count(1)
    expect(page.locator(".swiper-slide")).to_have_count(1)
    expect(page.locator(".swiper-slide .blur")).to_have_count(1)


def test_upload_goes_on_after_the_connection_was_cut(author: Author, open_browser: Callable[..., Any]) -> None:
    context = open_browser(DESKTOP)
    page = author.form(context)
    large = photo(7, (2300, 2300), noise=True)
    assert len(large["buffer"]) > 8 << 20
    sent: list[int] = []

    def cut(route: Any) -> None:
        """The first piece goes through, the second is cut once."""
        sent.append(int(route.request.headers["upload-offset"]))
        if len(sent) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*", lambda route: cut(route) if route.request.method == "PATCH" else route.continue_())
    add(page, large)
    assert sent == [0, 8 << 20, 8 << 20]


def test_upload_goes_on_after_a_reload(author: Author, open_browser: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "8.png"  # with the same time at each choice, as of a person's file
    path.write_bytes(photo(8, (2300, 2300), noise=True)["buffer"])
    page = author.form(open_browser(DESKTOP))
    held: list[Any] = []
    sent: list[int] = []

    def hold(route: Any) -> None:
        sent.append(int(route.request.headers["upload-offset"]))
        held.append(route) if sent[-1] and not held else route.continue_()

    page.route("**/uploads/*", lambda route: hold(route) if route.request.method == "PATCH" else route.continue_())
    page.locator("#pictures-file").set_input_files(path)

    while not held:
        page.wait_for_timeout(20)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.goto(f"/courses/{author.course}/lessons/new")
    expect(page.locator("[data-interrupted-list]")).to_contain_text("8.png")
    page.locator("#pictures-file").set_input_files(path)
    page.wait_for_function("() => document.querySelector('#pictures img[src^=\"/media/\"]')")
    assert sent == [0, 8 << 20, 8 << 20]


def test_pasted_and_dropped_pictures_are_taken(author: Author, open_browser: Callable[..., Any]) -> None:
    page = author.form(open_browser(DESKTOP))
    make = """async kind => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
        const blob = await new Promise((done) => canvas.toBlob(done));
        const data = new DataTransfer();
        data.items.add(new File([blob], `${kind}.png`, { type: "image/png" }));
        const target = document.querySelector("#title");
        const event = kind === "paste"
            ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
        target.dispatchEvent(event);
    }"""
    for number, kind in enumerate(("paste", "drop"), 1):
        page.evaluate(make, kind)
        page.wait_for_function(
            "count => document.querySelectorAll('#pictures img[src^=\"/media/\"]').length === count", arg=number
        )
    assert names(page) == ["paste.png", "drop.png"]


def test_frame_of_a_video_becomes_its_cover(author: Author, open_browser: Callable[..., Any], film: Path) -> None:
    page = author.form(open_browser(HANDHELD))
    page.get_by_label("Video", exact=True).check()
    page.locator("#video-file").set_input_files(film)
    expect(page.locator("[data-facts]")).to_contain_text(" MB")
    first = page.locator("#poster [name=poster]").input_value()
    page.get_by_role("button", name="Choose a frame").click()
    page.get_by_role("button", name="Frame 6").click()
    expect(page.get_by_role("button", name="Frame 6")).to_have_attribute("aria-pressed", "true")
    assert page.locator("#poster [name=poster]").input_value() != first


def test_long_picture_is_read_by_scrolling_in_it(author: Author, open_browser: Callable[..., Any]) -> None:
    page = author.form(open_browser(HANDHELD))
    add(page, photo(1, (1080, 9_000)), photo(2))
    save(page, "A long screenshot")
    code = re.search(r"/S/([0-9A-Z]+)", page.content(), re.I)
    assert code
    phone = open_browser(HANDHELD).new_page()
    phone.goto(f"/S/{code[1]}")
    long = phone.locator(".gallery .swiper-slide.long")
    expect(long).to_have_count(1)
    image = long.locator("img:not(.blur)")
    phone.wait_for_function("() => document.querySelector('.gallery .long > img:not(.blur)').complete")
    assert image.evaluate("image => image.naturalWidth") == 1080
    box, shown = long.bounding_box(), image.bounding_box()
    assert shown["width"] > 330
    assert shown["y"] == pytest.approx(box["y"], abs=2)
    assert shown["height"] > 2_000 > 600 > box["height"]
    long.evaluate("slide => slide.scrollTo(0, 99999)")
    assert image.bounding_box()["y"] < box["y"] - 1_000


@pytest.mark.parametrize("size", [DESKTOP, HANDHELD])
def test_long_picture_is_split_and_joined(author: Author, open_browser: Callable[..., Any], size: Any) -> None:
    page = author.form(open_browser(size))
    add(page, photo(1))
    add(page, photo(2, (1080, 4_000)))
    add(page, photo(3))
    item = page.locator("#pictures > li").nth(1)
    item.get_by_label("Description of the picture").fill("The rules")
    button = item.get_by_role("button", name="Split into about 3 pictures")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Split into 3 pictures.")
    assert names(page) == ["1.jpg", "2-1.jpg", "2-2.jpg", "2-3.jpg", "3.jpg"]
    expect(page.locator("#pictures > li").nth(1).locator("[data-handle]")).to_be_focused()
    assert page.locator("#pictures [name=alt]").evaluate_all("all => all.map(each => each.value)") == [
        "", "The rules (1/3)", "The rules (2/3)", "The rules (3/3)", "",
    ]  # fmt: skip
    page.locator(".toast").get_by_role("button", name="Undo").click()
    assert names(page) == ["1.jpg", "2.jpg", "3.jpg"]
    button.click()
    expect(page.locator("#pictures > li")).to_have_count(5)
    save(page, "Split")
    page.goto(f"{page.url.partition('?')[0]}/preview")
    expect(page.locator(".swiper-slide")).to_have_count(5)


def test_long_picture_that_is_too_many_says_so(author: Author, open_browser: Callable[..., Any]) -> None:
    page = author.form(open_browser(HANDHELD))
    add(page, *[photo(n % 6) for n in range(1, 17)])
    add(page, photo(2, (1080, 4_000)))
    page.get_by_role("button", name="Split into about 3 pictures").click()
    expect(page.locator("#pictures > li").last.locator("[data-problem]")).to_contain_text("there is room for 2")
    expect(page.locator("#pictures > li")).to_have_count(17)


def test_video_of_an_iphone_is_converted_into_the_form(
    author: Author, open_browser: Callable[..., Any], tmp_path: Path
) -> None:
    page = author.form(open_browser(HANDHELD))
    page.get_by_label("Video", exact=True).check()
    page.locator("#video-file").set_input_files(iphone(tmp_path / "IMG_0001.MOV"))
    expect(page.locator("#conversions .conversion")).to_contain_text("IMG_0001.MOV")
    expect(page.locator("#video [data-facts]")).to_contain_text("180 × 320", timeout=60_000)
    expect(page.locator("#conversions .conversion")).to_have_count(0)
    assert page.locator("#poster [name=poster]").input_value()
    save(page, "Filmed")


def test_conversion_is_there_after_a_reload_and_can_be_cancelled(
    author: Author, open_browser: Callable[..., Any], tmp_path: Path
) -> None:
    page = author.form(open_browser(DESKTOP))
    page.get_by_label("Video", exact=True).check()
    long = draw_film(tmp_path / "long.mov", 40, codec="libx265", form="mov", size=(640, 360), sound=None)
    page.locator("#video-file").set_input_files(long)
    expect(page.locator("#conversions .conversion")).to_contain_text("Being converted", timeout=60_000)
    page.reload()
    page.get_by_label("Video", exact=True).check()
    row = page.locator("#conversions .conversion")
    expect(row).to_contain_text("long.mov")
    expect(row.locator("progress")).not_to_have_attribute("value", "0", timeout=60_000)
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_count(0)
    expect(page.locator("#video-file")).to_be_focused()
    page.reload()
    expect(page.locator("#conversions .conversion")).to_have_count(0)
