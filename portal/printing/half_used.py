"""Label sheets of which some labels are left, worked out of the runs that were printed on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from courses.printing.runs import runs_on_sheet
from courses.printing.values import PrintRunInfo
from portal.printing.parts import used_cells
from print.layouts import Layout

#: sheets that are remembered at once, the newest
MOST = 6


@dataclass(frozen=True)
class HalfUsed:
    """A sheet: the last run that was printed on it, the cells that are used, and how many are left."""

    run: PrintRunInfo
    used: frozenset[int]
    left: int


async def half_used_sheets(course_id: UUID, layout: Layout) -> list[HalfUsed]:
    """A course's sheets of these labels, the newest first; plain paper has no half."""
    return half_used(await runs_on_sheet(course_id, layout.name)) if layout.stock else []


def half_used(runs: Iterable[PrintRunInfo]) -> list[HalfUsed]:
    """What runs on one kind of sheet, the oldest first, left half used; the newest first.

    A run that left cells free was printed on the newest sheet that fits: all that were used are among those cells.
    """
    sheets: list[HalfUsed] = []
    for run in runs:
        free = frozenset(run.options.skip)
        went_on = next((sheet for sheet in reversed(sheets) if free and sheet.used <= free), None)
        if went_on:
            sheets.remove(went_on)
        used = used_cells(run.slips, run.options.per_page, run.options.skip)
        if used:
            sheets.append(HalfUsed(run, used, run.options.per_page - len(used)))
    return sheets[: -MOST - 1 : -1]
