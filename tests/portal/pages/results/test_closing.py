"""The closing sheet: figures on paper, which anybody who holds it can check."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from litestar.testing import TestClient

from courses.lessons.authoring import create_lesson
from courses.lessons.values import LessonDraft
from courses.results.closing_sheets import closings_of

Run = Callable[..., Any]


@pytest.fixture
def sheet(alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run) -> Any:
    ada, bo, _ = enrol("Ada 王", "Bo", "Cy")
    report(ada.id, "scan", "launch", "claim")
    report(bo.id, "scan", fail={"message": "x"})
    assert alice.post(f"/courses/{course}/closing", data={"x": ""}).status_code == 303
    return run(closings_of, course)[0]


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_course_without_students_has_nothing_to_put_on_paper(alice: TestClient, course: UUID, lesson: UUID) -> None:
    assert "No closing sheet yet" in alice.get(f"/courses/{course}/closing").text
    answer = alice.post(f"/courses/{course}/closing", data={"x": ""})
    assert answer.status_code == 409
    assert "it needs a lesson and a student" in answer.text


def test_paper_has_the_figures_and_its_code_opens_them(
    alice: TestClient, client: TestClient, course: UUID, lesson: UUID, sheet: Any, enrol: Run, report: Run
) -> None:
    # what happens later changes neither the paper nor its page
    report(enrol("Dee")[-1].id, "scan", "claim")
    answer = alice.get(f"/courses/{course}/closing/{sheet.id}/sheet.pdf", headers={"accept-language": "zh"})
    assert answer.headers["content-type"] == "application/pdf"
    (text,) = pages(answer.content)
    assert "结课单" in text
    assert "Breakfast 早餐" in text
    assert re.search(r"Breakfast 早餐\s+2\s+2\s+2\s+1\s+0\s+0\s+1\s", text)
    with pypdfium2.PdfDocument(answer.content) as document:
        (code,) = zxingcpp.read_barcodes(document[0].render(scale=150 / 72).to_pil())
        assert document.get_metadata_dict()["Title"]
    assert code.text == f"http://TESTSERVER.LOCAL/V/{sheet.code}"
    page = client.get(f"/V/{sheet.code}").text
    assert re.findall(r"<b>(\d+)</b>", page.partition("Breakfast")[2])[:7] == ["2", "2", "2", "1", "0", "0", "1"]
    for name in ("Ada", "Bo", "Dee"):
        assert name not in page
        assert name not in text


def test_code_can_be_typed_as_people_read_it(client: TestClient, sheet: Any) -> None:
    typed = f" {sheet.code[:4].lower()}-{sheet.code[4:]} ".replace("0", "o").replace("1", "l")
    assert client.post("/v", data={"code": typed}).headers["location"] == f"/v/{sheet.code}"
    answer = client.post("/v", data={"code": "7K4M"})
    assert answer.status_code == 422
    assert "No closing sheet has this code" in answer.text
    assert 'value="7K4M"' in answer.text
    assert client.get("/v/7K4M").status_code == 404


def test_long_course_takes_more_pages(alice: TestClient, course: UUID, sheet: Any, run: Run) -> None:
    for number in range(40):
        run(create_lesson, None, course, LessonDraft("normal", f"第{number}课 {'长' * 60}", ""))
    alice.post(f"/courses/{course}/closing", data={"x": ""})
    newest = run(closings_of, course)[0]
    first, second = pages(alice.get(f"/courses/{course}/closing/{newest.id}/sheet.pdf").content)
    assert "第22课" in first
    assert "第39课" in second
    assert "All lessons" in second
    assert "2 / 2" in second
