"""Forms that come at a moment when their work finds no place come back as they were typed, and say when to send them again."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient
from PIL import Image

from courses.errors import Busy
from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students
from portal.pages.account import _again
from portal.workers import pool
from portal.workers.places import Places

SENTENCE = "Too many people at the same moment. Try again in a few seconds."
PHOTO = io.BytesIO()
Image.new("RGB", (64, 64), "teal").save(PHOTO, "PNG")
PICTURE = ("a.png", PHOTO.getvalue(), "image/png")

#: for each form its address, its fields, its file, and what is in the page that comes back
FORMS: dict[str, tuple[str, dict[str, Any], tuple[str, tuple[str, bytes, str]] | None, str]] = {
    "list of students": (
        "/courses/{course}/roster",
        {"roster": "", "encoding": "big5", "sheet-0-name": "Class 7"},
        ("file", ("a.csv", b"1,Bo\n", "text/csv")),
        'value="big5" selected',
    ),
    "lesson": (
        "/courses/{course}/lessons",
        {"kind": "normal", "title": "Tea from Yunnan", "body": "Three steps", "platforms": "xiaohongshu"},
        ("pictures", PICTURE),
        'value="Tea from Yunnan"',
    ),
    "logo": ("/courses/{course}/logo", {}, ("logo_file", PICTURE), 'name="title"'),
    "import": ("/courses/{course}/imports", {}, ("file", ("a.csv", b"title\nTea\n", "text/csv")), 'name="file"'),
    "course from an archive": ("/courses/import", {}, ("file", ("a.zip", b"PK", "application/zip")), 'name="file"'),
    "sheet of what is refused": (
        "/courses/{course}/sheet.pdf",
        {"layout": "a4-24", "personal": "0", "reason": "The pictures come tomorrow"},
        None,
        'value="The pictures come tomorrow"',
    ),
}  # fmt: skip


class Full(Places):
    """Where this person has too much waiting; the threads that draw pages have places of their own."""

    def one(self, *_: Any) -> Any:
        raise Busy


@pytest.mark.parametrize("form", FORMS)
def test_form_whose_work_finds_no_place_comes_back_as_it_was_typed(
    alice: TestClient, alice_person: SignedIn, course: UUID, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:  # fmt: skip
    run(create_shared_lesson, alice_person, course, LessonDraft("normal", "Tea", "Without a picture"))
    run(add_students, alice_person, course, [Entry("1", "Bo")])
    monkeypatch.setattr(pool, "_all_places", lambda: Full(0))
    address, fields, file, typed = FORMS[form]
    answer = alice.post(address.format(course=course), data=fields, files=dict([file]) if file else None)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "3"
    assert SENTENCE in answer.text
    assert typed in answer.text


def test_key_keeps_its_name_when_the_password_was_tried_too_often(
    alice: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_again, "LIMIT", 1)
    for _ in range(2):
        answer = alice.post("/account/keys", data={"key_name": "the lab's screen", "key_old": "x", "key_days": "30"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 60
    assert 'value="the lab&#39;s screen"' in answer.text
    assert 'name="key_old"' in answer.text
