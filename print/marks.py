"""Lines around the cells of a page, as PDF operators."""

from collections.abc import Iterable, Iterator

from print.fitting import MM
from print.layouts import MARGIN, Layout

Line = tuple[float, float, float, float]  # x1, y1, x2, y2 in mm
STYLES = {"cut": b"0.4 w 0.7 G [2 2] 0 d", "border": b"0.7 w 0.3 G [] 0 d", "outline": b"0.5 w 0 G [] 0 d"}


def marks(layout: Layout, kind: str, cells: Iterable[int]) -> Iterator[bytes]:
    """`cut` and `border` go around the cells that are printed, `outline` around all; a fold is always shown."""
    grid = layout.grid
    if kind in STYLES:
        here = range(grid.per_page) if kind == "outline" else cells
        yield _stroked(STYLES[kind], sorted({side for cell in here for side in _sides(layout, cell)}))
    if layout.kind == "tent":
        middle = grid.top + grid.cell_height / 2
        yield _stroked(STYLES["cut"], [(grid.left, middle, grid.left + grid.cell_width, middle)])


def _sides(layout: Layout, cell: int) -> Iterator[Line]:
    """The sides of a cell; neighbours have the same ones. Where cells reach the paper's edge, what lies near it is cut off."""
    grid = layout.grid
    left, top = grid.corners[cell]
    right, bottom = left + grid.cell_width, top + grid.cell_height
    across, down = [(left, y, right, y) for y in (top, bottom)], [(x, top, x, bottom) for x in (left, right)]
    for x1, y1, x2, y2 in across + down:
        if layout.inset:
            x1, x2 = max(x1, MARGIN), min(x2, grid.page_width - MARGIN)
            y1, y2 = max(y1, MARGIN), min(y2, grid.page_height - MARGIN)
        if x1 <= x2 and y1 <= y2:
            yield round(x1, 3), round(y1, 3), round(x2, 3), round(y2, 3)


def _stroked(style: bytes, lines: Iterable[Line]) -> bytes:
    path = b" ".join(b"%.3f %.3f m %.3f %.3f l" % tuple(at * MM for at in line) for line in lines)
    return b"q %s %s S Q" % (style, path)
