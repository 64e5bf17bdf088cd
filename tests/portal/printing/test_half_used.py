"""Half-used label sheets: each is remembered by itself until it is used up."""

from dataclasses import dataclass
from typing import Any

from courses.printing.values import PrintOptions
from portal.printing.half_used import MOST, half_used


@dataclass
class Run:
    """As much of a run as its sheet needs."""

    name: str
    slips: int
    options: PrintOptions


def run(name: str, slips: int, *skip: int) -> Any:
    return Run(name, slips, PrintOptions(per_page=8, skip=skip))


def left(*runs: Any) -> list[tuple[str, int]]:
    return [(sheet.run.name, sheet.left) for sheet in half_used(runs)]


def test_two_sheets_of_one_kind_are_two() -> None:
    assert left(run("P1", 3), run("P2", 5)) == [("P2", 3), ("P1", 5)]


def test_sheet_that_was_gone_on_with_is_one() -> None:
    assert left(run("P1", 3), run("P2", 5), run("P3", 2, 0, 1, 2)) == [("P3", 3), ("P2", 3)]
    assert left(run("P1", 3), run("P2", 5, 0, 1, 2)) == []


def test_labels_peeled_off_by_hand_are_of_the_newest_sheet_that_fits() -> None:
    assert left(run("P1", 3), run("P2", 2, 0, 1, 2, 7)) == [("P2", 2)]
    assert left(run("P1", 3), run("P2", 2, 7)) == [("P2", 5), ("P1", 5)]


def test_full_sheets_are_none_and_old_ones_are_forgotten() -> None:
    assert left(run("P1", 8), run("P2", 16)) == []
    assert len(left(*(run(f"P{n}", 1) for n in range(20)))) == MOST
