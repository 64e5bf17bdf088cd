"""How a long run is drawn in parts: whole sheets, so that the parts follow one another in one file."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from print.placing import cells_of

T = TypeVar("T")

#: slips in a part, at least, where there are as many: about a second's work
SLIPS = 240


@dataclass(frozen=True)
class Part:
    """Slips from `start` up to, not with, `end`; `skip` are cells that stay free, counted from the part's first sheet."""

    start: int
    end: int
    skip: frozenset[int] = frozenset()


def parts_of(slips: int, per_page: int, skip: Collection[int] = (), size: int = SLIPS) -> list[Part]:
    """`per_page` cells on a sheet, of which those in `skip` are peeled off already, counted on from sheet to sheet."""
    parts, start, sheet = [], 0, 0
    while start < slips:
        end, first = start, sheet
        while end < min(start + size, slips):
            end += sum(cell not in skip for cell in range(sheet * per_page, (sheet + 1) * per_page))
            sheet += 1
        free = frozenset(cell - first * per_page for cell in skip if first * per_page <= cell < sheet * per_page)
        parts.append(Part(start, min(end, slips), free))
        start = parts[-1].end
    return parts


def repeated(items: Sequence[T], kind: str, copies: int) -> list[T]:
    """Slips in the order in which they are printed: many copies of one after another, to be cut up; else all, again and again."""
    return [item for item in items for _ in range(copies)] if kind == "copies" else list(items) * copies


def used_cells(slips: int, per_page: int, skip: Collection[int] = ()) -> frozenset[int]:
    """The cells of the last sheet that are used when the slips are printed; empty where it is used up."""
    cells = cells_of(slips, skip)
    sheet = cells[-1] // per_page if cells else 0
    used = {cell % per_page for cell in [*cells, *skip] if cell // per_page == sheet}
    return frozenset(used) if len(used) < per_page else frozenset()


def sheets_of(slips: int, per_page: int, skip: Collection[int] = ()) -> int:
    """Sheets of paper that something is printed on."""
    return len({cell // per_page for cell in cells_of(slips, skip)})
