"""The list of lessons in its address, and many lessons at once through their forms."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.lessons.authoring import lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from courses.tables.lessons import Lesson

Run = Callable[..., Any]


@pytest.fixture
def lessons(run: Run, alice_person: SignedIn, course: UUID) -> list[UUID]:
    return [
        run(create_shared_lesson, alice_person, course, LessonDraft("normal", title, body, topics))
        for title, body, topics in (
            ("Green tea", "Steep", ("tea",)),
            ("Coffee", "Grind", ("beans",)),
            ("黑茶", "煮", ("tea",)),
        )
    ]


def ids(lessons: list[UUID]) -> dict[str, list[str]]:
    return {"lesson": [str(lesson) for lesson in lessons]}


def titles(run: Run, course: UUID, templates: bool = False) -> list[str]:
    return [lesson.title for lesson in run(lessons_of, course, templates)]


def test_the_address_says_what_is_shown(alice: TestClient, course: UUID, lessons: list[UUID]) -> None:
    page = alice.get(f"/courses/{course}", params={"q": "tea", "topic": "tea", "state": "open", "sort": "title"}).text
    assert "2 lessons found" in page
    assert "Coffee" not in page
    assert 'name="q" value="tea"' in page
    assert 'data-state="open" aria-current="true"' in page
    for choice in ('value="tea" selected', 'value="title" selected'):
        assert choice in page


def test_lessons_are_put_in_order_and_under_headings(alice: TestClient, course: UUID, lessons: list[UUID]) -> None:
    def rows() -> list[str]:
        return re.findall(
            r'id="lesson-([0-9a-f-]{36})"|rowgroup" colspan="8">([^ ]+) ', alice.get(f"/courses/{course}").text
        )

    first, second, third = map(str, lessons)
    answer = alice.post(f"/courses/{course}/lessons/places", data={"up": third})
    assert answer.headers["location"] == f"/courses/{course}#lesson-{third}"
    assert [row[0] for row in rows()] == [first, third, second]
    alice.post(f"/courses/{course}/lessons/places", data={"lesson": second, "before": first})
    answer = alice.post(f"/courses/{course}/lessons/sections", data={"lesson": [second, third], "section": "周1"})
    assert "2 lessons have their section." in alice.get(answer.headers["location"]).text
    assert rows() == [("", "周1"), (second, ""), (third, ""), (first, "")]
    page = alice.get(f"/courses/{course}?sort=title").text
    assert "周1" not in page
    assert 'name="up"' not in page


@pytest.mark.parametrize(
    "query",
    ["q=<script>alert(1)</script>", "page=99", "page=-1", "page=x", "state=x&sort=x&platform=x&author=x", "topic=%23%22",
     "author=00000000-0000-0000-0000-000000000000", "q=" + "x" * 3000, "done=deleted&at=x", "done=moved&n=9&to=x",
     "done=deleted&at=2026-01-01T00:00:00", "done=topic&n=²", "page=99999999999999999999"],
)  # fmt: skip
def test_no_address_breaks_the_list(alice: TestClient, course: UUID, lessons: list[UUID], query: str) -> None:
    answer = alice.get(f"/courses/{course}?{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_the_list_alone_is_a_part_of_the_page(alice: TestClient, course: UUID, lessons: list[UUID]) -> None:
    part = alice.get(f"/courses/{course}?q=coffee", headers={"x-part": "list"})
    assert "Coffee" in part.text
    assert "<html" not in part.text
    assert "Nothing found" in alice.get(f"/courses/{course}?q=nothing", headers={"x-part": "list"}).text


def test_fifty_to_a_page_in_as_many_queries_as_one(
    alice: TestClient, run: Run, course: UUID, lessons: list[UUID], counted: Any
) -> None:
    with counted() as before:
        alice.get(f"/courses/{course}")

    async def many() -> None:
        moment = now()
        rows = [
            Lesson(
                course=course,
                kind="normal",
                title=f"{n:03}",
                body="",
                search=f"{n:03}",
                created_at=moment,
                updated_at=moment,
            )
            for n in range(57)
        ]
        await Lesson.insert(*rows)

    run(many)
    with counted() as queries:
        page = alice.get(f"/courses/{course}").text
    assert len(queries) == len(before) == 14
    assert page.count('<tr class="lesson-row"') == 50
    assert "60 lessons" in page
    assert f'href="/courses/{course}?page=2"' in page
    assert alice.get(f"/courses/{course}?page=2").text.count('<tr class="lesson-row"') == 10


def test_many_are_deleted_and_come_back(alice: TestClient, run: Run, course: UUID, lessons: list[UUID]) -> None:
    answer = alice.post(f"/courses/{course}/lessons/deletion", data=ids(lessons[:2]) | {"back": "sort=title"})
    assert answer.status_code == 303
    assert "sort=title" in answer.headers["location"]
    page = alice.get(answer.headers["location"]).text
    assert "2 lessons are deleted." in page
    assert titles(run, course) == ["黑茶"]
    at = page.split('name="at" value="')[1].split('"')[0]
    back = alice.post(f"/courses/{course}/lessons/restoration", data={"at": at})
    assert "2 lessons are back" in alice.get(back.headers["location"]).text
    assert len(titles(run, course)) == 3
    assert "Undo" not in alice.get(answer.headers["location"]).text


def test_all_that_was_found_is_meant(alice: TestClient, run: Run, course: UUID, lessons: list[UUID]) -> None:
    alice.post(f"/courses/{course}/lessons/deletion", data=ids(lessons[:1]) | {"found": "topic=tea"})
    assert titles(run, course) == ["Coffee"]


def test_a_topic_is_added(alice: TestClient, run: Run, course: UUID, lessons: list[UUID]) -> None:
    answer = alice.post(f"/courses/{course}/lessons/topics", data=ids(lessons) | {"add_topic": "#tea"})
    assert "1 lesson got the topic." in alice.get(answer.headers["location"]).text
    assert [lesson.topics for lesson in run(lessons_of, course)] == [("tea",), ("beans", "tea"), ("tea",)]
    wrong = alice.post(f"/courses/{course}/lessons/topics", data=ids(lessons[:1]) | {"add_topic": "a b"})
    assert wrong.status_code == 422
    assert "Topics have no spaces" in wrong.text
    assert wrong.text.count(" checked") == 1


def test_copies_stay_or_go_elsewhere(
    alice: TestClient, run: Run, alice_person: SignedIn, course: UUID, lessons: list[UUID]
) -> None:
    alice.post(f"/courses/{course}/lessons/copies", data=ids(lessons[:1]))
    assert titles(run, course)[-1] == "Copy of Green tea"
    other = run(create_course, alice_person, "Other")
    form = ids(lessons[:2]) | {"course": str(other), "elsewhere": "1"}
    answer = alice.post(f"/courses/{course}/lessons/copies", data=form)
    assert f'<a href="/courses/{other}">Other</a>' in alice.get(answer.headers["location"]).text
    assert titles(run, other) == ["Green tea", "Coffee"]


def test_moved_lessons_are_in_the_other_course(
    alice: TestClient, run: Run, alice_person: SignedIn, course: UUID, lessons: list[UUID]
) -> None:
    other, old = run(create_course, alice_person, "Other"), run(class_links, lessons)
    form = ids(lessons[:2]) | {"course": str(other)}
    asked = alice.post(f"/courses/{course}/lessons/moves", data=form)
    assert "2 class links end when they move." in asked.text
    assert asked.text.count(" checked") == 2
    assert titles(run, other) == []
    answer = alice.post(f"/courses/{course}/lessons/moves", data=form | {"sure": "1"})
    page = alice.get(answer.headers["location"]).text
    assert "2 lessons have moved." in page
    assert titles(run, other) == ["Green tea", "Coffee"]
    assert len(run(class_links, lessons[:2])) == 2
    undo = {"at": page.split('name="at" value="')[1].split('"')[0], "course": str(other)}
    back = alice.post(f"/courses/{course}/lessons/returns", data=undo)
    assert "2 lessons are back, and so are their codes." in alice.get(back.headers["location"]).text
    assert run(class_links, lessons) == old
    assert "Undo" not in alice.get(answer.headers["location"]).text
    assert alice.post(f"/courses/{course}/lessons/returns", data=undo).status_code == 409


def test_what_students_opened_is_offered_as_copies(
    alice: TestClient, run: Run, alice_person: SignedIn, classroom: Any, phone: Callable[..., Any]
) -> None:
    visitor = phone()
    visitor.get(f"/s/{classroom.token()}")
    visitor.get(f"/l/{classroom.link.code}")
    assert visitor.send("scan", link=classroom.link.code).status_code == 200
    other = run(create_course, alice_person, "Other")
    answer = alice.post(
        f"/courses/{classroom.course}/lessons/moves", data=ids([classroom.lesson]) | {"course": str(other)}
    )
    assert answer.status_code == 409
    assert "Nothing was moved" in answer.text
    assert f'name="course" value="{other}"' in answer.text
    assert titles(run, other) == []


def test_nobody_moves_into_a_course_of_others(
    alice: TestClient, bob: TestClient, run: Run, course: UUID, lessons: list[UUID]
) -> None:
    theirs = bob.post("/courses", data={"title": "Bob's"}).headers["location"].rsplit("/", 1)[1]
    for form in ({"course": theirs}, {"course": theirs, "elsewhere": "1"}):
        path = "copies" if "elsewhere" in form else "moves"
        answer = alice.post(f"/courses/{course}/lessons/{path}", data=ids(lessons) | form)
        assert answer.status_code == 422
    assert len(titles(run, course)) == 3


def test_duplicate_opens_the_copy_in_the_editor(alice: TestClient, run: Run, course: UUID, lessons: list[UUID]) -> None:
    answer = alice.post(f"/lessons/{lessons[0]}/copies", headers={"accept-language": "zh"})
    assert answer.headers["location"].endswith("/edit")
    assert "Green tea 副本" in alice.get(answer.headers["location"]).text


def test_templates_start_lessons_and_are_shown_apart(
    alice: TestClient, run: Run, course: UUID, lessons: list[UUID]
) -> None:
    made = alice.post(f"/lessons/{lessons[0]}/copies", data={"template": "1"}).headers["location"].split("/")[2]
    assert titles(run, course, templates=True) == ["Green tea"]
    assert f"/lessons/{made}/edit" not in alice.get(f"/courses/{course}").text
    page = alice.get(f"/courses/{course}?state=template").text
    assert "1 template" in page
    assert f'action="/lessons/{made}/copies"' in page
    assert "This is a template." in alice.get(f"/lessons/{made}").text
    alice.post(f"/lessons/{made}/copies")
    assert titles(run, course)[-1] == "Green tea"
    back = alice.post(f"/lessons/{made}/template")
    assert "its link is ready" in alice.get(back.headers["location"]).text
    assert titles(run, course, templates=True) == []


def test_a_new_lesson_may_start_from_a_template(alice: TestClient, run: Run, course: UUID, lessons: list[UUID]) -> None:
    address = f"/courses/{course}/lessons/new"
    empty = alice.get(address).text
    assert "No template yet" in empty
    assert "kept to start new ones from" in empty
    made = alice.post(f"/lessons/{lessons[0]}/copies", data={"template": "1"}).headers["location"].split("/")[2]
    page = alice.get(address).text
    assert "No template yet" not in page
    assert f'<button form="start-from" formaction="/lessons/{made}/copies">Green tea</button>' in page
    assert f'<form method="post" id="start-from" action="/lessons/{made}/copies">' in page
    started = alice.post(f"/lessons/{made}/copies").headers["location"]
    assert 'value="Green tea"' in alice.get(started).text
    assert "start-from" not in alice.get(started).text
    assert titles(run, course)[-1] == "Green tea"


def test_a_course_is_duplicated_under_a_new_title(
    alice: TestClient, run: Run, course: UUID, lessons: list[UUID]
) -> None:
    form = alice.get(f"/courses/{course}/copies").text
    assert "3 lessons go along" in form
    assert alice.post(f"/courses/{course}/copies", data={"title": " "}).status_code == 422
    answer = alice.post(f"/courses/{course}/copies", data={"title": "Next", "term": "2027"})
    assert titles(run, UUID(answer.headers["location"].rsplit("/", 1)[1])) == ["Green tea", "Coffee", "黑茶"]


def test_the_sheet_holds_the_lessons_that_were_chosen(alice: TestClient, course: UUID, lessons: list[UUID]) -> None:
    page = alice.get(f"/courses/{course}/sheet", params=ids(lessons[:2])).text
    assert "Lessons: 2 of 3" in page
    chosen = re.findall(r'name="lesson" value="([^"]+)" checked', page)
    assert sorted(chosen) == sorted(map(str, lessons[:2]))
    assert "All lessons (3)" in alice.get(f"/courses/{course}/sheet").text
