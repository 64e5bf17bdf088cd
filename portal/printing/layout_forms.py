"""Label sheets that somebody measured: from what is typed to a grid and back, with all that is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from courses.errors import Invalid, Message
from courses.printing.own_layouts import OwnLayoutInfo
from courses.tokens import CODE_BYTES, share_token
from portal.settings import Settings
from portal.sharing.addresses import address_of
from portal.web.typed import read_number
from portal.words.lengths import UNITS, read_length, show_length
from portal.workers.refusals import message_of
from print.codes import encode
from print.layouts import A4, LETTER, Grid, GridRefused, Layout, SheetRefused, own

PAPERS = {"a4": A4, "letter": LETTER}
PAGE, MARGINS, GAPS = ("page_width", "page_height"), ("left", "top", "right", "bottom"), ("gap_x", "gap_y")
COUNTS = ("columns", "rows")
FIELDS = ("name", "unit", "paper", *PAGE, *MARGINS, *GAPS, *COUNTS)
#: where a problem of a cell is said: beside what was typed
BESIDE = {"cell_width": "columns", "cell_height": "rows"}


@dataclass(frozen=True)
class Labels:
    """A grid that can be printed; `personal` says that also personal codes, which may be larger, are not too fine."""

    layout: Layout
    personal: bool

    @property
    def grid(self) -> Grid:
        return self.layout.grid


def read_labels(settings: Settings, typed: Mapping[str, str]) -> Labels:
    """What was typed, in millimetres. Raises Invalid with all that is wrong."""
    unit = typed["unit"] if typed["unit"] in UNITS else "mm"
    wrong: dict[str, Message] = {}
    width, height = PAPERS.get(typed["paper"]) or (_length(typed, name, unit, wrong, 100.0) for name in PAGE)
    left, top, right, bottom = (_length(typed, name, unit, wrong) for name in MARGINS)
    across, down = (_length(typed, name, unit, wrong) for name in GAPS)
    columns, rows = (_count(typed, name, wrong) for name in COUNTS)
    unread = bool(wrong)
    try:
        grid = Grid.from_margins((width, height), columns, rows, (left, top, right, bottom), (across, down))
    except GridRefused as error:
        for problem in error.problems:
            # The size of a cell says nothing where a length could not be read.
            if not (unread and problem.field in BESIDE):
                wrong.setdefault(_beside(problem.field), message_of(problem))
        raise Invalid(wrong) from error
    if wrong:
        raise Invalid(wrong)
    layout = own(" ".join(typed["name"].split()) or "…", grid)
    try:
        layout.module(_size(settings, None))
    except SheetRefused as error:
        raise Invalid({"columns": message_of(error)}) from error
    return Labels(layout, _personal(settings, layout))


def _length(typed: Mapping[str, str], name: str, unit: str, wrong: dict[str, Message], instead: float = 0.0) -> float:
    length = read_length(typed[name], unit)
    if length is None:
        wrong[name] = Message("Write a length, such as {example}.", example="12.5" if unit == "mm" else "1/2")
    return instead if length is None else length


def _count(typed: Mapping[str, str], name: str, wrong: dict[str, Message]) -> int:
    number = read_number(typed[name].strip())
    if number is None:
        wrong[name] = Message("Write a whole number.")
    return 1 if number is None else number


def _beside(field: str) -> str:
    return BESIDE.get(field, field)


def _personal(settings: Settings, layout: Layout) -> bool:
    try:
        layout.module(_size(settings, 0))
    except SheetRefused:
        return False
    return True


def _size(settings: Settings, seat: int | None) -> int:
    """Modules a side of a code of this portal, of the class or a student's: all are as long."""
    return encode(address_of(settings, share_token(settings.keyring, bytes(CODE_BYTES), seat)), "Q").size


def typed_of(layout: OwnLayoutInfo) -> dict[str, str]:
    """What would have been typed for a layout, in its unit."""
    grid = Grid.kept(layout.grid)
    paper = next((name for name, page in PAPERS.items() if page == (grid.page_width, grid.page_height)), "own")
    right = grid.page_width - grid.left - grid.columns * grid.cell_width - (grid.columns - 1) * grid.gap_x
    bottom = grid.page_height - grid.top - grid.rows * grid.cell_height - (grid.rows - 1) * grid.gap_y
    lengths = {
        "page_width": grid.page_width, "page_height": grid.page_height, "left": grid.left, "top": grid.top,
        "right": right, "bottom": bottom, "gap_x": grid.gap_x, "gap_y": grid.gap_y,
    }  # fmt: skip
    shown = {name: show_length(length, layout.unit) for name, length in lengths.items()}
    counts = {"columns": str(grid.columns), "rows": str(grid.rows)}
    return {"name": layout.name, "unit": layout.unit, "paper": paper} | shown | counts


def first_typed() -> dict[str, str]:
    """What a new layout begins with: three by eight on A4."""
    return {
        "name": "", "unit": "mm", "paper": "a4", "page_width": "210", "page_height": "297", "left": "7", "top": "15",
        "right": "7", "bottom": "15", "gap_x": "2.5", "gap_y": "0", "columns": "3", "rows": "8",
    }  # fmt: skip
