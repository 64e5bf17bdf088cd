"""Files of a whole large course: they come in parts and are whole, and one person makes one at a time."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply
from courses.results.completion import CELLS
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.lessons import Lesson
from portal.web.large_answers import LINE, _Line

LESSONS, STUDENTS = 210, 100
PAGES = (
    "exports/completion/file.csv", "exports/completion/file.json", "exports/completion/file.xlsx",
    "exports/scans/file.csv", "exports/publications/file.csv", "completion.csv", "export", "log.csv",
)  # fmt: skip


@pytest.fixture
def large(run: Callable[..., Any], course: UUID) -> UUID:
    """A course of two chunks; its last student has done the last lesson."""

    async def furnish() -> None:
        moment = now()
        rows = [
            Lesson(course=course, kind="normal", title=f"L{n}", body="", created_at=moment + timedelta(n), updated_at=moment)
            for n in range(LESSONS)
        ]  # fmt: skip
        await Lesson.insert(*rows)
        await add_students(None, course, [Entry(f"{n:03}", f"S{n}") for n in range(STUDENTS)])
        last = (await students_of(course))[-1].id
        async with writing():
            await apply([Report(rows[-1].id, "claim", "xiaohongshu", moment, moment, student=last)])

    run(furnish)
    return course


def test_a_large_course_is_whole_in_every_form(alice: TestClient, api: TestClient, large: UUID) -> None:
    assert LESSONS * STUDENTS > CELLS
    place = f"/courses/{large}"
    columns = "columns=number&columns=done&columns=rung"
    told = list(csv.reader(io.StringIO(alice.get(f"{place}/exports/completion/file.csv?{columns}").text)))
    assert [len(line) for line in told] == [2 + LESSONS] * (1 + STUDENTS)
    assert [line[1] for line in told[1:]] == ["0"] * (STUDENTS - 1) + ["1"]
    assert [told[-1][-1] == told[1][-1], told[-1][-2] == told[1][-2]] == [False, True]
    kept = alice.get(f"{place}/exports/completion/file.json?{columns}").json()
    assert [row["number"] for row in kept] == [line[0] for line in told[1:]]
    assert [row["lessons"][-1]["rung"] for row in kept[-2:]] == ["not_started", "claimed"]
    old = list(csv.reader(io.StringIO(alice.get(f"{place}/completion.csv").text)))
    assert [len(line) for line in old] == [2 + 3 * LESSONS + 1 + LESSONS] * (1 + STUDENTS)
    answer = api.get(f"{place}/completion").json()
    assert [student["number"] for student in answer["students"]] == [line[0] for line in told[1:]]
    assert {len(student["lessons"]) for student in answer["students"]} == {LESSONS} == {len(answer["lessons"])}
    assert (answer["done"], answer["totals"]["claimed"], answer["totals"]["not_started"]) == (
        1,
        1,
        LESSONS * STUDENTS - 1,
    )


def test_who_makes_downloads_already_is_told_to_wait_whatever_they_ask_for(
    app: Litestar, alice: TestClient, api: TestClient, bob: TestClient, alice_person: SignedIn, course: UUID
) -> None:
    answers = app.dependencies["parts"].dependency().large_answers
    answers._lines[alice_person.id] = _Line(people=LINE + 1)
    for browser, path in [(alice, page) for page in PAGES] + [(api, "completion"), (api, "export")]:
        refused = browser.get(f"/courses/{course}/{path}", headers={"accept-language": "zh"})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "3"), path
        assert "您的其他下载" in refused.text, path
    del answers._lines[alice_person.id]
    assert alice.get(f"/courses/{course}/completion.csv").status_code == 200
