"""Many cells at once: confirmed, not accepted, excused, and as they were before."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient

from courses.lessons.authoring import create_lesson
from courses.lessons.values import LessonDraft
from courses.results.completion import completion
from courses.results.marking import CELLS_MAX

Run = Callable[..., Any]
NOTE = "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff"


@pytest.fixture
def mark(alice: TestClient, course: UUID) -> Callable[..., Any]:
    """mark("excuse", cells="…", reason="…") sends the form."""
    return lambda action, **form: alice.post(f"/courses/{course}/completion/marks", data={"action": action} | form)


@pytest.fixture
def second(run: Run, course: UUID) -> UUID:
    return run(create_lesson, None, course, LessonDraft("normal", "Second", ""))


@pytest.fixture
def states(run: Run, course: UUID) -> Callable[[], dict[str, list[str]]]:
    """By name, the state of each lesson."""
    return lambda: {
        row.student.name: [cell.state if cell.state != "done" else cell.rung for cell in row.cells.values()]
        for row in run(completion, course).rows
    }


def undo(alice: TestClient, page: str) -> str:
    """Press the toast's button; the page that comes."""
    form = re.search(r'action="([^"]+/undo)"><input type="hidden" name="at" value="([^"]+)"', page)
    answer = alice.post(form[1], data={"at": form[2], "back": "sort=name"})
    return alice.get(answer.headers["location"]).text


def actions_in_log(alice: TestClient, course: UUID) -> str:
    return re.sub(r"<[^>]+>", "", alice.get(f"/courses/{course}/log").text)


def test_cells_are_excused_and_not_excused_again(
    alice: TestClient, course: UUID, lesson: UUID, second: UUID, enrol: Run, report: Run, mark: Run, states: Run
) -> None:
    ada, bo, *_ = enrol("Ada", "Bo", "Cy")
    report(ada.id, "scan", "claim")
    answer = mark("excuse", cells=f"{ada.id}:{lesson},{second};{bo.id}:{lesson}", reason="ill <b>", back="sort=-name")
    assert answer.status_code == 303
    assert "sort=-name" in answer.headers["location"]
    page = alice.get(answer.headers["location"]).text
    assert "2 cells are excused. To 1 it does not apply." in page
    assert states() == {"Ada": ["claimed", "excused"], "Bo": ["excused", "not_begun"], "Cy": ["not_begun"] * 2}
    cell = alice.get(f"/courses/{course}/completion/{lesson}/{bo.id}").text
    assert "<q>ill &lt;b&gt;</q>" in cell
    assert "Alice excused Bo from “Breakfast 早餐”" in actions_in_log(alice, course)
    assert "2 cells are as they were before." in undo(alice, page)
    assert states()["Bo"] == ["not_begun", "not_begun"]
    assert "There was nothing left to undo." in undo(alice, page)
    assert "took the excuse of Bo from “Breakfast 早餐” back" in actions_in_log(alice, course)


def test_taking_an_excuse_back_can_be_undone(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, mark: Run, states: Run
) -> None:
    (ada,) = enrol("Ada")
    mark("excuse", cells=f"{ada.id}:{lesson}", cell_page="1")
    answer = mark("unexcuse", cells=f"{ada.id}:{lesson}")
    assert states() == {"Ada": ["not_begun"]}
    undo(alice, alice.get(answer.headers["location"]).text)
    assert states() == {"Ada": ["excused"]}


def test_rows_and_columns_are_what_is_looked_at(
    lesson: UUID, second: UUID, enrol: Run, report: Run, mark: Run, states: Run
) -> None:
    ada, bo, *_ = enrol("Ada", "Bo", "Cy")
    report(ada.id, "scan", "claim")
    report(bo.id, "scan")
    mark("excuse", row=[str(bo.id)], column=[str(second)], back="state=not_begun")
    assert states() == {"Ada": ["claimed", "excused"], "Bo": ["begun", "excused"], "Cy": ["not_begun", "excused"]}


def test_confirming_many_is_undone_to_what_was_before(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, mark: Run, states: Run
) -> None:
    ada, bo, cy, dee = enrol("Ada", "Bo", "Cy", "Dee")
    report(ada.id, "scan", "claim")
    report(bo.id, "scan", link={"url": NOTE, "note_id": "66aa"})
    report(cy.id, "scan", "claim")
    mark("refuse", cells=f"{cy.id}:{lesson}", reason="not yours")
    before = states()
    assert before == {"Ada": ["claimed"], "Bo": ["linked"], "Cy": ["stuck"], "Dee": ["not_begun"]}
    page = alice.get(mark("confirm", column=[str(lesson)]).headers["location"]).text
    assert "4 cells are confirmed." in page
    assert {each for (each,) in states().values()} == {"confirmed"}
    assert "4 cells are as they were before." in undo(alice, page)
    assert states() == before
    assert "not yours" in alice.get(f"/courses/{course}/completion/{lesson}/{cy.id}").text
    assert "took back what was decided on “Breakfast 早餐” of Dee" in actions_in_log(alice, course)
    assert dee.id


def test_refusing_many_is_undone_and_leaves_what_was_said_since(
    alice: TestClient, lesson: UUID, enrol: Run, report: Run, mark: Run, states: Run
) -> None:
    ada, bo, _cy = enrol("Ada", "Bo", "Cy")
    for student in (ada, bo):
        report(student.id, "scan", "claim")
    mark("confirm", cells=f"{ada.id}:{lesson}")
    page = alice.get(mark("refuse", column=[str(lesson)], reason="no link").headers["location"]).text
    assert "2 cells are not accepted. To 1 it does not apply." in page
    assert states() == {"Ada": ["stuck"], "Bo": ["stuck"], "Cy": ["not_begun"]}
    mark("confirm", cells=f"{bo.id}:{lesson}")
    assert "1 cell is as it was before." in undo(alice, page)
    assert states() == {"Ada": ["confirmed"], "Bo": ["confirmed"], "Cy": ["not_begun"]}


def test_what_cannot_be_done_changes_nothing_and_gives_the_form_back(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, mark: Run, states: Run
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "claim")
    mine = f"{ada.id}:{lesson}"
    for form, words in (
        ({"action": "refuse", "cells": mine, "reason": " "}, "Say why, so that the student knows what is missing."),
        ({"action": "refuse", "cells": mine, "reason": "x" * 501}, "Write at most 500 characters."),
        ({"action": "publish", "cells": mine}, "Choose what to do."),
        ({"action": "confirm"}, "Choose at least one cell."),
        ({"action": "confirm", "cells": f"{ada.id}:" + ",".join([str(lesson)] * (CELLS_MAX + 1))}, "Choose fewer."),
    ):
        answer = mark(**form)
        assert (answer.status_code, words in answer.text) == (422, True), form
        assert f'name="cells" value="{form.get("cells", "")}"' in answer.text
    for cells in (f"{uuid4()}:{lesson}", f"{ada.id}:{uuid4()}", "x", "x:y"):
        assert mark("confirm", cells=cells).status_code == 404
    assert alice.post(f"/courses/{course}/completion/undo", data={"at": "x"}).status_code == 303
    assert states() == {"Ada": ["claimed"]}


def test_one_cannot_undo_what_somebody_else_did(
    alice: TestClient, bob: TestClient, course: UUID, lesson: UUID, enrol: Run, mark: Run, states: Run
) -> None:
    (ada,) = enrol("Ada")
    location = mark("excuse", cells=f"{ada.id}:{lesson}").headers["location"]
    at = re.search(r"at=([^&]+)", location)[1]
    assert bob.post(f"/courses/{course}/completion/undo", data={"at": at}).status_code == 404
    assert states() == {"Ada": ["excused"]}
