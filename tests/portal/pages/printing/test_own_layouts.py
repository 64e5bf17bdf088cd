"""Layouts of one's own: typed in mm or inches, drawn, refused with all that is wrong, printed on."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.errors import Invalid
from courses.printing.own_layouts import own_layouts
from portal.printing.layout_forms import read_labels, typed_of
from portal.settings import Settings
from print.layouts import LAYOUTS, Grid

MM = {"name": "Shop 文具店", "unit": "mm", "paper": "a4", "page_width": "", "page_height": "", "left": "7,25", "top": "15.1",
      "right": "7.25", "bottom": "15.1", "gap_x": "2.5 mm", "gap_y": "0", "columns": "3", "rows": "7"}  # fmt: skip
#: Avery's 5160: 1 × 2 5/8 inches, three across and ten down
INCHES = MM | {"unit": "in", "paper": "letter", "left": "3/16", "right": "3/16", "top": "1/2", "bottom": "0.5", "gap_x": "1/8",
               "rows": "10", "name": "Inches"}  # fmt: skip


@pytest.mark.parametrize(("typed", "stock"), [(MM, "l7160"), (INCHES, "5160")])
def test_typed_label_sheet_is_the_makers_own(
    alice: TestClient, course: UUID, run: Any, typed: dict[str, str], stock: str
) -> None:
    answer = alice.post(f"/courses/{course}/layouts", data=typed)
    assert answer.headers["location"] == f"/courses/{course}/layouts?done=created"
    (layout,) = run(own_layouts, course)
    made, meant = Grid(**layout.grid), next(each.grid for name, each in LAYOUTS.items() if name.endswith(stock))
    assert made.corners[0] == pytest.approx(meant.corners[0], abs=0.15)
    assert made.corners[-1] == pytest.approx(meant.corners[-1], abs=0.15)
    assert (made.cell_width, made.cell_height) == pytest.approx((meant.cell_width, meant.cell_height), abs=0.15)
    back = typed_of(layout)
    assert (back["unit"], back["paper"], back["columns"], back["rows"]) == tuple(
        typed[name] for name in ("unit", "paper", "columns", "rows")
    )
    page = alice.get(f"/courses/{course}/layouts/{layout.id}").text
    assert f'value="{back["left"]}"' in page
    assert alice.post(f"/courses/{course}/layouts/{layout.id}", data=back | {"name": "Other"}).status_code == 303
    (again,) = run(own_layouts, course)
    assert again.name == "Other"
    assert list(again.grid.values()) == pytest.approx(list(layout.grid.values()), abs=0.01)


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"left": "x", "gap_y": "", "columns": "3.5", "name": ""},
      ["Write a length, such as 12.5."] * 2 + ["Write a whole number.", "Give the layout a name"]),
     ({"gap_x": "-1", "right": "-2", "columns": "0"},
      ["A gap of -1 mm lets the cells overlap", "A margin of -2.0 mm leaves the page.", "There cannot be 0 columns"]),
     ({"left": "150", "right": "150"}, ["too narrow for a code, or no size at all"]),
     ({"columns": "60", "rows": "60"}, ["There cannot be 60 columns", "There cannot be 60 rows"]),
     ({"columns": "10", "rows": "14"}, ["A code of", "phones need 0.5 mm"]),
     ({"columns": "14"}, ["Cells of 11.64 mm are too narrow"]),
     ({"paper": "own", "page_width": "5", "page_height": "9999"},
      ["The page cannot be 5 mm wide", "The page cannot be 9999 mm high"]),
     ({"paper": "own"}, ["Write a length, such as 12.5."] * 2)],
)  # fmt: skip
def test_all_that_is_wrong_is_said_beside_what_was_typed(
    alice: TestClient, course: UUID, run: Any, typed: dict[str, str], words: list[str]
) -> None:
    answer = alice.post(f"/courses/{course}/layouts", data=MM | typed)
    assert answer.status_code == 422
    for word in set(words):
        assert answer.text.count(word) == words.count(word), word
    for name, value in (MM | typed).items():
        if name not in ("unit", "paper"):
            assert f'name="{name}" ' in answer.text
            assert f'value="{value}"' in answer.text, name
    assert run(own_layouts, course) == []


def test_drawing_follows_what_is_typed_and_keeps_nothing(alice: TestClient, course: UUID, run: Any) -> None:
    drawn = alice.post(f"/courses/{course}/layouts/drawing", data=MM | {"name": "", "rows": "6"})
    assert drawn.status_code == 200
    assert drawn.text.count('class="cell"') == 18
    assert "63.5 × 44.47 mm" in drawn.text
    assert "Give the layout a name" not in drawn.text
    broken = alice.post(f"/courses/{course}/layouts/drawing", data=MM | {"rows": "six"})
    assert broken.status_code == 200
    assert "Write a whole number." in broken.text
    assert 'class="cell"' not in broken.text
    inches = alice.post(f"/courses/{course}/layouts/drawing", data=INCHES).text
    assert "2.625 × 1 in" in inches
    assert run(own_layouts, course) == []


def test_layouts_are_listed_and_deleted(alice: TestClient, course: UUID, run: Any) -> None:
    assert "No layouts of your own yet" in alice.get(f"/courses/{course}/layouts").text
    alice.post(f"/courses/{course}/layouts", data=MM)
    twice = alice.post(f"/courses/{course}/layouts", data=MM | {"name": "SHOP 文具店"})
    assert "This course has a layout of this name already." in twice.text
    (layout,) = run(own_layouts, course)
    page = alice.get(f"/courses/{course}/layouts").text
    assert "Shop 文具店" in page
    assert page.count('class="cell"') == 21
    alice.post(f"/courses/{course}/layouts/{layout.id}/removal", data={"x": ""})
    assert run(own_layouts, course) == []


def test_cells_may_hold_the_class_code_and_be_too_small_for_personal_ones(settings: Settings) -> None:
    """Three characters more make the next version of some addresses, whose modules take half a millimetre each."""
    found: list[bool | str] = []
    for host in range(4, 40):
        here = replace(settings, public_url=f"https://{'h' * host}.cn")
        for margin in range(385, 400, 2):
            sides = dict.fromkeys(("left", "right", "top", "bottom"), str(margin / 10))
            one = {"paper": "own", "page_width": "100", "page_height": "100", "columns": "1", "rows": "1"}
            try:
                found.append(read_labels(here, MM | one | sides).personal)
            except Invalid as error:
                found.append("phones need 0.5 mm" in str(error.fields["columns"]) and "refused")
    assert set(found) == {True, False, "refused"}
