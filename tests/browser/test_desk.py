"""The instructor's desk in a real Chromium: what is seen of it on the first screen, by numbers, and what keys do."""

import os
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
#: of projectors and laptops
SCREENS = ((1024, 768), (1280, 720), (1440, 900), (1920, 1080))
TITLES = (
    "三步拍出一杯好茶",
    "Street photos after rain",
    "第 9 课 用一张图讲清一个数据",
    "Captions people finish reading",
)
#: what is looked at of elements: where the first begins, how many are whole in sight, and how far down the last one ends
SEEN = """selector => {
  const all = [...document.querySelectorAll(selector)].map(each => each.getBoundingClientRect()).filter(box => box.height);
  const foot = document.querySelector("#matrix tfoot td")?.getBoundingClientRect();
  const bar = document.querySelector(".at-foot, .rail.at-foot")?.getBoundingClientRect();
  const end = Math.min(innerHeight, foot?.height ? foot.top : innerHeight, bar?.height && bar.top > 300 ? bar.top : innerHeight);
  const whole = all.filter(box => box.top >= 0 && box.bottom <= end + 1 && box.left >= 0 && box.right <= innerWidth + 1);
  return [all[0].top, whole.length, all.length, Math.max(...all.map(box => box.bottom)) / innerHeight];
}"""


class Desk(NamedTuple):
    """Courses of so many students, each with its lessons; whose session it is."""

    session: str
    courses: dict[int, tuple[str, list[str]]]


@pytest.fixture(scope="module")
def desk(portal: Any) -> Desk:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"desk-{os.getpid()}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Dora", "password": "violet tractor beneath morning"})
        courses = {students: course_of(http, students, lessons) for students, lessons in ((30, 1), (60, 12), (500, 1))}
        return Desk(http.cookies["session"], courses)


def course_of(http: httpx.Client, students: int, lessons: int) -> tuple[str, list[str]]:
    made = http.post("/courses", data={"title": f"内容创作实训 {students}"})
    course = re.match(r"/courses/[\w-]{36}", made.headers["location"]).group()
    names = ("林小满", "Alexandra Papadopoulou", "欧阳思远", "Noah Kim")
    roster = "学号,姓名,小组\n" + "\n".join(f"2026{n:03},{names[n % 4]} {n},{n % 9} 组" for n in range(students))
    listed = http.post(f"{course}/roster", files={"roster": (None, roster)})
    if listed.status_code == 200:  # it asks whether the list was read as it is meant
        seen = re.search(r'name="seen" value="([^"]+)"', listed.text)[1]
        listed = http.post(f"{course}/roster", files={"roster": (None, roster), "seen": (None, seen)})
    assert listed.status_code == 303
    ids = []
    for n in range(lessons):
        form = {"kind": "normal", "title": f"{TITLES[n % 4]} {n}", "body": "x", "platforms": "xiaohongshu"}
        made = http.post(f"{course}/lessons", data=form, files=[("x", (None, ""))])
        ids.append(made.headers["location"].split("/")[2].split("?")[0])
    return course, ids


@pytest.fixture
def at_desk(desk: Desk, portal: Any, open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A signed-in browser: at_desk(PHONE, "zh-CN")."""

    def at_desk(device: dict[str, object], locale: str = "en-GB") -> Page:
        context = open_browser(device, locale)
        context.add_cookies([{"name": "session", "value": desk.session, "url": portal.url}])
        return context.new_page()

    return at_desk


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_first_screen_of_completion_shows_rows(desk: Desk, at_desk: Callable[..., Page], locale: str) -> None:
    course, lessons = desk.courses[60]
    page = at_desk(DESKTOP, locale)
    page.goto(f"{course}/completion")
    top, rows, _, _ = page.evaluate(SEEN, "#matrix tbody tr > .sum")
    assert top <= 207 * 1.1
    assert rows >= 17 * 0.9
    _, columns, _, _ = page.evaluate(SEEN, "#matrix thead th:not(.who, .sum)")
    assert columns == len(lessons)
    assert page.evaluate("document.scrollingElement.scrollHeight") <= 900, "the matrix scrolls in its own box"

    phone = at_desk(PHONE, locale)
    phone.goto(f"{course}/completion")
    top, rows, _, _ = phone.evaluate(SEEN, "#matrix tbody tr")
    assert top <= 321 * 1.1
    assert rows >= 7 * 0.9
    expect(phone.locator("#matrix thead")).to_be_hidden()
    phone.locator(".by a").first.click()
    expect(phone.locator(".mlist")).to_be_visible()
    assert "by=lesson" in phone.url
    assert phone.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_cell_opens_beside_the_matrix_and_is_decided_by_keys(desk: Desk, at_desk: Callable[..., Page]) -> None:
    course, _ = desk.courses[60]
    page = at_desk(DESKTOP)
    page.goto(f"{course}/completion")
    first = page.locator("#matrix tbody tr").first.locator("td").first
    first.locator("a").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer).to_be_visible()
    expect(drawer.locator("#drawer-title")).to_have_text("林小满 0")
    expect(drawer).not_to_have_attribute("aria-busy", "true")
    assert "cell=" in page.url
    page.keyboard.press("c")
    expect(first).to_have_class(re.compile(r"\bconfirmed\b"))
    expect(page.locator("#matrix tfoot td").first).to_contain_text("1")
    page.keyboard.press("j")
    expect(drawer.locator("#drawer-title")).to_have_text("Alexandra Papadopoulou 1")
    expect(first).not_to_have_class(re.compile(r"\bnow\b"))
    page.keyboard.press("k")
    expect(drawer.locator("#drawer-title")).to_have_text("林小满 0")
    expect(drawer).not_to_have_attribute("aria-busy", "true")
    page.keyboard.press("z")
    expect(first).not_to_have_class(re.compile(r"\bconfirmed\b"))
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(first.locator("a")).to_be_focused()
    assert "cell=" not in page.url
    page.go_back()
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("td.chosen")).to_have_count(1)
    page.keyboard.press("Escape")
    box, end = (page.locator("#matrix tbody tr").nth(n).locator("td").nth(n).bounding_box() for n in (1, 2))
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(end["x"] + 9, end["y"] + 9)
    page.mouse.up()
    expect(page.locator("td.chosen")).to_have_count(4)
    expect(drawer).to_be_hidden()


def test_wall_is_whole_in_sight_on_every_screen(desk: Desk, at_desk: Callable[..., Page]) -> None:
    page = at_desk(DESKTOP, "zh-CN")
    for students in (30, 60, 500):
        course, lessons = desk.courses[students]
        page.goto(f"{course}/lessons/{lessons[0]}/wall")
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            _, seen, tiles, end = page.evaluate(SEEN, ".tile")
            assert seen == tiles, f"{students} at {width} × {height}"
            assert 0.9 < end <= 1, "no half-empty screen"
            assert page.evaluate("document.scrollingElement.scrollHeight") <= height
            small = page.evaluate("""() => [...document.querySelectorAll(".tile a")].filter(each =>
                each.scrollHeight > each.clientHeight + 1).map(each => each.textContent)""")
            assert small == [], f"{students} at {width} × {height}"
        assert tiles == (students if students <= 80 else 9), "of 500 the groups"


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_first_screen_of_lessons_shows_rows(desk: Desk, at_desk: Callable[..., Page], locale: str) -> None:
    course, _ = desk.courses[60]
    for device, top, rows in ((DESKTOP, 188, 12), (PHONE, 204, 6)):
        page = at_desk(device, locale)
        page.goto(course)
        first, seen, _, _ = page.evaluate(SEEN, ".lesson-row")
        assert first <= top * 1.1
        assert seen >= rows * 0.9


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize(("device", "top", "rows"), [(DESKTOP, 184, 14), (PHONE, 208, 10)], ids=["desktop", "phone"])
def test_first_screen_of_500_students_shows_rows(
    desk: Desk, at_desk: Callable[..., Page], device: dict[str, object], top: int, rows: int, locale: str
) -> None:
    course, _ = desk.courses[500]
    page = at_desk(device, locale)
    page.goto(f"{course}/roster")
    first, seen, _, _ = page.evaluate(SEEN, "#students tbody tr")
    assert first <= top * 1.1
    assert seen >= rows * 0.9
    assert page.evaluate("document.querySelectorAll('*').length") <= 3_000
    page.keyboard.press("/")
    page.keyboard.type("linxm 2026499")
    expect(page.locator("#students tbody tr")).to_have_count(0)
    page.locator("#filters [type=search]").fill("ouysy 2026498")
    expect(page.locator("#students tbody tr")).to_have_count(1)


def test_sheet_of_a_lesson_keeps_the_lesson_and_its_class(desk: Desk, at_desk: Callable[..., Page]) -> None:
    course, lessons = desk.courses[60]
    page = at_desk(DESKTOP)
    page.goto(f"{course}/sheet?lesson={lessons[3]}&anyway=1&reason=x")
    expect(page.locator(".suggestion h2")).to_contain_text(TITLES[3])
    page.locator(".suggestion button.primary", has_text="60").click()
    page.wait_for_url("**/prints/*")


def test_palette_finds_students_by_their_sounds(desk: Desk, at_desk: Callable[..., Page]) -> None:
    page = at_desk(DESKTOP, "zh-CN")
    page.goto("/courses")
    page.keyboard.press("Control+k")
    page.keyboard.type("ouysy")
    line = page.locator("#palette [role=option]").first
    expect(line).to_contain_text("欧阳思远")
    expect(line).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(line).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Enter")
    page.wait_for_url("**/students/*")
    expect(page.locator("h1")).to_contain_text("欧阳思远")
