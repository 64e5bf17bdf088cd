"""The QR sheet through the management API."""

from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from litestar.testing import TestClient


def codes(pdf: bytes) -> list[list[str]]:
    """The texts of the codes on each page, as an independent reader sees them."""
    pages = [page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    return [[code.text for code in zxingcpp.read_barcodes(page)] for page in pages]


@pytest.mark.parametrize("layout", ["a4-24", "a4-poster"])
def test_sheet_carries_the_lessons_link(api: TestClient, course: UUID, lesson: dict, layout: str) -> None:
    answer = api.get(f"/courses/{course}/sheet.pdf", params={"layout": layout})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="sheet-{layout}.pdf"'
    assert codes(answer.content) == [[lesson["links"][0]["url"]]]


def test_personal_sheet_has_a_slip_for_each_student(api: TestClient, course: UUID, lesson: dict) -> None:
    roster = [{"number": str(number), "name": f"学生{number}"} for number in range(3)]
    api.post(f"/courses/{course}/students", json=roster)
    answer = api.get(f"/courses/{course}/sheet.pdf", params={"personal": "true"})
    [page] = codes(answer.content)
    assert len(set(page)) == 3
    assert lesson["links"][0]["url"] not in page


def test_empty_sheet_and_unknown_layout_are_refused(api: TestClient, course: UUID) -> None:
    empty = api.get(f"/courses/{course}/sheet.pdf")
    assert (empty.status_code, empty.json()["error"]["code"]) == (409, "conflict")
    for query, field in (({"layout": "a3"}, "layout"), ({"personal": "perhaps"}, "personal")):
        answer = api.get(f"/courses/{course}/sheet.pdf", params=query)
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])


def test_sheet_of_another_is_not_there(bobs_api: TestClient, course: UUID, lesson: dict) -> None:
    assert bobs_api.get(f"/courses/{course}/sheet.pdf").status_code == 404
