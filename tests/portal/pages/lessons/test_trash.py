"""The trash of a course: what is in it, back again, and gone for good only when the owner says so twice."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.lessons.authoring import create_lesson, lessons_of
from courses.lessons.trash import trash_lessons
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from courses.tables.courses import Membership
from courses.tables.lessons import Lesson
from courses.tables.people import Person


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def lessons(run: Callable[..., Any], alice_person: SignedIn, course: UUID) -> list[UUID]:
    """Three lessons of Alice's course, the first two in the trash, the second since 28 days."""

    async def make() -> list[UUID]:
        ids = [
            await create_lesson(alice_person, course, LessonDraft("normal", title)) for title in ("Tea", "Ink", "Oak")
        ]
        await trash_lessons(alice_person, course, ids[:2])
        await Lesson.update({Lesson.deleted_at: now() - timedelta(days=28, hours=1)}).where(Lesson.id == ids[1])
        return ids

    return run(make)


@pytest.fixture
def join(run: Callable[..., Any], bob: TestClient, course: UUID) -> Callable[[str], TestClient]:
    """Bob's browser in another role of Alice's course."""

    def join(role: str) -> TestClient:
        async def insert() -> None:
            person = await Person.select(Person.id).where(Person.email == "bob@example.org").first()
            await Membership.insert(Membership(course=course, person=person["id"], role=role, created_at=now()))

        run(insert)
        return bob

    return join


def test_an_empty_trash_says_what_it_is_for(alice: TestClient, course: UUID) -> None:
    page = alice.get(f"/courses/{course}/trash").text
    assert "The trash is empty" in page
    assert "Empty the trash" not in page.replace("The trash is empty", "")
    assert f'href="/courses/{course}/trash"' in alice.get(f"/courses/{course}").text


def test_trash_says_who_deleted_what_and_how_long_it_waits(
    alice: TestClient, course: UUID, lessons: list[UUID]
) -> None:
    page = words(alice.get(f"/courses/{course}/trash").text)
    assert page.index("Tea Alice deleted it") < page.index("29 days left") < page.index("Ink Alice deleted it")
    assert "1 day left" in page
    assert "Oak" not in page


def test_taking_back_one_or_many(alice: TestClient, run: Callable[..., Any], course: UUID, lessons: list[UUID]) -> None:
    path = f"/courses/{course}/trash/restorations"
    page = alice.get(alice.post(path, data={"lesson": str(lessons[0])}).headers["location"]).text
    assert "“Tea” is back, and so are its codes." in words(page)
    assert f'href="/lessons/{lessons[0]}"' in page
    run(trash_lessons, None, course, lessons)
    chosen = {"lesson": [str(lessons[0]), str(lessons[2]), str(uuid4()), "nonsense"]}
    page = words(alice.get(alice.post(path, data=chosen).headers["location"]).text)
    assert "2 lessons are back, and so are their codes." in page
    assert [lesson.title for lesson in run(lessons_of, course)] == ["Tea", "Oak"]
    page = words(alice.get(alice.post(path, data={"x": "x"}).headers["location"]).text)
    assert "Choose the lessons that should come back." in page


def test_a_lesson_in_the_trash_can_be_read_and_says_what_would_go_with_it(
    alice: TestClient, classroom: Any, alice_person: SignedIn
) -> None:
    path = f"/courses/{classroom.course}/trash/{classroom.lesson}"
    assert alice.get(path).status_code == 404  # it is not deleted
    classroom.run(trash_lessons, alice_person, classroom.course, [classroom.lesson])
    page = alice.get(path).text
    assert "<strong>light</strong>" in page
    assert "1 link: its printed codes will never open again 0 results of students a history of 1 version" in words(page)
    assert alice.get(f"/lessons/{classroom.lesson}/edit").status_code == 404
    assert alice.get(f"/courses/{uuid4()}/trash/{classroom.lesson}").status_code == 404


def test_a_lesson_of_another_course_is_not_in_this_trash(
    alice: TestClient, run: Callable[..., Any], alice_person: SignedIn, course: UUID, lessons: list[UUID]
) -> None:
    other = run(create_course, alice_person, "Other")
    for method, path in (("GET", ""), ("POST", "/removal")):
        elsewhere, nowhere = (
            alice.request(method, f"/courses/{other}/trash/{lesson}{path}") for lesson in (lessons[0], uuid4())
        )
        assert elsewhere.status_code == nowhere.status_code == 404
        assert elsewhere.content == nowhere.content
    alice.post(f"/courses/{other}/trash/restorations", data={"lesson": str(lessons[0])})
    assert len(run(lessons_of, course)) == 1


def test_deleting_for_good_takes_the_files_too(
    alice: TestClient, classroom: Any, alice_person: SignedIn, home: Path
) -> None:
    import os

    media = home / "media"
    for path in media.rglob("*.*"):
        os.utime(path, (0, 0))
    assert [*media.rglob("*.webp")]
    assert alice.post(f"/courses/{classroom.course}/trash/{classroom.lesson}/removal").status_code == 404
    classroom.run(trash_lessons, alice_person, classroom.course, [classroom.lesson])
    answer = alice.post(f"/courses/{classroom.course}/trash/{classroom.lesson}/removal")
    assert "1 lesson is gone for good." in words(alice.get(answer.headers["location"]).text)
    assert [*media.rglob("*.webp")] == []
    assert alice.get(f"/s/{classroom.token()}").status_code == 404


def test_emptying_takes_what_was_seen(
    alice: TestClient, run: Callable[..., Any], course: UUID, lessons: list[UUID]
) -> None:
    page = alice.get(f"/courses/{course}/trash").text
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until
    run(trash_lessons, None, course, [lessons[2]])
    assert alice.post(f"/courses/{course}/trash/removals", data={"until": "yesterday"}).status_code == 404
    answer = alice.post(f"/courses/{course}/trash/removals", data={"until": until[1]})
    page = words(alice.get(answer.headers["location"]).text)
    assert "2 lessons are gone for good." in page
    assert "Oak deleted" in page


@pytest.mark.parametrize(
    ("role", "takes_back", "purges"), [("editor", True, False), ("assistant", False, False), ("viewer", False, False)]
)
def test_each_role_is_offered_what_it_may_do(
    join: Callable[[str], TestClient], course: UUID, lessons: list[UUID], role: str, takes_back: bool, purges: bool
) -> None:
    member = join(role)
    for path in (f"/courses/{course}/trash", f"/courses/{course}/trash/{lessons[0]}"):
        page = member.get(path).text
        assert ("trash/restorations" in page) is takes_back
        assert ("remov" in page) is purges


@pytest.mark.parametrize("number", [1, 60])
def test_trash_takes_as_many_queries_for_many_as_for_one(
    alice: TestClient, alice_person: SignedIn, run: Callable[..., Any], course: UUID, number: int,
    counted: Callable[[], AbstractContextManager[list[str]]],
) -> None:  # fmt: skip
    async def make() -> None:
        ids = [await create_lesson(alice_person, course, LessonDraft("normal", f"Lesson {n}")) for n in range(number)]
        await trash_lessons(alice_person, course, ids)

    run(make)
    with counted() as queries:
        page = alice.get(f"/courses/{course}/trash").text
    assert page.count('class="trash-row"') == min(number, 50)
    # session, course, count, ids, lessons, their pictures, who, and four for what emptying takes
    assert len(queries) <= 13
    if number > 50:
        assert alice.get(f"/courses/{course}/trash?page=2").text.count('class="trash-row"') == 10
        assert alice.get(f"/courses/{course}/trash?page=99").text.count('class="trash-row"') == 10
