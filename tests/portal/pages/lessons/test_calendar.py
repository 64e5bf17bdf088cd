"""When lessons open and close: the month, the lesson's own form, and what phones are told."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.lessons.authoring import lesson_of
from courses.lessons.copying import copy_lesson
from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from portal.pages.lessons.calendar import read_month

ZONE = ZoneInfo("Asia/Shanghai")


def test_month_has_its_weeks_from_monday_and_its_neighbours() -> None:
    month = read_month("2026-11", date(2020, 1, 1))
    assert month.first == date(2026, 11, 1)
    assert month.weeks[0][0] == date(2026, 10, 26)
    assert all(week[0].weekday() == 0 and len(week) == 7 for week in month.weeks)
    assert (month.before, month.after) == (date(2026, 10, 1), date(2026, 12, 1))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "x", "0001-01", "9999-12", "2026-11-01", "٢٠٢٦-١١" * 99])
def test_what_is_no_month_is_the_present_one(text: str) -> None:
    assert read_month(text, date(2026, 2, 3)).first == date(2026, 2, 1)


@pytest.mark.parametrize(("text", "missing"), [("2000-01", "before"), ("2999-12", "after")])
def test_the_calendar_ends_where_times_do(text: str, missing: str) -> None:
    assert getattr(read_month(text, date(2026, 2, 3)), missing) is None


def test_times_from_the_calendar_stand_on_their_days(alice: TestClient, classroom: Any) -> None:
    path = f"/courses/{classroom.course}/calendar"
    form = {
        "lesson": str(classroom.lesson), "opens_at": "2031-03-01T00:30", "closes_at": "2031-03-31T22:00", "month": "2031-03"
    }  # fmt: skip
    answer = alice.post(path, data=form)
    assert answer.headers["location"] == f"{path}?month=2031-03&done=times"
    page = alice.get(answer.headers["location"]).text
    assert "The times are saved." in page
    assert "March 2031" in page
    first, last = page.split('datetime="2031-03-01"')[1], page.split('datetime="2031-03-31"')[1]
    assert 'class="entry opens"' in first.split("</td>")[0]
    assert "00:30" in first.split("</td>")[0]
    assert 'class="entry closes"' in last.split("</td>")[0]
    assert "Nothing opens or closes" in alice.get(f"{path}?month=2031-05").text


def test_due_times_stand_on_their_days_and_are_set_for_many_in_a_row(
    alice: TestClient, alice_person: SignedIn, classroom: Any
) -> None:
    path = f"/courses/{classroom.course}/calendar"
    second = classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "Second"))
    form = {
        "lesson": str(classroom.lesson),
        "opens_at": "",
        "closes_at": "",
        "due_at": "2031-03-02T09:00",
        "month": "2031-03",
    }
    day = alice.get(alice.post(path, data=form).headers["location"]).text.split('datetime="2031-03-02"')[1]
    assert 'class="entry due"' in day.split("</td>")[0]
    # Who sends no due time does not take it away.
    alice.post(path, data={name: text for name, text in form.items() if name != "due_at"})
    assert classroom.run(lesson_of, alice_person, classroom.lesson).due_at is not None
    row = {
        "lesson": [str(second), str(classroom.lesson)],
        "first": "2031-05-01T18:00",
        "days": "14",
        "month": "2031-03",
    }
    for wrong, words in (({"days": "0"}, "Choose from 1 to 366 days."), ({"first": "soon"}, "Write date and time"),
                         ({"first": ""}, "Write date and time"), ({"lesson": []}, "Choose at least one lesson."),
                         ({"lesson": "nonsense"}, "Choose a lesson of this course.")):  # fmt: skip
        answer = alice.post(f"{path}/series", data=row | wrong)
        assert (answer.status_code, words in answer.text) == (422, True), wrong
    page = alice.get(alice.post(f"{path}/series", data=row).headers["location"]).text
    assert "2 lessons have their due times." in page
    for date_, title in (("2031-05-01", "Second"), ("2031-05-15", "Tea 茶")):
        cell = page.split(f'datetime="{date_}"')[1].split("</td>")[0]
        assert 'class="entry due"' in cell
        assert title in cell


def test_calendar_takes_a_fixed_number_of_queries(alice: TestClient, classroom: Any, counted: Any) -> None:
    with counted() as queries:
        assert alice.get(f"/courses/{classroom.course}/calendar").status_code == 200
    assert len(queries) == 5  # session, rail, what waits, course, lessons


@pytest.mark.parametrize(
    ("change", "words"),
    [({"lesson": ""}, "Choose a lesson of this course."), ({"opens_at": "soon"}, "Write date and time"),
     ({"closes_at": "2031-02-01T08:00"}, "A lesson must close after it opens."),
     ({"opens_at": "9999-01-01T00:00"}, "Choose a year from 2000 to 2999.")],
)  # fmt: skip
def test_what_cannot_be_comes_back_as_it_was_typed(
    alice: TestClient, classroom: Any, change: dict[str, str], words: str
) -> None:
    form = {
        "lesson": str(classroom.lesson),
        "opens_at": "2031-03-01T08:00",
        "closes_at": "",
        "month": "2031-03",
    } | change
    answer = alice.post(f"/courses/{classroom.course}/calendar", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert "March 2031" in answer.text
    assert f'value="{form["opens_at"]}"' in answer.text


def test_only_lessons_of_the_course_are_set(
    alice: TestClient, alice_person: SignedIn, classroom: Any, run: Callable[..., Any]
) -> None:
    other = run(create_course, alice_person, "Other")
    theirs = run(create_shared_lesson, alice_person, other, LessonDraft("normal", "Theirs"))

    async def template() -> UUID:
        lesson = await lesson_of(alice_person, classroom.lesson)
        return await copy_lesson(alice_person, lesson, lesson.course, "Pattern", template=True)

    pattern = run(template)
    assert "Pattern" not in alice.get(f"/courses/{classroom.course}/calendar").text
    for lesson in (theirs, pattern):
        answer = alice.post(f"/courses/{classroom.course}/calendar", data={"lesson": str(lesson), "month": ""})
        assert answer.status_code == 422


def test_phones_wait_and_are_turned_away_as_the_lesson_says(
    alice: TestClient, classroom: Any, phone: Callable[..., Any]
) -> None:
    def set_times(opens: int | None, closes: int | None) -> None:
        moment = now().astimezone(ZONE)
        form = {
            name: "" if hours is None else (moment + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")
            for name, hours in (("opens_at", opens), ("closes_at", closes))
        }
        answer = alice.post(f"/lessons/{classroom.lesson}/schedule", data=form)
        assert answer.headers["location"] == f"/lessons/{classroom.lesson}?done=times"

    assert phone().get(f"/s/{classroom.token()}").status_code == 303
    set_times(2, None)
    early = phone().get(f"/s/{classroom.token()}")
    assert early.status_code == 403
    assert "This lesson opens at" in early.text
    page = alice.get(f"/courses/{classroom.course}").text
    assert re.search(r'title="Opens [^"]+">Not open yet</span>', page)
    set_times(None, -2)
    late = phone().get(f"/s/{classroom.token()}")
    assert late.status_code == 410
    assert "This lesson is closed." in late.text
    assert "The lesson is closed" in alice.get(f"/lessons/{classroom.lesson}").text
    assert 'title="Closed since' in alice.get(f"/courses/{classroom.course}").text
    set_times(-2, 2)
    assert phone().get(f"/s/{classroom.token()}").status_code == 303


def test_a_scan_takes_no_more_queries_for_the_schedule(classroom: Any, phone: Callable[..., Any], counted: Any) -> None:
    with counted() as queries:
        assert phone().get(f"/s/{classroom.token()}").status_code == 303
    assert len([query for query in queries if '"link"' in query and "SELECT" in query]) == 1
