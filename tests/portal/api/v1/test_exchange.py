"""The API's import and export: reasons as JSON, a dry run, all or nothing."""

import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.lessons.authoring import lessons_of
from courses.people.api_keys import create_api_key
from courses.signed_in import SignedIn

Run = Callable[..., Any]


def pack(entries: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


GOOD = {"lessons/01-a/lesson.md": "---\ntitle: A\n---\n\nText\n"}


@pytest.fixture
def call(client: TestClient, run: Run, alice_person: SignedIn, course: UUID) -> Callable[..., Any]:
    """call(data, type, **query): send a file to alice's course."""
    key = run(create_api_key, alice_person, "tests")

    def call(data: bytes, kind: str = "application/zip", **query: Any) -> Any:
        headers = {"authorization": f"Bearer {key}", "content-type": kind}
        return client.post(f"/api/v1/courses/{course}/import", content=data, params=query, headers=headers)

    return call


def test_import_answers_what_it_did(call: Callable[..., Any], run: Run, course: UUID) -> None:
    looked = call(pack(GOOD), dry_run=True)
    assert looked.status_code == 200
    assert looked.json() == {
        "imported": False, "encoding": "", "findings": [], "created": [], "replaced": [],
        "lessons": [{"file": "lessons/01-a/lesson.md", "line": 1, "title": "A", "known": "new", "action": "add",
                     "errors": False}],
    }  # fmt: skip
    assert run(lessons_of, course) == []
    done = call(pack(GOOD)).json()
    [lesson] = run(lessons_of, course)
    assert (done["imported"], done["created"]) == (True, [str(lesson.id)])
    again = call(pack(GOOD))
    assert (again.status_code, again.json()["imported"], again.json()["lessons"][0]["known"]) == (200, False, "same")
    changed = pack({"lessons/01-a/lesson.md": "---\ntitle: A\n---\n\nOther\n"})
    assert call(changed, known="replace").json()["replaced"] == [str(lesson.id)]
    assert [each.body for each in run(lessons_of, course)] == ["Other"]


def test_reasons_come_by_file_and_line(call: Callable[..., Any], run: Run, course: UUID) -> None:
    answer = call(b"title,kind\nA,film\nB,video\n", "text/csv")
    assert answer.status_code == 422
    assert answer.json()["findings"] == [
        {"level": "error", "file": "import.csv", "line": 2,
         "message": "“film” is no kind of lesson. Write normal (pictures) or video."}
    ]  # fmt: skip
    assert run(lessons_of, course) == []
    assert call(b"title,kind\nA,film\nB,video\n", "text/csv", good_only=True).json()["imported"]
    assert [each.title for each in run(lessons_of, course)] == ["B"]
    hostile = call(pack(GOOD | {"../x": ""}))
    assert (hostile.status_code, "leads out" in hostile.json()["findings"][0]["message"]) == (422, True)
    assert call(b"x", "text/plain").status_code == 415


@pytest.mark.parametrize("encoding", ["0", "../../etc/passwd", "idna", "utf-7", "UTF-8", "\x00"])
def test_encoding_that_is_none_is_refused_by_name(
    call: Callable[..., Any], run: Run, course: UUID, encoding: str
) -> None:
    """Found by the fuzzer: it was Python's to look for, and the answer 500."""
    answer = call("title\n茶\n".encode(), "text/csv", encoding=encoding)
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"]["encoding"].startswith("Choose one of these encodings: utf-8, gb18030")
    assert run(lessons_of, course) == []
    assert call("title\n茶\n".encode("gb18030"), "text/csv", encoding="gb18030").json()["encoding"] == "gb18030"
