"""The live preview: the student's own page of what is typed; nothing is saved, nothing counted, nothing of it runs."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.lessons.authoring import lessons_of
from courses.tables.events import Event


def preview(browser: TestClient, course: UUID, **form: str) -> str:
    plain = {
        "title": "Tea 茶",
        "body": "Find **light**.",
        "topics": "#a#b",
        "kind": "normal",
        "platforms": "xiaohongshu",
    }
    parts = [(name, (None, value)) for name, value in (plain | form).items()]
    answer = browser.post(f"/courses/{course}/lesson-preview", files=parts)
    assert answer.status_code == 200, answer.text
    return answer.text


def lesson_part(page: str) -> str:
    """The lesson on the page, without the addresses that belong to one moment."""
    (part,) = re.findall(r'<section class="card sheet">.*?</section>', page, flags=re.DOTALL)
    return re.sub(r"\?[^\s\"]*", "", part)


def test_preview_is_the_students_page(alice: TestClient, phone: Any, classroom: Any) -> None:
    page = alice.get(f"/lessons/{classroom.lesson}/edit").text
    pictures = re.findall(r'name="picture" value="([^"]+)"', page)
    body = re.findall(r'<textarea id="body"[^>]*>\n(.*?)</textarea>', page, flags=re.DOTALL)[0]
    form = [
        ("title", "Tea 茶"),
        ("body", body),
        ("topics", "#tea #茶"),
        ("kind", "normal"),
        ("platforms", "xiaohongshu"),
    ]
    form += [("picture", picture) for picture in pictures]
    parts = [(name, (None, value)) for name, value in form]
    shown = alice.post(f"/courses/{classroom.course}/lesson-preview", files=parts).text
    scanned = phone("en")
    student = scanned.get(scanned.get(f"/s/{classroom.token()}").headers["location"]).text
    assert lesson_part(shown) == lesson_part(student)


def test_preview_has_no_script_and_nothing_to_count_by(alice: TestClient, course: UUID) -> None:
    page = preview(alice, course)
    assert "<script" not in page
    assert "data-scan" not in page


@pytest.mark.parametrize("name", ["title", "body", "topics"])
def test_preview_shows_nasty_text_as_text(alice: TestClient, course: UUID, name: str) -> None:
    page = preview(alice, course, **{name: "<img/src=x/onerror=alert(1)><script>alert(2)</script>"})
    assert "<img/src" not in page
    assert "<script" not in page


def test_preview_saves_and_counts_nothing(alice: TestClient, course: UUID, run: Callable[..., Any]) -> None:
    preview(alice, course, title="", body="x" * 100_000)
    assert run(lessons_of, course) == []
    assert run(lambda: Event.count().run()) == 0


def test_preview_of_a_lesson_without_platform_or_media_is_a_page(alice: TestClient, course: UUID) -> None:
    assert "Find <strong>light</strong>." in preview(
        alice, course, platforms="", kind="video", video_id="x", picture="../x"
    )
