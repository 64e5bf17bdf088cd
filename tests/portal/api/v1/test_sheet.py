"""The QR sheet through the management API."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pypdfium2
import pytest
import zxingcpp
from litestar.testing import TestClient

from courses.audit import all_entries


def codes(pdf: bytes) -> list[list[str]]:
    """The texts of the codes on each page, as an independent reader sees them."""
    pages = [page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    return [[code.text for code in zxingcpp.read_barcodes(page)] for page in pages]


@pytest.fixture
def lesson(api: TestClient, course: UUID, photo: bytes) -> dict:
    """One that can be published."""
    picture = api.post(f"/courses/{course}/media", files={"file": ("a.jpg", photo, "image/jpeg")}).json()
    answer = api.post(
        f"/courses/{course}/lessons", json={"type": "normal", "title": "Tea 茶", "images": [picture["id"]]}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


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
    theirs, nobodys = (bobs_api.get(f"/courses/{identity}/sheet.pdf") for identity in (course, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content


def test_lessons_that_would_be_refused_are_told_with_their_reasons(
    api: TestClient, course: UUID, lesson: dict, run: Callable[..., Any]
) -> None:
    long = api.post(f"/courses/{course}/lessons", json={"type": "normal", "title": "字" * 21}).json()
    answer = api.get(f"/courses/{course}/sheet.pdf", headers={"accept-language": "zh"})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["message"][:8]) == ("not_publishable", "没有打印，因为这")
    (reason,) = error["reasons"]
    assert (reason["lesson"], reason["title"]) == (long["id"], "字" * 21)
    assert reason["findings"] == [
        {
            "code": "title_too_long", "level": "error", "where": "title", "repair": None, "platform": "xiaohongshu",
            "message": "标题算作 21 个字，小红书最多 20 个字。",
        },
        {
            "code": "pictures_missing", "level": "error", "where": "pictures", "repair": None, "platform": "xiaohongshu",
            "message": "这个内容还没有图片。",
        },
    ]  # fmt: skip
    others = api.get(f"/courses/{course}/sheet.pdf", params={"only_publishable": "true"})
    assert codes(others.content) == [[lesson["links"][0]["url"]]]
    everything = api.get(f"/courses/{course}/sheet.pdf", params={"unchecked": "true"})
    assert [len(page) for page in codes(everything.content)] == [2]
    traces = [entry for entry in run(all_entries, course) if entry.action == "lesson.print"]
    assert [(entry.label, entry.detail["reason"]) for entry in traces] == [("字" * 21, "API: unchecked=true")]


def test_the_refusal_is_documented(client: TestClient) -> None:
    document = client.get("/schema/openapi.json").json()
    operation = document["paths"]["/api/v1/courses/{course_id}/sheet.pdf"]["get"]
    assert {"unchecked", "only_publishable"} <= {parameter["name"] for parameter in operation["parameters"]}
    assert "reasons" in operation["responses"]["409"]["description"]
