"""Where each slip stands: the cells of the pages, and the codes on whole dots of the printer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from print.boxes import Box, Face
from print.codes import QUIET, Code
from print.designs import PARTS
from print.layouts import DOT, Layout


@dataclass(frozen=True)
class Place:
    """A face of a slip on a page; `slip` is its index, `cell` that of the cell, `x` and `y` the face's top left in mm."""

    slip: int
    cell: int
    face: int
    x: float
    y: float


def pages_of(
    count: int, layout: Layout, parts: frozenset[str] = PARTS, skip: frozenset[int] = frozenset()
) -> list[list[Place]]:
    """The places of `count` slips, page by page; a two-sided sheet is a page of fronts and then one of backs.

    `skip` are cells that stay free, counted on from sheet to sheet; a sheet of which nothing is left is no page.
    """
    sheets: dict[int, list[tuple[int, int]]] = {}
    for slip, cell in enumerate(cells_of(count, skip)):
        sheets.setdefault(cell // layout.per_page, []).append((slip, cell % layout.per_page))
    faces = layout.faces(parts)
    pages = []
    for sheet in sheets.values():
        pages.append(_page(sheet, layout, faces, back=False))
        if layout.two_sided:
            pages.append(_page(sheet, layout, faces, back=True))
    return pages


def cells_of(count: int, skip: Collection[int] = ()) -> list[int]:
    """The cells that `count` slips stand in, counted on from sheet to sheet; those in `skip` stay free."""
    return [cell for cell in range(count + len(skip)) if cell not in skip][:count]


def _page(sheet: Sequence[tuple[int, int]], layout: Layout, faces: Sequence[Face], back: bool) -> list[Place]:
    here = [(number, face) for number, face in enumerate(faces) if face.back == back]
    places = []
    for slip, cell in sheet:
        at = layout.grid.mirrored(cell) if back else cell
        left, top = layout.corners[at]
        places += [Place(slip, at, number, left + face.x, top + face.y) for number, face in here]
    return places


@dataclass(frozen=True)
class Printed:
    """A code on a page: the top left of its ink and the module in mm; `turned` is upside down."""

    code: Code
    x: float
    y: float
    module: float
    turned: bool = False

    @property
    def box(self) -> Box:
        """Quiet zone included."""
        quiet = QUIET * self.module
        side = (self.code.size + 2 * QUIET) * self.module
        return Box(self.x - quiet, self.y - quiet, side, side)


def printed(place: Place, code: Code, layout: Layout, parts: frozenset[str] = PARTS) -> Printed | None:
    """The slip's code on the page, None where the face shows none. In the middle of its box, moved to a whole dot."""
    face = layout.faces(parts)[place.face]
    design, box = face.design, face.design.code
    if not box:
        return None
    module = layout.module(code.size, parts)
    free = (box.width - code.size * module) / 2
    x, y = box.x + free, box.y + free
    if face.turned:
        x, y = design.width - x - code.size * module, design.height - y - code.size * module
    return Printed(code, _on_dot(place.x + x), _on_dot(place.y + y), module, face.turned)


def _on_dot(at: float) -> float:
    return round(at / DOT) * DOT
