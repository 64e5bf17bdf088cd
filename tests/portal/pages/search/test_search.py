"""Looking for something in all of one's courses: only what the person may read, by names, sounds, numbers and codes."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import create_course
from courses.lessons.trash import trash_lessons
from courses.signed_in import SignedIn
from courses.spoken import show_spoken
from courses.students.reading import Entry
from courses.students.roster import add_students, remove_student, students_of

Run = Callable[..., Any]


@pytest.fixture
def found(alice: TestClient, classroom: Any) -> Callable[..., dict[str, list[str]]]:
    """The texts that are found, by their group."""

    def found(text: str, who: TestClient = alice, course: object = "") -> dict[str, list[str]]:
        answer = who.get(f"/search.json?q={quote(text)}&course={course}")
        assert answer.headers["cache-control"] == "private, no-store"
        return {group["name"]: [line["text"] for line in group["lines"]] for group in answer.json()["groups"]}

    return found


def test_names_sounds_numbers_and_codes_are_found(found: Run, classroom: Any) -> None:
    assert found("林小满")["Students"] == found("linxm")["Students"] == found("2026001")["Students"] == ["林小满"]
    assert found("ann o’n")["Students"] == ["Ann O'Neil"]
    assert found("202600")["Students"] == ["林小满", "Ann O'Neil"]
    assert found("tea")["Lessons"] == found("cha")["Lessons"] == found(show_spoken(classroom.link.spoken))["Lessons"]
    assert found("Spring")["Courses"] == ["Spring campaign 春季"]
    assert found("chunji")["Courses"] == ["Spring campaign 春季"]
    assert found("nothing of the kind") == {}


def test_actions_are_those_of_the_present_course_that_one_may(
    alice: TestClient, found: Run, classroom: Any, run: Run, alice_person: SignedIn
) -> None:
    other = run(create_course, alice_person, "Other")
    for course in (classroom.course, other):
        page = alice.get(f"/search.json?q=add&course={course}").json()
        assert [group["lines"][0]["href"] for group in page["groups"] if group["name"] == "Do"] == [
            f"/courses/{course}/roster/new"
        ]
    assert "New lesson" in found("")["Do"]
    assert found("", course="nonsense")["Courses"] == ["Other", "Spring campaign 春季"]


def test_strangers_find_nothing_and_who_left_is_not_found(
    bob: TestClient, alice: TestClient, found: Run, classroom: Any, run: Run
) -> None:
    for text in ("林小满", "2026001", "Tea", "Spring", classroom.link.spoken):
        groups = found(text, bob, classroom.course)
        assert not {"Students", "Lessons", "Courses"} & set(groups), text
        assert str(classroom.course) not in bob.get(f"/search?q={text}&course={classroom.course}").text
    assert alice.get("/search?q=Tea").status_code == 200
    run(remove_student, None, classroom.course, classroom.students[0].id)
    assert "Students" not in found("林小满")
    run(trash_lessons, None, classroom.course, [classroom.lesson])
    assert "Lessons" not in found("Tea")


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "z" * 5_000])
def test_hostile_searches_find_nothing(alice: TestClient, found: Run, text: str) -> None:
    assert not {"Students", "Lessons", "Courses"} & set(found(text))
    page = alice.get(f"/search?q={quote(text)}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_page_works_without_scripts_and_shows_names_as_text(alice: TestClient, course: UUID, run: Run) -> None:
    run(add_students, None, course, [Entry("1", "<b>Bo</b>")])
    (bo,) = run(students_of, course)
    page = alice.get("/search?q=Bo").text
    assert f'<a href="/courses/{course}/students/{bo.id}"><b>&lt;b&gt;Bo&lt;/b&gt;</b>' in page
    assert "Nothing called “xyzzy”." in alice.get("/search?q=xyzzy").text
