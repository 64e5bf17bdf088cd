"""From the list to the class: a message, slips for exactly those not done, and a list on paper."""

import re
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.media.library import media_of
from courses.printing.runs import slips_of_run
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.lessons import LessonPicture
from courses.tables.roster import Student

Run = Callable[..., Any]


@pytest.fixture
def second(classroom: Any, alice_person: SignedIn) -> UUID:
    pictures = classroom.run(lambda: LessonPicture.select(LessonPicture.media).run())
    ids = list({row["media"] for row in pictures})
    assert classroom.run(media_of, classroom.course, ids)
    draft = LessonDraft("normal", "Second 第二课", "Text", pictures=ids)
    return classroom.run(create_shared_lesson, alice_person, classroom.course, draft)


@pytest.fixture
def room(classroom: Any, second: UUID, alice: TestClient) -> Any:
    """Four students in two groups: 1 excused from the first lesson, 2 confirmed in it, 3 and 4 open."""
    run = classroom.run
    run(add_students, None, classroom.course, [Entry("2026003", "Cy"), Entry("2026004", "Dee")])
    classroom.students = run(students_of, classroom.course)
    one, two, three, four = (student.id for student in classroom.students)
    run(lambda: Student.update({Student.group: "A"}).where(Student.id.is_in([one, three])).run())
    for student, action in ((one, "excuse"), (two, "confirm")):
        form = {"action": action, "cells": f"{student}:{classroom.lesson}"}
        assert alice.post(f"/courses/{classroom.course}/completion/marks", data=form).status_code == 303
    classroom.second, classroom.four = second, four
    return classroom


def message(page: str, language: str) -> str:
    return unescape(re.search(rf'id="text-{language}"[^>]*>\n(.*?)</textarea>', page, re.S)[1])


def test_message_names_who_is_in_the_list_with_the_link(alice: TestClient, room: Any) -> None:
    address = f"/courses/{room.course}/completion"
    assert "/completion/reminder?state=stuck" in alice.get(f"{address}?state=stuck").text
    alice.post(f"/lessons/{room.lesson}/schedule", data={"opens_at": "", "closes_at": "", "due_at": "2026-12-01T10:00"})
    page = alice.get(f"{address}/reminder").text
    english, chinese = message(page, "en"), message(page, "zh")
    first, other = english.split("“Second 第二课”")
    assert "Cy, Dee\n" in first
    assert "林小满" not in first, "who is excused is not reminded"
    assert "O'Neil" not in first, "nor who is done"
    assert "林小满, Ann O'Neil, Cy, Dee\n" in other
    assert "“Tea 茶” (due Dec 1 10:00)" in first
    assert "《Tea 茶》（12月1日 10:00 截止）" in chinese
    assert "林小满、Ann O'Neil、Cy、Dee\n" in chinese
    for text in (english, chinese):
        assert len(re.findall(r"^http://testserver\.local/s/[a-z2-7]+$", text, re.M)) == 2
    numbers = message(alice.get(f"{address}/reminder?lesson={room.lesson}&group=A&by=number").text, "en")
    assert "\n2026003\n" in numbers
    assert "Cy" not in numbers
    assert "Nobody to remind" in alice.get(f"{address}/reminder?state=stuck").text


def test_catch_up_sheet_has_slips_of_exactly_those_not_done(alice: TestClient, room: Any, run: Run) -> None:
    address = f"/courses/{room.course}/completion"
    for query in ("", "?group=A", f"?lesson={room.lesson}", "?state=not_begun&group=A", f"?student={room.four}"):
        page = alice.get(address + query).text
        link = unescape(re.search(r'href="(/courses/[^"]+/sheet\?kind=catchup[^"]*)"', page)[1])
        who = alice.get(f"{address}?{parse_qs(urlsplit(link).query)['who'][0]}").text
        wanted = {
            (student, lesson)
            for kind, lesson, student in re.findall(r'<td class="([^"]+)"><a[^>]* href="completion/([\w-]{36})/([\w-]{36})">', who)
            if not {"other", "confirmed", "linked", "said", "excused"} & {*kind.split()}
        }  # fmt: skip
        assert wanted
        options = alice.get(link).text
        assert f"{len(wanted)} slip" in re.sub(r"<[^>]+>", "", options)
        form = {name: values for name, values in parse_qs(urlsplit(link).query).items()} | {
            "anyway": "1",
            "reason": "x",
        }
        started = alice.post(f"/courses/{room.course}/prints", data=form)
        assert started.status_code == 303, started.text[:300]
        slips = run(slips_of_run, UUID(started.headers["location"].rpartition("/")[2]), 0, 100)
        assert {(str(slip.link.student), str(slip.link.lesson)) for slip in slips} == wanted, query


def test_paper_list_has_the_rows_of_the_list(alice: TestClient, room: Any, tmp_path: Path) -> None:
    page = alice.get(f"/courses/{room.course}/completion?group=A&sort=-name").text
    link = unescape(re.search(r'href="([^"]+/completion\.pdf[^"]*)"', page)[1])
    answer = alice.get(link)
    assert answer.headers["content-type"] == "application/pdf"
    (tmp_path / "list.pdf").write_bytes(answer.content)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "list.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    rows = [line.split() for line in text.splitlines() if line.strip().startswith("2026")]
    assert rows == [["2026001", "林小满", "A", "–", "□"], ["2026003", "Cy", "A", "□", "□"]]
    assert "2 students · A" in text
    refused = alice.get(f"/courses/{room.course}/completion.pdf?state=late")
    assert refused.status_code == 409
    assert "There is nobody to print a list of." in refused.text
