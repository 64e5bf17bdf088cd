"""Sheet layouts as data: cells on paper, in millimetres from the page's top left."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, Self

from print.boxes import Face
from print.codes import QUIET
from print.designs import PARTS, faces
from print.stock import LABELS

SMALLEST_MODULE = 0.5  # mm: four dots of a 200 dpi printer (DENSO WAVE), above the 0.396 mm that GS1 asks for in retail
DOT = 25.4 / 300  # mm: a dot of a 300 dpi printer, two of a 600 dpi one
MARGIN = 10.0  # mm that plain paper keeps free on every side: nearer to the edge printers and readers are known to fail
A4, LETTER = (210.0, 297.0), (215.9, 279.4)
PER_INCH = 25.4


LARGEST_PAGE, SMALLEST_CELL, MOST_CELLS = 1300.0, 15.0, 50  # mm, mm, in a row or column
WRONG = {
    "page_width": "The page cannot be {value} mm wide; {least} to {most} mm are possible.",
    "page_height": "The page cannot be {value} mm high; {least} to {most} mm are possible.",
    "left": "A margin of {value} mm leaves the page.",
    "top": "A margin of {value} mm leaves the page.",
    "gap_x": "A gap of {value} mm lets the cells overlap or leave the page.",
    "gap_y": "A gap of {value} mm lets the cells overlap or leave the page.",
    "columns": "There cannot be {value} columns; {least} to {most} are possible.",
    "rows": "There cannot be {value} rows; {least} to {most} are possible.",
    "cell_width": "Cells of {value} mm are too narrow for a code, or no size at all; {least} mm is the least.",
    "cell_height": "Cells of {value} mm are too low for a code, or no size at all; {least} mm is the least.",
}


class SheetRefused(Exception):
    """A sheet that cannot be printed as asked; `reason` is a message with `{names}`, `values` fill them."""

    def __init__(self, reason: str, /, **values: object) -> None:
        super().__init__(reason.format(**values))
        self.reason, self.values = reason, values


class GridRefused(SheetRefused):
    """A grid that no paper can have; `problems` are all that is wrong with it, each for one field."""

    def __init__(self, problems: list["Problem"]) -> None:
        super().__init__(problems[0].reason, **problems[0].values)
        self.problems = problems


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field of a grid: a message with `{names}` and what fills them."""

    field: str
    reason: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return self.reason.format(**self.values)


@dataclass(frozen=True)
class Grid:
    """A page of `columns` × `rows` equal cells, `gap_x` and `gap_y` apart. Millimetres."""

    page_width: float
    page_height: float
    left: float
    top: float
    columns: int
    rows: int
    cell_width: float
    cell_height: float
    gap_x: float = 0.0
    gap_y: float = 0.0

    @classmethod
    def from_margins(
        cls,
        page: tuple[float, float],
        columns: int,
        rows: int,
        margins: tuple[float, float, float, float],
        gaps: tuple[float, float] = (0.0, 0.0),
        *,
        unit: str = "mm",
    ) -> Self:
        """Cells that fill the page between its margins (left, top, right, bottom); all lengths in `unit`, mm or in.

        GridRefused, with everything that is wrong.
        """
        by = {"mm": 1.0, "in": PER_INCH}[unit]
        (width, height), (left, top, right, bottom) = (at * by for at in page), (at * by for at in margins)
        gap_x, gap_y = (at * by for at in gaps)
        cell_width = (width - left - right - (columns - 1) * gap_x) / max(columns, 1)
        cell_height = (height - top - bottom - (rows - 1) * gap_y) / max(rows, 1)
        grid = cls(width, height, left, top, columns, rows, cell_width, cell_height, gap_x, gap_y)
        wrong = [
            Problem(field, "A margin of {value} mm leaves the page.", {"value": round(at, 1)})
            for field, at in (("right", right), ("bottom", bottom))
            if not 0 <= at <= LARGEST_PAGE
        ]
        if wrong := grid.problems() + wrong:
            raise GridRefused(wrong)
        return grid

    @classmethod
    def kept(cls, fields: Mapping[str, Any]) -> Self:
        """As it was kept, by the names of its fields."""
        return cls(**fields)

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    @cached_property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The top left of every cell on the page, row by row."""
        across, down = self.cell_width + self.gap_x, self.cell_height + self.gap_y
        return tuple(
            (self.left + column * across, self.top + row * down)
            for row, column in product(range(self.rows), range(self.columns))
        )

    def mirrored(self, cell: int) -> int:
        """The cell of the sheet's back that lies behind this one when the sheet is turned over its long side."""
        row, column = divmod(cell, self.columns)
        return row * self.columns + self.columns - 1 - column

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the grid; empty where it can be printed."""
        lengths = {
            "page_width": (self.page_width, 50.0, LARGEST_PAGE),
            "page_height": (self.page_height, 50.0, LARGEST_PAGE),
            "left": (self.left, 0.0, LARGEST_PAGE),
            "top": (self.top, 0.0, LARGEST_PAGE),
            "gap_x": (self.gap_x, 0.0, LARGEST_PAGE),
            "gap_y": (self.gap_y, 0.0, LARGEST_PAGE),
            "columns": (self.columns, 1, MOST_CELLS),
            "rows": (self.rows, 1, MOST_CELLS),
            "cell_width": (self.cell_width, SMALLEST_CELL, LARGEST_PAGE),
            "cell_height": (self.cell_height, SMALLEST_CELL, LARGEST_PAGE),
        }
        wrong = [
            Problem(field, WRONG[field], {"value": _shown(value), "least": _shown(least), "most": _shown(most)})
            for field, (value, least, most) in lengths.items()
            if not (math.isfinite(value) and least <= value <= most)
        ]
        if wrong:
            return wrong
        return [
            *self._leaving("cell_width", self.left, self.columns, self.cell_width, self.gap_x, self.page_width),
            *self._leaving("cell_height", self.top, self.rows, self.cell_height, self.gap_y, self.page_height),
        ]

    def _leaving(self, field: str, start: float, count: int, size: float, gap: float, page: float) -> list[Problem]:
        end = start + count * size + (count - 1) * gap
        if end <= page + 0.05:  # what rounding to tenths of a millimetre may add up to
            return []
        values = {"end": _shown(end), "page": _shown(page)}
        return [Problem(field, "The cells end at {end} mm, and the page at {page} mm.", values)]


def _shown(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else str(value)


@dataclass(frozen=True)
class Layout:
    """A grid and what is printed into its cells.

    `kind` is slips, poster, tent (folded across its middle, the upper half upside down) or postcard (two-sided).
    `stock` is the trade name of the label sheet, empty for plain paper; `inset` stays free inside each cell.
    """

    name: str
    grid: Grid
    kind: str = "slips"
    stock: str = ""
    inset: float = 0.0

    @property
    def per_page(self) -> int:
        return self.grid.per_page

    @property
    def page_width(self) -> float:
        return self.grid.page_width

    @property
    def page_height(self) -> float:
        return self.grid.page_height

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        return self.grid.corners

    @property
    def two_sided(self) -> bool:
        return self.kind == "postcard"

    @property
    def marks(self) -> str:
        """What is drawn around the cells unless asked otherwise."""
        return "none" if self.stock or self.per_page == 1 else "cut"

    def faces(self, parts: frozenset[str] = PARTS) -> tuple[Face, ...]:
        """Where the chosen parts of a slip stand in its cell."""
        return faces(self.kind, self.grid.cell_width, self.grid.cell_height, self.inset, parts)

    def module(self, size: int, parts: frozenset[str] = PARTS) -> float:
        """Millimetres per module of a code of `size` modules a side. SheetRefused below 0.5 mm.

        A multiple of 1/300 inch where that leaves 0.5 mm, so that at 300 and at 600 dpi each module is a square of whole
        device dots; what a printer's fit adds to that is out of our hands.
        """
        side = min(face.design.code.width for face in self.faces(parts) if face.design.code)
        module = side / (size + 2 * QUIET)
        if module < SMALLEST_MODULE:
            raise SheetRefused(
                "A code of {size} × {size} modules is too fine for the layout {layout}: a module would be {module} mm, "
                "and phones need {least} mm. Choose a layout with larger codes, or use a shorter address.",
                size=size,
                layout=self.stock or self.name,
                module=f"{math.floor(module * 100) / 100:.2f}",
                least=SMALLEST_MODULE,
            )
        whole = math.floor(module / DOT + 1e-6) * DOT
        return whole if whole >= SMALLEST_MODULE else module


def own(name: str, grid: Grid) -> Layout:
    """A layout of somebody's own label sheet. GridRefused, with everything that is wrong."""
    if wrong := grid.problems():
        raise GridRefused(wrong)
    return Layout(name, grid, stock=name)


# Columns × rows on A4 and Letter; cells fill what the margins leave.
PLAIN = {
    24: (3, 8), 1: (1, 1), 2: (1, 2), 4: (2, 2), 6: (2, 3), 8: (2, 4), 10: (2, 5), 12: (2, 6), 15: (3, 5), 18: (3, 6),
    21: (3, 7), 27: (3, 9), 30: (3, 10), 40: (4, 10), 65: (5, 13),
}  # fmt: skip


def _plain(paper: str, page: tuple[float, float], count: int) -> Layout:
    return Layout(f"{paper}-{count}", Grid.from_margins(page, *PLAIN[count], (MARGIN,) * 4))


def _special(paper: str, page: tuple[float, float], card: tuple[float, float]) -> list[Layout]:
    """Poster, table tent, business cards of the country's size, and postcards of a quarter of the page."""
    width, height = page
    whole = Grid.from_margins(page, 1, 1, (MARGIN,) * 4)
    aside, above = (width - 2 * card[0]) / 2, (height - 5 * card[1]) / 2
    return [
        Layout(f"{paper}-poster", whole, "poster"),
        Layout(f"{paper}-tent", whole, "tent"),
        Layout(f"{paper}-card", Grid(width, height, aside, above, 2, 5, *card)),
        Layout(f"{paper}-postcard", Grid(width, height, 0, 0, 2, 2, width / 2, height / 2), "postcard", inset=MARGIN),
    ]


def _stock(name: str) -> Layout:
    trade, paper, columns, rows, width, height, left, top, across, down = LABELS[name]
    gaps = round(across - width, 3), round(down - height, 3)
    page = {"A4": A4, "Letter": LETTER}[paper]
    return Layout(name, Grid(*page, left, top, columns, rows, width, height, *gaps), stock=trade)


LAYOUTS = {
    layout.name: layout
    for layout in (
        _plain("a4", A4, 24),  # the first is the one that is taken unless another is named
        *_special("a4", A4, (85.0, 55.0)),
        *(_plain("a4", A4, count) for count in PLAIN),
        *_special("letter", LETTER, (88.9, 50.8)),
        *(_plain("letter", LETTER, count) for count in PLAIN if count != 65),
        *map(_stock, LABELS),
    )
}
#: who looks for it is told why it is not there: its cells are 19.95 mm high, and the codes of our links need 20.8 mm
TOO_FINE = _plain("letter", LETTER, 65)
