"""Who are you? Asked once, remembered for the course, and never telling who is on the roster."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from courses import database
from courses.catalogue.courses import create_course
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students


@pytest.fixture
def arrived(classroom: Any, phone: Callable[..., Any]) -> Any:
    """A phone that scanned the class link."""
    bob = phone()
    bob.get(f"/s/{classroom.token()}")
    return bob


def name(phone: Any, classroom: Any, text: str) -> Any:
    return phone.post(f"/l/{classroom.link.code}/student", data={"student": text})


@pytest.mark.parametrize("text", ["2026001", " ２０２６００１ ", "林小满", "林 小 满"])
def test_number_or_name_is_remembered(classroom: Any, arrived: Any, text: str) -> None:
    assert "Who are you?" in arrived.get(f"/l/{classroom.link.code}").text
    answer = name(arrived, classroom, text)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/l/{classroom.link.code}?done=named"
    page = arrived.get(f"/l/{classroom.link.code}").text
    assert ("林小满" if "林" in text else "2026001 林**") in page
    assert "Not you?" in page
    assert "Who are you?" not in page


def test_name_counts_in_the_courses_other_lessons(classroom: Any, arrived: Any, alice_person: SignedIn) -> None:
    name(arrived, classroom, "2026001")
    other = classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "Second"))
    link = classroom.run(class_links, [other])[other]
    arrived.get(f"/s/{classroom.token(link=link)}")
    assert "2026001 林**" in arrived.get(f"/l/{link.code}").text


@pytest.mark.parametrize(
    "text", ["2026999", "nobody", "", "' OR 1=1 --", "<script>alert(1)</script>", "x" * 5000, "\x00"]
)
def test_unknown_brings_the_form_back(classroom: Any, arrived: Any, text: str) -> None:
    answer = name(arrived, classroom, text)
    assert answer.status_code == 422
    assert "is not on the list of this course" in answer.text
    assert "<script>alert" not in answer.text
    assert "林小满" not in answer.text
    assert "2026001" not in answer.text


def test_student_of_another_course_is_unknown(classroom: Any, arrived: Any, alice_person: SignedIn) -> None:
    other = classroom.run(create_course, alice_person, "Other")
    classroom.run(add_students, None, other, [Entry("2026777", "Zoe")])
    answer, nobody = name(arrived, classroom, "2026777"), name(arrived, classroom, "2026778")
    assert answer.status_code == nobody.status_code == 422
    assert without_handle(answer.text.replace("2026777", "2026778")) == without_handle(nobody.text)
    assert "is not on the list of this course" in answer.text
    assert "Zoe" not in answer.text


def test_name_of_two_asks_for_the_number(classroom: Any, arrived: Any) -> None:
    classroom.run(add_students, None, classroom.course, [Entry("2026003", "林小满")])
    answer = name(arrived, classroom, "林小满")
    assert answer.status_code == 409
    assert "Please type your number." in answer.text


def test_wrong_tries_are_limited_for_this_phone_alone(classroom: Any, arrived: Any, phone: Callable[..., Any]) -> None:
    for _ in range(10):
        assert name(arrived, classroom, "2026999").status_code == 422
    answer = name(arrived, classroom, "2026001")
    assert answer.status_code == 429
    assert "2026001" in answer.text  # what was typed is still there
    neighbour = phone()
    neighbour.get(f"/s/{classroom.token()}")
    assert name(neighbour, classroom, "2026002").status_code == 303


def test_what_came_before_the_name_counts(classroom: Any, arrived: Any) -> None:
    assert arrived.send("scan").json() == {"recorded": 1, "known": 0}
    assert arrived.send("preview").status_code == 200
    assert classroom.rung(classroom.students[0]) == "not_started"
    name(arrived, classroom, "2026001")
    assert classroom.rung(classroom.students[0]) == "previewed"


def test_named_phone_costs_two_transactions_and_one_that_may_try_no_more_none(classroom: Any, arrived: Any) -> None:
    arrived.send("scan")
    begun: list[str] = []
    database.DB._writer.set_trace_callback(lambda query: begun.append(query) if query.startswith("BEGIN") else None)
    assert name(arrived, classroom, "2026001").status_code == 303
    assert len(begun) == 2, "one before the number is looked up, one that gives it back and keeps all"
    for _ in range(10):
        assert name(arrived, classroom, "nobody").status_code == 422
    begun.clear()
    answers = [name(arrived, classroom, "2026001") for _ in range(3)]
    database.DB._writer.set_trace_callback(None)
    assert {answer.status_code for answer in answers} == {429}
    assert not begun


def test_next_student_on_the_same_phone_starts_anew(classroom: Any, arrived: Any) -> None:
    name(arrived, classroom, "2026001")
    page = arrived.get(f"/l/{classroom.link.code}").text
    arrived.send("scan")
    arrived.send("claim")
    assert name(arrived, classroom, "2026002").status_code == 303
    after = arrived.get(f"/l/{classroom.link.code}").text
    assert "2026002 A**" in after
    assert "林" not in after
    assert scan_id(after) != scan_id(page)
    arrived.send("scan", id=scan_id(after))
    assert classroom.rung(classroom.students[0]) == "claimed"
    assert classroom.rung(classroom.students[1]) == "scanned"


def test_same_name_again_is_the_same_scan(classroom: Any, arrived: Any) -> None:
    before = scan_id(arrived.get(f"/l/{classroom.link.code}").text)
    name(arrived, classroom, "2026001")
    name(arrived, classroom, "2026001")
    assert scan_id(arrived.get(f"/l/{classroom.link.code}").text) == before


def test_personal_slip_cannot_be_renamed(classroom: Any, phone: Callable[..., Any]) -> None:
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    assert name(ann, classroom, "2026001").status_code == 409
    assert ann.get(f"/l/{classroom.link.code}/student").headers["location"] == f"/l/{classroom.link.code}"
    assert "O&#39;Neil" in ann.get(f"/l/{classroom.link.code}").text


def test_question_needs_the_cookie(classroom: Any, phone: Callable[..., Any]) -> None:
    eve = phone()
    for answer in (eve.get(f"/l/{classroom.link.code}/student"), name(eve, classroom, "2026001")):
        assert answer.status_code == 403
        assert "Scan the code first" in answer.text
        assert "Who are you?" not in answer.text
        assert "set-cookie" not in answer.headers


def test_form_of_another_site_is_refused(classroom: Any, arrived: Any, cross_site: dict[str, str]) -> None:
    answer = arrived.post(f"/l/{classroom.link.code}/student", data={"student": "2026001"}, headers=cross_site)
    assert answer.status_code == 403
    assert "Who are you?" in arrived.get(f"/l/{classroom.link.code}").text


def test_markup_in_names_is_text(classroom: Any, arrived: Any) -> None:
    classroom.run(add_students, None, classroom.course, [Entry("7", "<b>{{7*7}}</b>")])
    name(arrived, classroom, "7")
    assert "7 &lt;**" in arrived.get(f"/l/{classroom.link.code}").text
    name(arrived, classroom, "<b>{{7*7}}</b>")
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in arrived.get(f"/l/{classroom.link.code}").text


def without_handle(page: str) -> str:
    """It says when the page was made."""
    return re.sub(r'(data-as|name="as" value)="[\w-]+"', "", page)


def scan_id(page: str) -> str:
    return page.split('data-scan="')[1].split('"')[0]
