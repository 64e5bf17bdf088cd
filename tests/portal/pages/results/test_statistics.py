"""The course's statistics: numbers that open their rows, and the figures of notes."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.audit import entries
from courses.results.note_figures import history_of, notes_of
from courses.signed_in import SignedIn

Run = Callable[..., Any]
NOTE = "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff"
LINK = {"url": NOTE, "note_id": "66aa11bb22cc33dd44ee55ff"}


@pytest.fixture
def note(course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run) -> Any:
    ada, bo = enrol("Ada 王", "Bo")
    report(ada.id, "scan", "launch", link=LINK)
    report(bo.id, "scan", fail={"message": "签名错误"})
    return run(notes_of, course)[0]


def test_course_without_anything_says_what_will_be_here(alice: TestClient, course: UUID) -> None:
    assert "Nothing to count yet" in alice.get(f"/courses/{course}/statistics").text


def test_every_number_of_a_lesson_opens_the_rows_that_it_counts(
    alice: TestClient, course: UUID, lesson: UUID, note: Any
) -> None:
    page = alice.get(f"/courses/{course}/statistics").text
    body = page.partition("funnels")[2].partition("</table>")[0]
    numbers = re.findall(r'<td class="num">(?:<a [^>]*>)?(\d+)', body)
    # Bo failed: that is further than to have launched
    assert numbers == ["2", "2", "2", "1", "1", "0", "1"]
    linked = re.findall(r'<td class="num"><a href="([^"]+/completion[^"]+)"[^>]*>(\d+)</a>', page)
    assert len(linked) == 8, "each that is not nothing, and those of the failures"
    for address, number in linked:
        opened = alice.get(address.replace("&amp;", "&")).text
        body = opened.partition("<tbody>")[2].partition("</tbody>")[0]
        cells = re.findall(r'<td class="([^"]*)"><a (?:class="[^"]*" )?href="completion/', body)
        assert len([cell for cell in cells if "other" not in cell.split()]) == int(number), address
    assert "Came to “App opened” or further." in alice.get(f"/courses/{course}/completion?least=launched").text
    assert "1 note without figures" in page
    assert page.count("<polyline") == 6
    assert 'style="' not in page


def test_figures_are_typed_shown_and_taken_back(
    alice: TestClient, course: UUID, alice_person: SignedIn, note: Any, run: Run
) -> None:
    address = f"/courses/{course}/statistics/notes/{note.publication}"
    answer = alice.post(address, data={"views": "1.2万", "likes": "308", "snapshot_at": "2026-09-01T08:00"})
    assert answer.headers["location"] == f"{address}?done=figures"
    alice.post(address, data={"views": "13000", "snapshot_at": "2026-09-02T08:00"})
    page = alice.get(address).text
    assert "12,000" in page
    assert "308" in page
    assert page.count("<polyline") == 2
    best = alice.get(f"/courses/{course}/statistics?by=views").text
    assert re.search(r"Ada 王.*?13,000", best, re.DOTALL)
    oldest = run(history_of, note.publication)[0]
    assert (oldest.source, oldest.likes, oldest.comments) == ("typed", 308, None)
    for _ in range(2):
        assert alice.post(f"{address}/figures/{oldest.id}/removal", data={"x": ""}).status_code == 303
    assert [it.views for it in run(history_of, note.publication)] == [13_000]
    actions = [entry.action for entry in run(entries, course).entries]
    assert actions.count("publication.figures") == 2
    assert actions.count("publication.figures_removed") == 1


def test_figures_of_a_year_that_no_note_has_are_refused_and_come_back(
    alice: TestClient, course: UUID, note: Any
) -> None:
    address = f"/courses/{course}/statistics/notes/{note.publication}"
    answer = alice.post(address, data={"views": "1", "snapshot_at": "0001-01-01T00:00"})
    assert answer.status_code == 422
    assert "Choose a year from 2000" in answer.text
    assert 'value="1"' in answer.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"views": "many"}, "Write a whole number"), ({}, "Write at least one figure."),
     ({"views": "1", "snapshot_at": "2999-01-01T00:00"}, "This time has not come yet."),
     ({"views": "1", "snapshot_at": "soon"}, "Write date and time")],
)  # fmt: skip
def test_figures_that_cannot_be_come_back_as_typed(
    alice: TestClient, course: UUID, note: Any, run: Run, typed: dict[str, str], words: str
) -> None:
    answer = alice.post(f"/courses/{course}/statistics/notes/{note.publication}", data={"likes": ""} | typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{typed.get("views", "")}"' in answer.text
    assert run(history_of, note.publication) == []


def test_table_of_figures_is_taken_as_a_whole_or_not_at_all(
    alice: TestClient, course: UUID, note: Any, run: Run
) -> None:
    address = f"/courses/{course}/statistics/figures"
    table = f"link,views\n{NOTE}?xsec_token=t,5\n{NOTE},many"
    answer = alice.post(address, data={"table": table})
    assert answer.status_code == 422
    assert "Row 3: “many” is not a number." in answer.text
    assert "xsec_token=t,5" in answer.text
    assert run(history_of, note.publication) == []
    assert alice.post(address, data={"table": table.replace("many", "6")}).status_code == 303
    assert [(it.views, it.source) for it in run(history_of, note.publication)] == [(6, "csv")]


def test_page_is_chinese_too(alice: TestClient, course: UUID, note: Any) -> None:
    page = alice.get(f"/courses/{course}/statistics", headers={"accept-language": "zh"}).text
    assert "各课的进展" in page
    assert "统计" in page
