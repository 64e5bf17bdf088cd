"""A class of 24 at work: phones by class link and by slip, and the instructor at the wall, in the list and at the exports."""

import csv
import io
import os
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import openpyxl
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from portal.demo.content import STUDENTS
from portal.words.marks import mark_of

pytestmark = pytest.mark.browser
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
PHONE = {"user_agent": ANDROID, "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True,
         "has_touch": True}  # fmt: skip
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
NUMBERS = [f"2026{place:03}" for place in range(1, 25)]
NAMES = dict(zip(NUMBERS, STUDENTS, strict=True))
#: by their places: half have the class link, half a slip; who never begins, who gives a link, and the three who are stuck
LINK, SLIP = NUMBERS[:12], NUMBERS[12:]
ASLEEP = {NUMBERS[8], NUMBERS[21], NUMBERS[22]}
REFUSED, FAILED, INSIDE = NUMBERS[9], NUMBERS[10], NUMBERS[23]
#: who types the other's number at first
MISTAKEN, TAKEN = NUMBERS[11], NUMBERS[4]
IN_CHROMIUM = NUMBERS[12]
WORDS = {
    "zh": {"locale": "zh-CN", "inside": "微信", "excused": "免做", "confirmed": "已确认 3 格", "before": "1 格已恢复原状"},
    "en": {"locale": "en-GB", "inside": "WeChat", "excused": "Excused", "confirmed": "3 cells are confirmed",
           "before": "1 cell is as it was before"},
}  # fmt: skip


@dataclass
class Phones:
    """Phones that speak HTTP as real ones do; each keeps its cookies."""

    url: str
    kept: dict[str, httpx.Client] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)

    def scan(self, student: str, url: str) -> str:
        """The page that the code opens."""
        phone = self.kept.setdefault(
            student, httpx.Client(base_url=self.url, headers={"User-Agent": ANDROID}, timeout=30)
        )
        self.at[student] = phone.get(urlsplit(url).path).headers["location"].removeprefix("/l/")
        return phone.get(f"/l/{self.at[student]}").text

    def name(self, student: str, number: str) -> None:
        answer = self.kept[student].post(f"/l/{self.at[student]}/student", data={"student": number})
        assert answer.status_code == 303, answer.text

    def report(self, student: str, *kinds: str) -> None:
        start = datetime.now(UTC)
        note = f"https://www.xiaohongshu.com/explore/{uuid.uuid4().hex[:24]}"
        details = {"fail": {"message": "签名校验失败"}, "link": {"text": note}}
        where = {"platform": "xiaohongshu", "link": self.at[student]}
        events = [
            where | {"id": str(uuid.uuid4()), "kind": kind, "at": (start + timedelta(milliseconds=place)).isoformat(),
                     "detail": details.get(kind, {})}
            for place, kind in enumerate(kinds)
        ]  # fmt: skip
        assert self.kept[student].post("/api/events", json={"events": events}).json()["recorded"] == len(kinds)


@pytest.fixture
def phones(portal: Any) -> Iterator[Phones]:
    found = Phones(portal.url)
    yield found
    for phone in found.kept.values():
        phone.close()


@dataclass
class Room:
    """The instructor's browser, and the addresses of a course of 24 students and two lessons, with the id of the first."""

    desk: Page
    course: str
    lesson: str


@pytest.fixture
def room(portal: Any, open_browser: Callable[..., BrowserContext], language: str) -> Room:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"class-{uuid.uuid4().hex[:8]}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "陈老师", "password": "violet tractor beneath morning"})
        course = http.post("/courses", data={"title": "Class 实训"}).headers["location"].split("?")[0]
        lines = [f"{number},{name},{place % 2 + 1} 组" for place, (number, name) in enumerate(NAMES.items())]
        roster = "\n".join(["学号,姓名,小组", *lines])
        added = http.post(f"{course}/roster", files={"file": ("class.csv", roster.encode(), "text/csv")})
        assert added.status_code == 303, added.text
        made = []
        for title in ("茶 Tea", "湖 Lake"):
            form = {"kind": "normal", "title": title, "body": "一", "platforms": "xiaohongshu"}
            answer = http.post(f"{course}/lessons", data=form, files={"pictures": ("a.jpg", photo(), "image/jpeg")})
            made.append(answer.headers["location"].split("?")[0])
        session = http.cookies["session"]
    context = open_browser(DESKTOP, WORDS[language]["locale"])
    context.add_cookies([{"name": "session", "value": session, "url": portal.url}])
    page = context.new_page()
    page.goto(made[0])
    return Room(page, course, made[0].rpartition("/")[2])


def photo() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((600, 800), 60).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def look(page: Page, name: str) -> None:
    """For a person to see, where LOOK names a folder."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder) / f"class-{name}.png")


def codes(pdf: bytes) -> list[str]:
    pages = [page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page, zxingcpp.BarcodeFormat.QRCode)]


def printed(desk: Page) -> list[str]:
    """Print what the page of options says; the codes on the paper."""
    desk.locator(".suggestion button.primary").click()
    button = desk.locator("section.ready a.primary")
    expect(button).to_be_visible(timeout=30_000)
    return codes(desk.request.get(button.get_attribute("href")).body())


def saved(desk: Page, button: str) -> bytes:
    """The file that a button gives."""
    with desk.expect_download() as download:
        desk.locator(button).click()
    return Path(download.value.path()).read_bytes()


def number_of(desk: Page, state: str) -> int:
    """What the filter of a state counts on the completion list."""
    text = desk.locator(f".matrix-tools a[href*='state={state}&'] b, .matrix-tools a[href$='state={state}'] b").first
    return int(text.text_content()) if text.count() else 0


@pytest.mark.parametrize("language", WORDS)
def test_class_of_24_is_followed_corrected_caught_up_and_exported(
    language: str, room: Room, phones: Phones, open_browser: Callable[..., BrowserContext]
) -> None:
    words, desk = WORDS[language], room.desk
    token = re.search(r"/s/[a-z2-7]{36}", desk.content()).group()
    desk.goto(f"{room.course}/sheet?kind=personal&lesson={room.lesson}")
    slips = printed(desk)
    assert len(set(slips)) == 24
    desk.goto(f"{room.course}/lessons/{room.lesson}/wall")
    expect(desk.locator(".tile.waiting")).to_have_count(24)

    at_work(phones, token, dict(zip(NUMBERS, slips, strict=True)))
    chinese = open_browser(PHONE, words["locale"]).new_page()
    publishes(chinese, slips[NUMBERS.index(IN_CHROMIUM)])
    inside = open_browser(PHONE | {"user_agent": f"{ANDROID} MicroMessenger/8.0.50"}, words["locale"]).new_page()
    inside.goto(urlsplit(slips[NUMBERS.index(INSIDE)]).path)
    expect(inside.locator("body")).to_contain_text(words["inside"])

    wall_shows(desk, words)
    someone_elses_name(room, phones)
    three_are_confirmed_one_refused_and_one_excused(room, words)
    missing = {REFUSED, FAILED, INSIDE, NUMBERS[21], NUMBERS[22]}
    the_missing_are_reminded_and_caught_up(room, phones, missing)
    everyone_is_in_the_exports(room, missing, words)
    the_sheet_at_the_end_can_be_checked(room, open_browser(PHONE, words["locale"]).new_page())


def at_work(phones: Phones, token: str, slips: dict[str, str]) -> None:
    """All but those in Chromium and those who are asleep; one by one they publish, and give a link or only say so."""
    for place, student in enumerate(NUMBERS):
        if student in ASLEEP or student in (IN_CHROMIUM, INSIDE):
            continue
        page = phones.scan(student, token if student in LINK else slips[student])
        if student in LINK:
            assert not any(name in page for name in STUDENTS), "nobody's name is on a class link"
            phones.name(student, TAKEN if student == MISTAKEN else student)
        else:
            assert NAMES[student] in page
            assert not any(name in page for number, name in NAMES.items() if number != student)
        if student == TAKEN:
            phones.report(student, "scan")  # is slow, and the other one was quicker
            continue
        ends = ["fail"] if student == FAILED else ["claim"] if place % 2 else ["claim", "link"]
        phones.report(student, "scan", "preview", "launch", *ends)


def publishes(phone: Page, slip: str) -> None:
    """In a real browser: the code, the page, the platform's app in rehearsal, and back with the note's link."""
    phone.goto(urlsplit(slip).path)
    phone.locator("#publish").click()
    phone.wait_for_url("**/rehearsal/xiaohongshu/composer*", timeout=30_000)
    phone.locator("button.publish").click()
    phone.wait_for_url("**/rehearsal/published*")
    note = re.search(r"https://www\.xiaohongshu\.com/explore/[0-9a-f]{24}", phone.locator("main").inner_text()).group()
    phone.locator("[data-back]").last.click()
    phone.locator("dialog[open] textarea[name=text]").fill(note)
    phone.locator("dialog[open] button[value=link]").click()
    expect(phone.locator("main")).to_have_attribute("data-rung", "linked")


def wall_shows(desk: Page, words: dict[str, str]) -> None:
    """Without a reload: 18 are done, one of them by another's phone; two are stuck, each with its reason."""
    expect(desk.locator(".tile.done")).to_have_count(18)
    expect(desk.locator(".tile.stuck")).to_have_count(2)
    assert Counter(tile.get_attribute("class") for tile in desk.locator(".tile").all()) == {
        "tile done": 18, "tile stuck": 2, "tile waiting": 4,
    }  # fmt: skip
    expect(desk.locator(".tile.stuck", has_text=NAMES[INSIDE])).to_contain_text(words["inside"])
    expect(desk.locator(".tile.waiting", has_text=NAMES[MISTAKEN])).to_have_count(1)
    expect(desk.locator(".totals .shared")).to_have_attribute("href", re.compile("/phones$"))
    look(desk, f"wall-{words['locale']}")


def someone_elses_name(room: Room, phones: Phones) -> None:
    """A name on two phones is taken off the wrong one; that one is asked again, and what it reported is its own student's."""
    desk = room.desk
    desk.goto(f"{room.course}/phones")
    shared = desk.locator(".shared-name")
    expect(shared).to_have_count(1)
    expect(shared).to_contain_text(NAMES[TAKEN])
    expect(shared.locator("li")).to_have_count(2)
    shared.locator("li", has_text=re.compile(r"\b4 ")).locator("form[action$=removal] button").click()
    expect(desk.locator(".notice.good")).to_be_visible()
    expect(shared).to_have_count(0)
    phones.name(MISTAKEN, MISTAKEN)
    phones.report(TAKEN, "launch", "claim", "link")
    for student, rung in ((MISTAKEN, "claimed"), (TAKEN, "linked")):
        desk.goto(f"{room.course}/completion?lesson={room.lesson}")
        desk.locator("#matrix tbody tr", has_text=NAMES[student]).locator("td a").first.click()
        expect(desk.locator(".reached .state")).to_have_class(f"state {mark_of(rung)}")


def three_are_confirmed_one_refused_and_one_excused(room: Room, words: dict[str, str]) -> None:
    """In the list itself: by mouse over three cells, and by a row; what was undone is as it was before."""
    desk = room.desk
    desk.goto(f"{room.course}/completion?lesson={room.lesson}")
    assert [number_of(desk, state) for state in ("done", "begun", "stuck", "not_begun")] == [19, 1, 1, 3]

    def cell(number: str) -> Any:
        return desk.locator("#matrix tbody tr", has_text=number).locator("td").first

    cell(NUMBERS[0]).click(modifiers=["Shift"])
    cell(NUMBERS[2]).click(modifiers=["Shift"])
    expect(desk.locator("td.chosen")).to_have_count(3)
    look(desk, f"chosen-{words['locale']}")
    desk.locator("#marks button[value=confirm]").click()
    expect(desk.locator(".toast").first).to_contain_text(words["confirmed"])
    desk.locator("#matrix tbody tr", has_text=REFUSED).locator("th").hover()
    desk.locator("#matrix tbody tr", has_text=REFUSED).locator("input[name=row]").check()
    desk.locator("#marks [name=reason]").fill("不是这一课 not this lesson")
    desk.locator("#marks button[value=refuse]").click()
    expect(cell(REFUSED)).to_have_class(re.compile(r"\breturned\b"))
    for undone in (True, False):
        cell(NUMBERS[8]).click(modifiers=["Control"])
        desk.locator("#marks [name=reason]").fill("病假 ill")
        desk.locator("#marks button[value=excuse]").click()
        expect(cell(NUMBERS[8])).to_have_text(words["excused"])
        if undone:
            desk.locator(".toast form button").click()
            expect(desk.locator(".toast").first).to_contain_text(words["before"])
            expect(cell(NUMBERS[8])).to_have_class("none")
    states = ("done", "begun", "stuck", "not_begun", "excused")
    assert [number_of(desk, state) for state in states] == [18, 1, 2, 2, 1]
    desk.locator(".picks .state.failed").click()
    assert [row.locator(".mono").inner_text() for row in desk.locator("#matrix tbody tr").all()] == [REFUSED, FAILED]
    look(desk, f"stuck-{words['locale']}")


def the_missing_are_reminded_and_caught_up(room: Room, phones: Phones, missing: set[str]) -> None:
    """Both are of exactly those who are not done: the names in the message, and the codes on the sheet."""
    desk = room.desk
    desk.goto(f"{room.course}/completion?lesson={room.lesson}&state=open")
    shown = {row.locator(".mono").inner_text() for row in desk.locator("#matrix tbody tr").all()}
    assert shown == missing
    desk.locator(".follow-up summary").first.click()
    desk.locator("a[href*='/completion/reminder']").click()
    for text in [desk.locator(f"#text-{name}").input_value() for name in ("zh", "en")]:
        assert {number for number, name in NAMES.items() if name in text} == missing
        assert f"{phones.url}/s/" in text
    desk.go_back()
    desk.locator(".follow-up summary").first.click()
    desk.locator("a[href*='kind=catchup']").click()
    found = printed(desk)
    assert len(found) == len(missing)
    for number, url in zip(sorted(missing), found, strict=True):
        assert NAMES[number] in phones.scan(f"{number} again", url)


def everyone_is_in_the_exports(room: Room, missing: set[str], words: dict[str, str]) -> None:
    """XLSX read by another library, CSV and JSON: 24 rows in each, and the same of each student."""
    desk = room.desk
    desk.goto(f"{room.course}/exports?export=publications")
    desk.locator("input[name=columns][value=refusal]").check()
    look(desk, f"exports-{words['locale']}")
    sheet = openpyxl.load_workbook(io.BytesIO(saved(desk, "button[formaction$='file.xlsx']"))).active
    assert [cell for row in sheet for cell in row if cell.data_type == "f"] == []
    rows = [[cell.value or "" for cell in row] for row in sheet]
    lines = list(
        csv.reader(io.StringIO(saved(desk, ".actions button:not([formaction])").decode("utf-8-sig"), newline=""))
    )
    objects = httpx.Response(200, content=saved(desk, "button[formaction$='file.json']")).json()
    assert len(rows) == len(lines) == len(objects) + 1 == 49
    assert [row[:4] for row in rows[1:]] == [line[:4] for line in lines[1:]]
    assert [row[0] for row in rows[1::2]] == NUMBERS
    tea = [each for each in objects if each["lesson"].startswith("茶")]
    rungs = {each["number"]: each["rung"] for each in tea}
    assert {number for number in NUMBERS if rungs[number] not in ("claimed", "linked", "confirmed")} == missing | {
        NUMBERS[8]
    }
    assert [rungs[number] for number in (*NUMBERS[:3], FAILED, INSIDE)] == [*["confirmed"] * 3, "failed", "scanned"]
    assert {each["number"]: each["refusal"] for each in tea if each["refusal"]} == {
        REFUSED: "不是这一课 not this lesson"
    }


def the_sheet_at_the_end_can_be_checked(room: Room, stranger: Page) -> None:
    """Whoever holds the paper opens its figures with the code on it, signed in or not."""
    desk = room.desk
    desk.goto(f"{room.course}/closing")
    desk.locator("main form button.primary").click()
    (code,) = codes(desk.request.get(desk.locator("a[href$='sheet.pdf']").get_attribute("href")).body())
    stranger.goto(urlsplit(code).path)
    figures = stranger.locator("section", has_text="茶 Tea").locator("li b").all_inner_texts()
    assert figures[0] == "21", "scanned"
    assert "18" in figures, "says published"
    other = urlsplit(code).path[:-1] + ("0" if code[-1] != "0" else "1")
    assert stranger.request.get(other).status == 404
