"""A lesson is saved while the server's disk is full: what was written comes back, and the next try finds room."""

import re
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses import database
from courses.lessons.authoring import lessons_of
from courses.tables.media import Media

LONG = "好茶 and a long text. " * 450


@contextmanager
def full_database() -> Iterator[None]:
    """SQLite may use no further page, as on a disk without room."""
    writer = database.DB._writer
    pages = writer.execute("PRAGMA page_count").fetchone()["page_count"]
    writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    try:
        yield
    finally:
        writer.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def small_files(left: int) -> Iterator[None]:
    """No file of this process can grow beyond `left` bytes: the kernel refuses it as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def form(**more: str) -> dict[str, Any]:
    fields = {"kind": "normal", "title": "Tea 茶", "body": LONG, "topics": "#tea", "platforms": "xiaohongshu"} | more
    return {name: (None, text) for name, text in fields.items()}


def body_of(page: str) -> str:
    return re.search(r'<textarea id="body".*?>\n(.*?)</textarea>', page, re.DOTALL)[1]  # type: ignore[index]


@pytest.mark.sqlite_only("its file may not grow")
@pytest.mark.parametrize("new", [True, False])
def test_text_comes_back_when_the_database_has_no_room(
    alice: TestClient, classroom: Any, run: Callable[..., Any], new: bool
) -> None:
    path = f"/courses/{classroom.course}/lessons" if new else f"/lessons/{classroom.lesson}"
    before = run(lessons_of, classroom.course)
    with full_database():
        answer = alice.post(path, files=form())
        told = alice.post(path, files=form(autosave="1"), headers={"accept": "application/json"})
    assert answer.status_code == 507
    assert "The server has no room left, so nothing was saved." in answer.text
    assert body_of(answer.text).strip() == LONG.strip()
    assert 'value="Tea 茶"' in answer.text
    assert (told.status_code, told.json()["error"]["code"]) == (507, "no_room")
    assert run(lessons_of, classroom.course) == before
    assert alice.post(path, files=form()).status_code == 303


def test_text_comes_back_when_a_file_finds_no_room(alice: TestClient, course: UUID, run: Callable[..., Any]) -> None:
    file = {"pictures": ("big.jpg", b"\xff\xd8\xff" + bytes(3_000_000))}
    with small_files(2_000_000):
        answer = alice.post(f"/courses/{course}/lessons", files=file | form(body="Short"))
    assert answer.status_code == 422
    assert "big.jpg" in answer.text
    assert "no room left" in answer.text
    assert body_of(answer.text) == "Short"
    assert (run(lessons_of, course), run(lambda: Media.count().run())) == ([], 0)
