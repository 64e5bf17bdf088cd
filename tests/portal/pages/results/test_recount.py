"""For random histories every page and every export says what a recount of the events says: two of them can never disagree."""

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from html import unescape
from typing import Any
from uuid import UUID

import msgspec
import openpyxl
import pytest
from litestar.testing import TestClient

from courses.clock import now
from courses.database import writing
from courses.events.causes import cause_of
from courses.events.ladder import RUNGS, Progress, Report, advance, rung
from courses.events.publications import apply, keep
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.people.api_keys import create_api_key
from courses.results.completion import completion
from courses.results.export_tables import COLUMNS
from courses.results.statistics import STEPS
from courses.signed_in import SignedIn
from courses.students.values import StudentInfo
from courses.tables.events import Event
from courses.tokens import share_token
from portal.settings import Settings
from portal.words.marks import mark_of
from portal.words.rungs import rung_name

Run = Callable[..., Any]
Pair = tuple[UUID, UUID]
DONE = ("claimed", "linked", "confirmed")
KINDS = ("scan", "scan", "preview", "launch", "fail", "claim", "link")
WORDS = ("签名校验失败", "network timeout", "?")


@dataclass
class Recount:
    """What the events alone say: by student and lesson, and of which of them each cause of a failure was heard."""

    students: list[StudentInfo]
    lessons: dict[UUID, str]
    events: list[dict[str, Any]]
    excused: set[Pair]

    def __post_init__(self) -> None:
        self.by_platform: dict[tuple[UUID, UUID, str], str] = {}
        told: dict[tuple[UUID, UUID, str], list[Report]] = {}
        for event in self.events:
            names = ("lesson", "kind", "platform", "at", "received_at", "student", "person")
            report = Report(**{name: event[name] for name in names}, detail=msgspec.json.decode(event["detail"]))
            told.setdefault((report.student, report.lesson, report.platform), []).append(report)
        self.best: dict[Pair, str] = {
            (student.id, lesson): RUNGS[0] for student in self.students for lesson in self.lessons
        }
        self.failures: dict[Pair, set[str]] = {pair: set() for pair in self.best}
        for (student, lesson, platform), reports in told.items():
            pair, found = (student, lesson), rung(reduce(advance, reports, Progress()))[0]
            self.by_platform[student, lesson, platform] = found
            self.best[pair] = max(self.best[pair], found, key=RUNGS.index)
            if failed := [report for report in reports if report.kind == "fail"]:
                last = max(failed, key=lambda report: (min(report.at, report.received_at), report.received_at))
                self.failures[pair].add(cause_of(last.detail))

    def reached(self, step: str, lesson: UUID | None = None) -> int:
        """How many cells are on a rung or a higher one."""
        return sum(
            RUNGS.index(found) >= RUNGS.index(step) for (_, of), found in self.best.items() if lesson in (None, of)
        )

    def state(self, pair: Pair) -> str:
        return "done" if self.best[pair] in DONE else "excused" if pair in self.excused else "other"


@pytest.fixture(params=range(3))
def recount(
    request: pytest.FixtureRequest, alice: TestClient, alice_person: SignedIn, course: UUID, enrol: Run, run: Run
) -> Recount:
    """A history on two platforms: phones report, an instructor confirms, refuses, excuses and undoes."""
    chance, students = random.Random(request.param), enrol("Ada Lin", "Bo Chen", "Cy Zhao")
    titles = {
        run(create_shared_lesson, alice_person, course, LessonDraft("normal", title, "")): title
        for title in ("One", "Two")
    }
    excused: set[Pair] = set()
    for step in range(45):
        pair = chance.choice(students).id, chance.choice([*titles])
        if chance.random() < 0.7:
            kind, at = chance.choice(KINDS), now() - timedelta(hours=2) + timedelta(minutes=step)
            detail = {
                "fail": {"message": chance.choice(WORDS)},
                "link": {"url": f"https://x.example/{step}", "note_id": str(step)},
            }
            told = Report(
                pair[1],
                kind,
                chance.choice(("xiaohongshu", "douyin")),
                at,
                at,
                student=pair[0],
                detail=detail.get(kind, {}),
            )
            run(tell, told)
        else:
            decided(
                alice, course, pair, chance.choice(["confirm", "refuse", "excuse", "unexcuse", "undo"]), excused, run
            )
    events = run(lambda: Event.select().where(Event.student.is_not_null()).order_by(Event.received_at).run())
    return Recount(students, titles, events, excused)


async def tell(report: Report) -> None:
    async with writing():
        await keep([report])
        await apply([report])


def decided(alice: TestClient, course: UUID, pair: Pair, action: str, excused: set[Pair], run: Run) -> None:
    """By the form of the list; what is excused then is kept in `excused`."""
    rows = {row.student.id: row.cells for row in run(completion, course).rows}
    was = rows[pair[0]][pair[1]]
    form = {"action": "confirm" if action == "undo" else action, "cells": f"{pair[0]}:{pair[1]}", "reason": "why"}
    answer = alice.post(f"/courses/{course}/completion/marks", data=form)
    assert answer.status_code == 303
    if action == "undo":
        page = alice.get(answer.headers["location"]).text
        if found := re.search(r'/undo"><input type="hidden" name="at" value="([^"]+)"', page):
            alice.post(f"/courses/{course}/completion/undo", data={"at": found[1]})
    elif action == "excuse" and was.state != "done":
        excused.add(pair)
    elif action == "unexcuse":
        excused.discard(pair)


def test_pages_agree_with_a_recount_of_the_events(alice: TestClient, course: UUID, recount: Recount) -> None:
    the_list_adds_up(alice, course, recount)
    for lesson in recount.lessons:
        the_wall_shows_it(alice, course, lesson, recount)
    the_statistics_count_it(alice, course, recount)
    the_closing_sheet_says_it(alice, course, recount)
    chips = re.findall(r'id="student-([0-9a-f-]{36})".*?</tr>', alice.get(f"/courses/{course}/roster").text, re.DOTALL)
    assert [*map(UUID, chips)] == [student.id for student in recount.students]


def the_list_adds_up(alice: TestClient, course: UUID, recount: Recount) -> None:
    page = alice.get(f"/courses/{course}/completion").text
    totals = Counter(recount.best.values()) + Counter(recount.state(pair) for pair in recount.best)
    for kind, names in (("rung", RUNGS), ("state", ("done", "excused"))):
        for name in names:
            grand = re.search(rf'href="\?{kind}={name}"[^>]*>[^<]+<b>(\d+)</b>', page)
            assert int(grand[1] if grand else 0) == totals[name], name
    for (student, lesson), name in recount.best.items():
        page = alice.get(f"/courses/{course}/completion/{lesson}/{student}").text
        shown = re.findall(r'<p><span class="state (\w+)">', page)
        assert mark_of(name) in shown
        own = [event for event in recount.events if (event["student"], event["lesson"]) == (student, lesson)]
        assert page.count('<p class="event-head">') == len(own)


def the_wall_shows_it(alice: TestClient, course: UUID, lesson: UUID, recount: Recount) -> None:
    page = alice.get(f"/courses/{course}/lessons/{lesson}/wall").text
    tiles = {UUID(student): state for state, student in re.findall(r'class="tile (\w+)" id="t([^"]+)"', page)}
    assert tiles.keys() == {student.id for student in recount.students}
    for student, state in tiles.items():
        wanted = recount.state((student, lesson))
        assert (state if state in ("done", "excused") else "other") == wanted
        assert (state == "waiting") <= (recount.best[student, lesson] == RUNGS[0])
    totals = dict(re.findall(r'completion\?rung=(\w+)&amp;lesson=[^"]+">[^<]+<b>(\d+)</b>', page))
    counted = Counter(name for (_, of), name in recount.best.items() if of == lesson)
    assert {name: int(number) for name, number in totals.items()} == counted


def the_statistics_count_it(alice: TestClient, course: UUID, recount: Recount) -> None:
    page = alice.get(f"/courses/{course}/statistics").text
    rows = page.partition("figures funnels")[2].partition("</table>")[0].split("<tr>")[2:]
    for lesson, row in zip(recount.lessons, rows, strict=True):
        numbers = [int(number) for number in re.findall(r'<td class="num">(?:<a [^>]*>)?(\d+)', row)]
        failed = sum(name == "failed" for (_, of), name in recount.best.items() if of == lesson)
        assert numbers == [*(recount.reached(step, lesson) for step in STEPS), failed]
    causes = dict(re.findall(r'completion\?cause=(\w+)">(\d+)</a>', page))
    heard = Counter(cause for found in recount.failures.values() for cause in found)
    assert {cause: int(number) for cause, number in causes.items()} == heard
    still = dict(re.findall(r'completion\?rung=failed&amp;cause=(\w+)">(\d+)</a>', page))
    stands = Counter(
        cause for pair, found in recount.failures.items() for cause in found if recount.best[pair] == "failed"
    )
    assert {cause: int(number) for cause, number in still.items()} == stands
    for cause, number in heard.items():
        assert f"{number} cells." in alice.get(f"/courses/{course}/completion?cause={cause}").text


def the_closing_sheet_says_it(alice: TestClient, course: UUID, recount: Recount) -> None:
    alice.post(f"/courses/{course}/closing", data={"x": "x"})
    code = re.search(r'href="/v/(\w+)"', alice.get(f"/courses/{course}/closing").text)[1]
    parts = alice.get(f"/v/{code}").text.split("<section")[1:]
    numbers = [[int(number) for number in re.findall(r"<b>(\d+)</b>", part)] for part in parts]
    for lesson, found in zip(recount.lessons, numbers, strict=False):
        failed = sum(name == "failed" for (_, of), name in recount.best.items() if of == lesson)
        assert found == [*(recount.reached(step, lesson) for step in STEPS), failed]
    assert numbers[len(recount.lessons)] == [recount.reached(step) for step in STEPS]
    assert sum(sum(found) for found in numbers[len(recount.lessons) + 1 :]) == sum(map(len, recount.failures.values()))


def test_a_students_page_agrees_with_a_recount(
    recount: Recount, phone: Callable[..., Any], settings: Settings, run: Run
) -> None:
    links = run(class_links, [*recount.lessons])
    for student in recount.students:
        own = phone()
        link = own.get(
            f"/s/{share_token(settings.keyring, links[next(iter(links))].code_bytes, student.seat)}"
        ).headers["location"]
        page = own.get(f"{link}/mine").text
        assert student.name in page
        assert not any(other.name in page for other in recount.students if other != student)
        cards = page.partition('<ul class="mine">')[2].split("<li ")[1:]
        for lesson, card in zip(recount.lessons, cards, strict=True):
            pair = student.id, lesson
            assert recount.lessons[lesson] in card
            assert re.findall(r'class="state (\w+)"', card) == [mark_of(recount.best[pair])]
            assert ("excused" in card) == (pair in recount.excused)


def test_exports_agree_with_a_recount_of_the_events(
    alice: TestClient, alice_person: SignedIn, course: UUID, recount: Recount, run: Run
) -> None:
    names = {name: rung_name(name) for name in RUNGS}
    key = {"authorization": f"Bearer {run(create_api_key, alice_person, 'recount')}"}
    told = alice.get(f"/api/v1/courses/{course}/completion", headers=key).json()
    assert {name: count for name, count in told["totals"].items() if count} == Counter(recount.best.values())
    plain = alice.get(f"/courses/{course}/completion.csv", headers={"accept-language": "en"}).content.decode(
        "utf-8-sig"
    )
    titles, *lines = csv.reader(io.StringIO(plain))

    def file(name: str, form: str) -> bytes:
        columns = "&".join(f"columns={column}" for column in COLUMNS[name])
        return alice.get(f"/courses/{course}/exports/{name}/file.{form}?{columns}").content

    whole = msgspec.json.decode(file("completion", "json"))
    sheet = openpyxl.load_workbook(io.BytesIO(file("completion", "xlsx"))).active
    heads, *rows = [[cell.value for cell in row] for row in sheet]
    for student, api, line, json, row in zip(recount.students, told["students"], lines, whole, rows, strict=True):
        assert json["number"] == row[0] == line[0] == api["number"] == student.number
        assert json["done"] == sum(recount.best[student.id, lesson] in DONE for lesson in recount.lessons)
        assert line[titles.index("Lessons done (any platform, saying so counts)")] == str(json["done"])
        assert json["done_rule"] == {"which": "any", "platforms": [], "rung": "claimed"}
        for (lesson, title), part in zip(recount.lessons.items(), json["lessons"], strict=True):
            pair, cell = (student.id, lesson), api["lessons"][str(lesson)]
            assert part["rung"] == cell["rung"] == recount.best[pair]
            assert part["done_rule"] == json["done_rule"]
            assert line[titles.index(title)] == names[recount.best[pair]]
            assert names[recount.best[pair]] in [value for head, value in zip(heads, row, strict=True) if title in head]
            assert cell["excused"] == (part["excuse"] is not None) == (pair in recount.excused)

    publications = msgspec.json.decode(file("publications", "json"))
    found = {(each["number"], each["lesson"], each["platform"]): each for each in publications}
    numbers = {student.id: student.number for student in recount.students}
    for (student, lesson, platform), name in recount.by_platform.items():
        each = found.pop((numbers[student], recount.lessons[lesson], platform))
        mine = Counter(event["kind"] for event in recount.events
                       if (event["student"], event["lesson"], event["platform"]) == (student, lesson, platform))  # fmt: skip
        assert each["rung"] == name
        assert (each["scans"], each["launches"], each["failures"]) == (mine["scan"], mine["launch"], mine["fail"])
    assert {(each["rung"], each["platform"]) for each in found.values()} <= {(RUNGS[0], None)}
    assert len(found) == len(recount.best) - len({(student, lesson) for student, lesson, _ in recount.by_platform})
    scans = [event for event in recount.events if event["kind"] == "scan"]
    log = msgspec.json.decode(file("scans", "json"))
    assert len(log) == len(scans)
    assert Counter(each["number"] for each in log) == Counter(numbers[event["student"]] for event in scans)
    assert all(datetime.fromisoformat(each["time"]).tzinfo for each in log)
    assert f"{len(scans)} scan" in unescape(alice.get(f"/courses/{course}/scans").text)
