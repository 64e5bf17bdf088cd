"""What stands on a paper list beside its words: lines, and boxes to tick, as PDF operators.

WeasyPrint needs a millisecond for each box of a table; these cost next to nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from print.fitting import MM

#: millimetres: a row's height, the side of a box
ROW, SIDE = 7.0, 4.2
#: a tick and a dash within a box, in shares of its side
TICK, DASH = ((0.18, 0.52), (0.42, 0.8), (0.95, 0.05)), ((0.25, 0.5), (0.75, 0.5))
Point = tuple[float, float]


@dataclass(frozen=True)
class Columns:
    """Where the boxes of a page stand, in millimetres: columns of `width` from `x`, rows below `y`.

    Lines between rows go from `left` to `right`: where columns are few, there is room for remarks.
    """

    left: float
    right: float
    x: float
    y: float
    width: float


def ink(at: Columns, rows: Sequence[Sequence[str]]) -> bytes:
    """The lines, and in each row for each column a box: "open", "done" with a tick, or only a dash for "excused"."""
    bottom = at.y + len(rows) * ROW
    across = [((at.left, at.y + place * ROW), (at.right, at.y + place * ROW)) for place in range(len(rows) + 1)]
    down = [((at.x + place * at.width, at.y), (at.x + place * at.width, bottom)) for place in range(len(rows[0]) + 1)]
    boxes = [
        (kind, at.x + (column + 0.5) * at.width - SIDE / 2, at.y + (row + 0.5) * ROW - SIDE / 2)
        for row, line in enumerate(rows)
        for column, kind in enumerate(line)
    ]
    return b" ".join([
        b"q 1 J 1 j", b"0.8 G 0.5 w", *_lines(down), b"S", b"0.75 G", *_lines(across), b"S",
        b"0.4 G 0.7 w", *_lines(across[5:-1:5]), b"S", b"0 G 1 w", *_lines([across[0]]), b"S",
        b"0.25 G 0.8 w", *(b"%.2f %.2f %.2f %.2f re" % (x * MM, y * MM, SIDE * MM, SIDE * MM)
                           for kind, x, y in boxes if kind != "excused"), b"S",
        b"0 G 1.3 w", *_lines(_within(TICK, x, y) for kind, x, y in boxes if kind == "done"), b"S",
        b"0.4 G 1 w", *_lines(_within(DASH, x, y) for kind, x, y in boxes if kind == "excused"), b"S Q",
    ])  # fmt: skip


def _within(shape: Sequence[Point], x: float, y: float) -> list[Point]:
    return [(x + SIDE * right, y + SIDE * down) for right, down in shape]


def _lines(lines: Iterable[Sequence[Point]]) -> Iterator[bytes]:
    for line in lines:
        for place, (x, y) in enumerate(line):
            yield b"%.2f %.2f %s" % (x * MM, y * MM, b"l" if place else b"m")
