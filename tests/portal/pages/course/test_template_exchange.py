"""Templates go into an export with the lessons, and come out of it as templates."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar.testing import TestClient

from courses.lessons.authoring import lesson_by_id, lessons_of
from courses.lessons.copying import copy_lesson
from courses.lessons.links import class_links
from courses.signed_in import SignedIn
from courses.tables.lessons import Lesson

MOMENT = datetime(2026, 9, 1, 8, 0, 0, 7, UTC)


def imported(browser: TestClient, path: str, name: str, data: bytes) -> str:
    """Send a file and take it over; the page that says what came of it."""
    address = browser.post(path, files={"file": (name, data)}).headers["location"]
    assert browser.post(address, data={"x": "x"}).status_code == 303
    for _ in range(200):
        if browser.get(f"{address}/progress").json()["state"] != "running":
            break
    return browser.get(address).text


def test_the_round_trip_of_templates_is_exact(
    alice: TestClient, classroom: Any, run: Callable[..., Any], alice_person: SignedIn
) -> None:
    async def pattern() -> UUID:
        lesson = await lesson_by_id(classroom.lesson)
        made = await copy_lesson(alice_person, lesson, classroom.course, lesson.title, template=True)
        await Lesson.update({Lesson.opens_at: MOMENT}).where(Lesson.id == made)
        return made

    template = run(pattern)
    data = alice.get(f"/courses/{classroom.course}/export").content
    assert [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.endswith("lesson.md")] == [
        "lessons/01-Tea-茶/lesson.md", "lessons/02-Tea-茶/lesson.md"
    ]  # fmt: skip
    result = imported(alice, "/courses/import", "a.zip", data)
    assert "2 lessons were added" in result
    copy = UUID(re.search(r'href="/courses/([0-9a-f-]{36})"', result)[1])
    assert alice.get(f"/courses/{copy}/export").content == data
    [there], before = run(lessons_of, copy, True), run(lesson_by_id, template)
    assert (there.template, there.opens_at, there.body, there.topics) == (True, MOMENT, before.body, before.topics)
    assert [picture.sha256 for picture in there.pictures] == [picture.sha256 for picture in before.pictures]
    assert run(class_links, [there.id]) == {}
    # Beside the lesson of the same title, each is known as what it is.
    again = alice.post(f"/courses/{copy}/imports", files={"file": ("a.zip", data)}).headers["location"]
    assert alice.get(again).text.count("Here already, the same") == 2


def test_a_list_keeps_templates_apart(alice: TestClient, course: UUID, run: Callable[..., Any]) -> None:
    data = b"title,body,template\nPlan,Steps,yes\nPlan,Steps,no\n"
    imported(alice, f"/courses/{course}/imports", "a.csv", data)
    assert [[lesson.title for lesson in run(lessons_of, course, which)] for which in (False, True)] == [
        ["Plan"],
        ["Plan"],
    ]
    listed = alice.get(f"/courses/{course}/lessons.csv").content
    page = alice.get(
        alice.post(f"/courses/{course}/imports", files={"file": ("a.csv", listed)}).headers["location"]
    ).text
    assert page.count("Here already, the same") == 2
