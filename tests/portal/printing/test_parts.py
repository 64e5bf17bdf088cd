"""Parts of a run: every slip once, whole sheets, and the cells that are peeled off stay free."""

import pytest

from portal.printing.parts import Part, parts_of, repeated, sheets_of, used_cells
from print.layouts import LAYOUTS
from print.placing import pages_of


@pytest.mark.parametrize(("slips", "skip"), [(0, ()), (1, ()), (24, ()), (25, ()), (500, (0, 3, 25)), (60, range(24))])
def test_parts_place_the_slips_as_one_run_would(slips: int, skip: tuple[int, ...]) -> None:
    layout = LAYOUTS["a4-24"]
    parts = parts_of(slips, 24, skip, size=100)
    assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]
    assert sum(part.end - part.start for part in parts) == slips
    placed = [
        [(part.start + place.slip, place.cell) for place in page]
        for part in parts
        for page in pages_of(part.end - part.start, layout, skip=part.skip)
    ]
    whole = [[(place.slip, place.cell) for place in page] for page in pages_of(slips, layout, skip=frozenset(skip))]
    assert placed == whole
    assert sheets_of(slips, 24, skip) == len(whole)


def test_part_ends_with_a_sheet() -> None:
    assert parts_of(500, 24, (1,), size=240) == [Part(0, 263, frozenset({1})), Part(263, 500)]


@pytest.mark.parametrize(
    ("slips", "skip", "used"),
    [(3, (), {0, 1, 2}), (8, (), set()), (9, (), {0}), (2, (0, 5), {0, 1, 2, 5}), (6, (0, 5), set()), (7, (0, 5), {0})],
)
def test_used_cells_are_those_of_the_last_sheet(slips: int, skip: tuple[int, ...], used: set[int]) -> None:
    assert used_cells(slips, 8, skip) == used


def test_copies_lie_together_and_handouts_come_in_sets() -> None:
    assert repeated("ab", "copies", 3) == list("aaabbb")
    assert repeated("ab", "handout", 3) == list("ababab")
    assert repeated("ab", "personal", 1) == list("ab")
