"""All that a list finds, on every page of it, is printed and exported by the query that finds it."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pypdfium2
import pytest
import zxingcpp
from litestar.testing import TestClient

from courses.lessons.authoring import lesson_by_id
from courses.lessons.copying import set_template
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from portal.sharing.addresses import share_url


@pytest.fixture
def drinks(classroom: Any, alice_person: SignedIn) -> dict[str, UUID]:
    """Two lessons about coffee, beside the one about tea; and one that no platform takes."""

    async def write() -> dict[str, UUID]:
        pictures = (await lesson_by_id(classroom.lesson)).draft.pictures
        drafts = [
            LessonDraft("normal", "Mocha", "", ("coffee",), pictures=pictures),
            LessonDraft("normal", "Latte", "", ("coffee",), pictures=pictures),
            LessonDraft("normal", "字" * 21),
        ]
        return {each.title: await create_shared_lesson(alice_person, classroom.course, each) for each in drafts}

    return classroom.run(write)


def codes(pdf: bytes) -> set[str]:
    """What the codes of all pages hold."""
    drawn = [page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    return {code.text for page in drawn for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)}


def test_the_codes_of_the_sheet_are_of_the_lessons_that_were_found(
    alice: TestClient, classroom: Any, drinks: dict[str, UUID]
) -> None:
    address, coffee = f"/courses/{classroom.course}/sheet", [drinks["Mocha"], drinks["Latte"]]
    found = {"found": "topic=coffee&sort=title", "lesson": str(classroom.lesson)}
    page = alice.get(address, params=found).text
    assert "Only the 2 lessons that were chosen." in page
    assert 'name="found" value="topic=coffee&amp;sort=title"' in page
    assert 'name="lesson"' not in page
    links = classroom.run(class_links, coffee)
    expected = {share_url(classroom.settings, links[lesson]) for lesson in coffee}
    # That another lesson of the course cannot be published is no reason not to print these.
    assert codes(alice.get(f"{address}.pdf", params=found).content) == expected
    named = alice.get(f"{address}.pdf", params={"lesson": [str(lesson) for lesson in coffee]})
    assert codes(named.content) == expected
    form = {"layout": "a4-24", "personal": "0", "reason": "It is a rehearsal", "found": "topic=coffee"}
    assert codes(alice.post(f"{address}.pdf", data=form).content) == expected
    assert alice.get(f"{address}.pdf", params={"found": "q=字"}).status_code == 409


def test_the_archive_and_the_list_hold_the_lessons_that_were_found(
    alice: TestClient, classroom: Any, drinks: dict[str, UUID], run: Callable[..., Any], alice_person: SignedIn
) -> None:
    address, found = f"/courses/{classroom.course}", {"found": "topic=coffee"}
    archive = zipfile.ZipFile(io.BytesIO(alice.get(f"{address}/export", params=found).content))
    assert [name for name in archive.namelist() if name.endswith("lesson.md")] == [
        "lessons/01-Mocha/lesson.md", "lessons/02-Latte/lesson.md"
    ]  # fmt: skip
    rows = list(csv.reader(io.StringIO(alice.get(f"{address}/lessons.csv", params=found).content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["title", "Mocha", "Latte"]
    run(set_template, alice_person, run(lesson_by_id, drinks["Latte"]))
    archive = zipfile.ZipFile(io.BytesIO(alice.get(f"{address}/export?found=state%3Dtemplate").content))
    [text] = [archive.read(name).decode() for name in archive.namelist() if name.endswith("lesson.md")]
    assert "template: true" in text


@pytest.mark.parametrize("path", ["sheet", "sheet.pdf", "export", "lessons.csv"])
def test_what_finds_nothing_is_not_taken_for_everything(alice: TestClient, classroom: Any, path: str) -> None:
    address = f"/courses/{classroom.course}/{path}"
    for found in ("q=nothing+of+this", f"author={uuid4()}"):
        answer = alice.get(address, params={"found": found})
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert "Nothing is found by these words and filters any more. Choose again." in answer.text
        assert "Tea 茶" not in answer.text
