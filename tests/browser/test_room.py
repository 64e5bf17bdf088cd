"""The projector's code in a real Chromium: scanned from the screen, replaced by itself; and a phone that comes too early."""

import io
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.waiting import eventually, until

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
BEAMER = {"viewport": {"width": 1280, "height": 720}}


@dataclass
class Class:
    """Wanda's course with two students, whose class link asks for the code of the room."""

    http: httpx.Client
    course: str
    lesson: str

    @property
    def page(self) -> str:
        return self.http.get(f"/lessons/{self.lesson}").text

    @property
    def token(self) -> str:
        return re.search(r"/s/([a-z2-7]{36})", self.page)[1].upper()

    @property
    def link(self) -> str:
        return re.search(r"/links/[\w-]{36}", self.page)[0]


@pytest.fixture(scope="module")
def room(portal: Any) -> Class:
    http = httpx.Client(base_url=portal.url, headers={"Accept-Language": "en"}, timeout=60)
    path = portal.command("invite", f"room-{os.getpid()}@example.org").removeprefix(portal.url)
    http.post(path, data={"name": "Wanda", "password": "violet tractor beneath morning"})
    course = re.split(r"[/?]", http.post("/courses", data={"title": "Room 教室"}).headers["location"])[2]
    http.post(f"/courses/{course}/roster", files={"roster": (None, "1,学生一\n2,学生二")})
    form = {"kind": "normal", "title": "茶", "body": "一", "platforms": "xiaohongshu"}
    made = http.post(f"/courses/{course}/lessons", data=form, files=[("x", (None, ""))])
    http.post(f"/courses/{course}/room-code", data={"ask": "1"})
    return Class(http, course, re.split(r"[/?]", made.headers["location"])[2])


@pytest.fixture
def opened(chromium: Browser, portal: Any) -> Iterator[Callable[..., Page]]:
    """opened(PHONE, "zh-CN") is a page of a browser of its own; pages that turn a phone away are no complaint here."""
    contexts = []

    def open_it(device: dict[str, Any], locale: str = "en-GB") -> Page:
        contexts.append(chromium.new_context(**device, locale=locale, base_url=portal.url))
        return contexts[-1].new_page()

    yield open_it
    for context in contexts:
        context.close()


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def on_screen(page: Page) -> str:
    """What a phone reads off the projector."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())), zxingcpp.BarcodeFormat.QRCode)
    return code.text


def test_code_is_scanned_off_the_screen_and_replaced_by_itself(
    opened: Callable[..., Page], room: Class, portal: Any
) -> None:
    wall = opened(BEAMER)
    wall.context.add_cookies([{"name": "session", "value": room.http.cookies["session"], "url": portal.url}])
    present = wall.context.new_page()
    wall.context.clock.install()
    for page, path in (
        (wall, f"/courses/{room.course}/lessons/{room.lesson}/wall"),
        (present, f"/lessons/{room.lesson}/present"),
    ):
        page.goto(path)
        expect(page.locator("#room-code")).to_have_text(re.compile(r"^\d{3} \d{3}$"))
        assert re.search(rf"/S/{room.token}/[A-Z2-7]{{8}}$", on_screen(page))
    look(wall, "wall")
    look(present, "present")
    phone = opened(PHONE)
    phone.goto(on_screen(wall))
    expect(phone.get_by_role("heading", name="Who are you?")).to_be_visible()
    # who was sent the plain link is told what to do, and gets in with the digits on the screen
    late = opened(PHONE, "zh-CN")
    late.goto(f"/s/{room.token.lower()}")
    expect(late.get_by_role("heading", name="你在教室里吗？")).to_be_visible()
    late.fill("#code", wall.locator("#room-code").inner_text())
    late.keyboard.press("Enter")
    expect(late.get_by_role("heading", name="你是哪位同学？")).to_be_visible()
    # as if they had stood there for long, and the link had been replaced meanwhile: the pages ask again by themselves
    old = room.token
    room.http.post(f"/lessons/{room.lesson}/links")
    assert room.token != old
    for page in (wall, present):
        page.evaluate("document.getElementById('room-code').textContent = '000 000'")
        page.clock.fast_forward(11_000)
        expect(page.locator("#room-code")).not_to_have_text("000 000")
        expect(page.locator("#spoken")).to_have_text(
            room.http.get(f"/lessons/{room.lesson}/projection").json()["spoken"]
        )
        until(page, "document.getElementById('qr').complete")
        assert room.token in on_screen(page)


def test_early_phone_waits_and_goes_on_by_itself(opened: Callable[..., Page], room: Class) -> None:
    opens = datetime.now(UTC) + timedelta(seconds=3)
    room.http.post(f"/courses/{room.course}/room-code", data={"ask": "0"})
    times = {"opens_at": opens.isoformat(), "expires_at": ""}
    assert room.http.post(room.link, data=times).status_code == 303
    phone = opened(PHONE, "zh-CN")
    answers: list[int] = []
    phone.on("response", lambda answer: answers.append(answer.status) if "/s/" in answer.url else None)
    phone.goto(f"/s/{room.token.lower()}")
    expect(phone.get_by_role("heading", name="还没有开放")).to_be_visible()
    look(phone, "early")
    # a second scan meanwhile spoils nothing
    phone.goto(f"/s/{room.token.lower()}")
    expect(phone.get_by_role("heading", name="你是哪位同学？")).to_be_visible(timeout=15_000)
    assert time.time() >= opens.timestamp()
    assert answers[0] == 403
    assert answers[-1] == 303


def test_report_of_a_phone_that_has_yet_to_give_the_digits_is_asked_for_them_and_arrives(
    opened: Callable[..., Page], room: Class
) -> None:
    """The course began to ask while the page was open."""
    note = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"

    def ask(whether: str) -> None:
        room.http.post(f"/courses/{room.course}/room-code", data={"ask": whether})

    def asks() -> bool:
        return httpx.get(f"{room.http.base_url}/s/{room.token.lower()}", follow_redirects=True).status_code == 403

    phone = opened(PHONE)
    ask("1")
    eventually(asks, 10)
    phone.goto(f"/s/{room.token.lower()}")
    expect(phone.locator("#code")).to_be_visible()
    ask("0")
    eventually(lambda: (phone.reload(), phone.locator("#student").count())[1] == 1, 10)
    phone.fill("#student", "2")
    phone.locator("form.who button").click()
    phone.fill("#note-text", f"看看 {note}")
    ask("1")
    eventually(asks, 10)
    phone.locator("#publication [value=link]").click()
    phone.fill("#code", room.http.get(f"/lessons/{room.lesson}/projection").json()["room"])
    phone.locator("button.primary").click()
    expect(phone.locator(f'.notice:has-text("{note}")')).to_be_visible()


@pytest.mark.parametrize(("device", "locks"), [(BEAMER, 1), (PHONE, 0)], ids=["projector", "phone"])
def test_screen_stays_on_where_the_wall_is_projected_and_nowhere_else(
    opened: Callable[..., Page], room: Class, portal: Any, device: dict[str, Any], locks: int
) -> None:
    page = opened(device)
    page.add_init_script(
        "window.locks = 0; navigator.wakeLock.request = async (kind) => { if (kind === 'screen') window.locks += 1; };"
    )
    page.context.add_cookies([{"name": "session", "value": room.http.cookies["session"], "url": portal.url}])
    page.goto(f"/courses/{room.course}/lessons/{room.lesson}/wall")
    expect(page.locator("#names")).to_be_visible()  # by the page's script, after it has asked
    assert page.evaluate("window.locks") == locks
