"""Sheet layouts: measures in millimetres from the top left of the page or of the cell, type sizes in points."""

from dataclasses import dataclass
from itertools import product

from print.codes import QUIET

SMALLEST_MODULE = 0.5  # mm: four dots of a 200 dpi printer (DENSO WAVE), above the 0.396 mm that GS1 asks for in retail


class SheetRefused(Exception):
    """A sheet that cannot be printed as asked; `reason` is a message with `{names}`, `values` fill them."""

    def __init__(self, reason: str, /, **values: object) -> None:
        super().__init__(reason.format(**values))
        self.reason, self.values = reason, values


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """A page of `columns` × `rows` equal cells, and the boxes inside each cell.

    `code` is square and holds the quiet zone too. `text` has the title at its top, then course and student; where
    `address` is no box of its own, the address is in `text` too. `steps` are boxes side by side.
    `gap` parts the title from what stands below it.
    """

    name: str
    template: str
    page_width: float
    page_height: float
    left: float
    top: float
    columns: int
    rows: int
    cell_width: float
    cell_height: float
    code: Box
    text: Box
    spoken: Box
    title_sizes: tuple[float, ...]
    student_size: float
    small_size: float
    spoken_sizes: tuple[float, ...]
    address_sizes: tuple[float, ...]
    address: Box | None = None
    steps: tuple[Box, ...] = ()
    step_sizes: tuple[float, ...] = ()
    gap: float = 1.0
    centred: bool = False
    cut_lines: bool = False

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The top left of every cell on the page, row by row."""
        return tuple(
            (self.left + column * self.cell_width, self.top + row * self.cell_height)
            for row, column in product(range(self.rows), range(self.columns))
        )

    def module(self, size: int) -> float:
        """Millimetres per module of a code of `size` modules a side. SheetRefused below 0.5 mm."""
        module = self.code.width / (size + 2 * QUIET)
        if module < SMALLEST_MODULE:
            raise SheetRefused(
                "A code of {size} × {size} modules is too fine for the layout {layout}: a module would be {module} mm, "
                "and phones need {least} mm. Choose a layout with larger codes, or use a shorter address.",
                size=size,
                layout=self.name,
                module=f"{module:.2f}",
                least=SMALLEST_MODULE,
            )
        return module


LAYOUTS = {
    layout.name: layout
    for layout in (
        # For plain paper, cut along the lines. Not 70 × 37 mm, the grid of label stock: there the outer codes would
        # stand nearer than 10 mm to the paper's edge, where printers and readers are known to fail.
        Layout(
            name="a4-24",
            template="slips.html",
            page_width=210,
            page_height=297,
            left=9,
            top=10.5,
            columns=3,
            rows=8,
            cell_width=64,
            cell_height=34.5,
            code=Box(1, 1, 28, 28),
            text=Box(30, 3.2, 31.5, 29.4),
            spoken=Box(1, 29, 28, 4.4),
            title_sizes=(10.5, 9.5, 8.5, 7.5),
            student_size=8.5,
            small_size=6.8,
            spoken_sizes=(9.5, 7),
            address_sizes=(6.8,),
            cut_lines=True,
        ),
        Layout(
            name="a4-poster",
            template="poster.html",
            page_width=210,
            page_height=297,
            left=0,
            top=0,
            columns=1,
            rows=1,
            cell_width=210,
            cell_height=297,
            code=Box(43, 74, 124, 124),
            text=Box(20, 16, 170, 54),
            spoken=Box(20, 198, 170, 17.5),
            title_sizes=(40, 34, 28, 24, 20, 16),
            student_size=15,
            small_size=13,
            spoken_sizes=(38, 26, 16),
            address=Box(20, 216, 170, 9),
            address_sizes=(17, 14, 11, 9),
            steps=(Box(20, 249, 50, 34), Box(80, 249, 50, 34), Box(140, 249, 50, 34)),
            step_sizes=(14, 12, 10.5, 9),
            gap=3,
            centred=True,
        ),
    )
}
