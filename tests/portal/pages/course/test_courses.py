"""Courses: list, create, edit, archive and undo."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import CourseInfo, archive_course, course_of, courses_of, create_course
from courses.signed_in import SignedIn

NASTY = ["<script>alert(1)</script>", "{{7*7}}", "=cmd()", "'\"><img src=x>"]


def test_courses_without_any_say_what_to_do(alice: TestClient) -> None:
    page = alice.get("/courses")
    assert page.status_code == 200
    assert "Make your first course" in page.text
    assert 'href="/courses/new"' in page.text


def test_courses_are_listed_with_their_counts(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Callable[..., Any]
) -> None:
    enrol("Ada", "Bo")
    page = alice.get("/courses").text
    assert f'<a href="/courses/{course}">Spring campaign 春季</a>' in page
    assert "1 lesson<" in page
    assert "2 students<" in page
    assert "Make your first course" not in page


def test_courses_of_others_are_not_listed(bob: TestClient, course: UUID) -> None:
    assert "Spring campaign" not in bob.get("/courses").text


@pytest.mark.parametrize("number", [1, 3])
def test_courses_take_as_many_queries_for_three_as_for_one(
    alice: TestClient, alice_person: SignedIn, run: Callable[..., Any], counted: Callable[..., Any], number: int
) -> None:
    for place in range(number):
        run(create_course, alice_person, f"Course {place}")
    with counted() as queries:
        page = alice.get("/courses").text
    assert page.count('course-card"') == number
    assert len(queries) == 6  # session, rail, what waits, courses, lessons, students


def test_course_is_created_and_opened(alice: TestClient, alice_person: SignedIn, run: Callable[..., Any]) -> None:
    answer = alice.post("/courses", data={"title": "  Food \t stories ", "term": "2026", "description": "a\r\nb"})
    assert answer.status_code == 303
    (made,) = run(courses_of, alice_person)
    assert answer.headers["location"] == f"/courses/{made.id}"
    assert (made.title, made.term, made.role) == ("Food stories", "2026", "owner")


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"title": " "}, "Give the course a title."), ({"title": "x" * 201}, "201 characters; at most 200 fit."),
     ({"title": "x", "term": "y" * 101}, "101 characters; at most 100 fit."), ({}, "Give the course a title.")],
)  # fmt: skip
def test_course_that_cannot_be_taken_comes_back_as_typed(
    alice: TestClient, alice_person: SignedIn, run: Callable[..., Any], typed: dict[str, str], words: str
) -> None:
    answer = alice.post("/courses", data=typed | {"description": "My notes"})
    assert answer.status_code == 422
    assert words in answer.text
    assert "My notes</textarea>" in answer.text
    assert all(f'value="{value}"' in answer.text for value in typed.values())
    assert run(courses_of, alice_person) == []


@pytest.mark.parametrize("title", NASTY)
def test_course_titles_are_shown_as_text(alice: TestClient, title: str) -> None:
    address = alice.post("/courses", data={"title": title, "term": title}).headers["location"]
    for page in ("/courses", f"{address}/edit", f"{address}/roster", f"{address}/completion"):
        text = alice.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert ">49<" not in text
    assert "&lt;script&gt;" in text or "&lt;img" in text or title.replace("'", "&#39;") in text


def test_course_is_edited(alice: TestClient, course: UUID, alice_person: SignedIn, run: Callable[..., Any]) -> None:
    assert 'value="Spring campaign 春季"' in alice.get(f"/courses/{course}/edit").text
    answer = alice.post(f"/courses/{course}", data={"title": "Autumn", "term": "", "description": "n"})
    assert answer.headers["location"] == f"/courses/{course}/edit?done=saved"
    assert "Your changes are saved." in alice.get(answer.headers["location"]).text
    now: CourseInfo = run(course_of, alice_person, course)
    assert (now.title, now.term, now.description) == ("Autumn", "", "n")


def test_course_edit_that_cannot_be_taken_changes_nothing(
    alice: TestClient, course: UUID, alice_person: SignedIn, run: Callable[..., Any]
) -> None:
    answer = alice.post(f"/courses/{course}", data={"title": "", "term": "kept as typed"})
    assert answer.status_code == 422
    assert 'value="kept as typed"' in answer.text
    assert run(course_of, alice_person, course).title == "Spring campaign 春季"


def test_course_is_archived_and_taken_back(alice: TestClient, course: UUID) -> None:
    answer = alice.post(f"/courses/{course}/archive")
    assert answer.status_code == 303
    page = alice.get(answer.headers["location"]).text
    assert "is archived" in page
    assert f'action="/courses/{course}/restore"' in page
    assert f'<a href="/courses/{course}">' not in page
    assert f'<a href="/courses/{course}">' in alice.get("/courses?archived=1").text
    assert "This course is archived." in alice.get(f"/courses/{course}/roster").text

    answer = alice.post(f"/courses/{course}/restore")
    page = alice.get(answer.headers["location"]).text
    assert "is back among your courses" in page
    assert f'<a href="/courses/{course}">' in page


def test_notice_names_only_courses_of_ones_own(
    bob: TestClient, course: UUID, alice_person: SignedIn, run: Callable[..., Any]
) -> None:
    run(archive_course, None, run(course_of, alice_person, course))
    for name in (course, uuid4(), "<b>"):
        page = bob.get(f"/courses?done=archived&course={name}")
        assert page.status_code == 200
        assert "is archived" not in page.text
        assert "Spring" not in page.text


def test_courses_of_others_are_as_good_as_not_there(bob: TestClient, alice: TestClient, course: UUID) -> None:
    def answers(identity: UUID) -> list[tuple[int, str]]:
        form = {"title": "Mine now"}
        found = [
            bob.get(f"/courses/{identity}/edit"),
            bob.post(f"/courses/{identity}", data=form),
            bob.post(f"/courses/{identity}/archive"),
            bob.post(f"/courses/{identity}/restore"),
        ]
        return [(answer.status_code, answer.text) for answer in found]

    assert answers(course) == answers(uuid4())
    assert {status for status, _ in answers(course)} == {404}
    page = alice.get(f"/courses/{course}/edit").text
    assert "Spring campaign" in page
    assert "archived." not in page


def test_forms_of_other_sites_are_refused(
    alice: TestClient, course: UUID, cross_site: dict[str, str], alice_person: SignedIn, run: Callable[..., Any]
) -> None:
    for address, form in (
        ("/courses", {"title": "Theirs"}),
        (f"/courses/{course}", {"title": "Theirs"}),
        (f"/courses/{course}/archive", {}),
    ):
        answer = alice.post(address, data=form, headers=cross_site)
        assert answer.status_code == 403
        assert "came from another site" in answer.text
    assert [course.title for course in run(courses_of, alice_person)] == ["Spring campaign 春季"]


def test_pages_are_chinese_when_the_browser_asks(alice: TestClient, course: UUID) -> None:
    page = alice.get(f"/courses/{course}/roster", headers={"accept-language": "zh-CN,zh;q=0.9"}).text
    assert '<html lang="zh-CN"' in page
    for word in ("学生", "完成情况", "课时", "打印"):
        assert word in page
