"""What stands where on a slip: boxes computed from the cell's size and the chosen parts.

Millimetres from the slip's top left, type sizes in points. The code comes first: it gets what a phone needs, and the texts
share the rest. A part that finds no room is named in `missing`.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from print.boxes import SMALLEST_TEXT, Box, Design, Face, Sizes, Text
from print.fitting import LEADING, MM

PARTS = frozenset(
    {"title", "course", "student", "spoken", "address", "steps", "logo", "cover", "serial"}
)  # all optional; the code is always there
SPOKEN = ("spoken",)


@lru_cache(maxsize=512)
def faces(kind: str, width: float, height: float, inset: float, parts: frozenset[str]) -> tuple[Face, ...]:
    """The faces of a cell of this size, in the order they are read."""
    inner = width - 2 * inset, height - 2 * inset
    if kind == "tent":
        half = slip(inner[0], inner[1] / 2 - 4, parts)  # 4 mm on each side of the fold stay free
        return Face(half, inset, height - inset - half.height), Face(half, inset, inset, turned=True)
    if kind == "postcard":
        front, back = postcard(*inner, parts)
        return Face(front, inset, inset), Face(back, inset, inset, back=True)
    if kind == "poster" or (height >= 200 and height > width):
        return (Face(poster(*inner, parts), inset, inset),)
    return (Face(slip(*inner, parts), inset, inset),)


def slip(width: float, height: float, parts: frozenset[str]) -> Design:
    """A slip to cut out or to peel off: the code at the left of wide cells, at the top of others."""
    return _beside(width, height, parts) if width >= 1.1 * height else _below(width, height, parts)


def _beside(width: float, height: float, parts: frozenset[str]) -> Design:
    sizes = Sizes.of(width, height)
    edge = 1.0 if height >= 24 else 0.15  # in flat cells the quiet zone is the margin
    line = sizes.spoken * 1.06 * LEADING / MM
    under = "spoken" in parts and height >= 29
    side = min(height - 2 * edge - line * under, max(width * (0.52 if width < 75 else 0.46), min(21.2, width)))
    top = (height - side - line * under) / 2
    code = Box(edge, top, side, side)
    beside = edge + side + 0.8
    pad = max(1.4, min(0.09 * height, 6.0))
    column = Box(beside, pad, width - beside - max(1.4, pad * 0.5), height - 2 * pad)
    if column.width < 17 or height < 24:
        return _tiny(width, height, code, column, parts)
    spoken = Text(Box(edge, top + side, side, line), sizes.falling_spoken(side)) if under else None
    return _stacked(Design(width, height, column, (), (), *sizes.of_texts(), code=code, spoken=spoken), parts, sizes)


def _tiny(width: float, height: float, code: Box, column: Box, parts: frozenset[str]) -> Design:
    """A label that holds the code and, where there is room, the spoken code beside it."""
    sizes = Sizes.of(width, height)
    size = min(sizes.spoken * 1.3, column.width * MM / 5.4)  # eight characters of 0.6 em, and some air
    line = size * LEADING / MM
    fits = "spoken" in parts and size >= SMALLEST_TEXT
    spoken = Text(Box(column.x, (height - line) / 2, column.width, line), (size, size * 0.85)) if fits else None
    missing = tuple(sorted(parts - (frozenset(SPOKEN) if fits else frozenset())))
    return Design(width, height, column, (), (), *sizes.of_texts(), code=code, spoken=spoken, missing=missing)


def _below(width: float, height: float, parts: frozenset[str]) -> Design:
    sizes = Sizes.of(width, height)
    edge, pad = 1.0, max(1.4, min(0.05 * width, 6.0))
    cover = Box(pad, pad, width - 2 * pad, height * 0.26) if "cover" in parts and height >= 90 else None
    above = cover.y + cover.height + 1 if cover else edge
    line = sizes.spoken * 1.06 * LEADING / MM * ("spoken" in parts)
    side = min(width - 2 * edge, max(height * (0.38 if cover else 0.5), 23.0), height - above - line - edge)
    if height - side < 8:  # a small square
        side = min(width, height) - 0.3
        return _tiny(width, height, Box((width - side) / 2, (height - side) / 2, side, side), Box(0, 0, 0, 0), parts)
    code = Box((width - side) / 2, above, side, side)
    spoken = Text(Box(pad, above + side, width - 2 * pad, line), sizes.falling_spoken(side)) if line else None
    start = above + side + line + sizes.small * 0.1
    column = Box(pad, start, width - 2 * pad, height - start - max(1.2, pad * 0.6))
    shape = Design(
        width, height, column, (), (), *sizes.of_texts(), code=code, spoken=spoken, cover=cover, centred=True
    )
    design = _stacked(shape, parts, sizes)
    if cover and "student" in design.missing:  # a name is worth more than a picture
        design = _below(width, height, parts - {"cover"})
        return replace(design, missing=tuple(sorted({*design.missing, "cover"})))
    return design


@dataclass
class _Free:
    """What is left of a column while parts take their room from its top and its foot. Millimetres.

    `height` is what nobody has taken; it is less than the distance of the two where the title has its lines in between.
    """

    x: float
    width: float
    top: float
    foot: float
    height: float

    def take_top(self, height: float) -> None:
        self.top += height
        self.height -= height

    def take_foot(self, height: float) -> None:
        self.foot -= height
        self.height -= height


def _stacked(shape: Design, parts: frozenset[str], sizes: Sizes) -> Design:
    """The texts in the column: title, then logo, cover and steps while there is room, the rest at its foot."""
    column = shape.column
    line = shape.title_sizes[-1] * LEADING / MM
    titled = "title" in parts and line <= column.height - shape.gap
    free = _Free(column.x, column.width, column.y, column.y + column.height, column.height - shape.gap)
    free.height -= 2 * line * titled
    foot = _foot(free, shape, parts, sizes, line * titled)
    steps = _steps(free, sizes) if "steps" in parts else ()
    logo = _logo(free, shape.centred) if "logo" in parts else None
    cover = _cover(free) if "cover" in parts and not shape.cover else shape.cover
    placed = {"title": titled, "spoken": shape.spoken, "steps": steps, "logo": logo, "cover": cover}
    there = {*foot, *(part for part, at in placed.items() if at)}
    return replace(
        shape,
        column=replace(column, y=free.top, height=column.y + column.height - free.top),
        head=("title",) if titled else (),
        foot=tuple(part for part in ORDER if part in foot),
        steps=steps,
        logo=logo,
        cover=cover,
        missing=tuple(sorted(parts - there)),
    )


ORDER = ("student", "course", "spoken", "address", "serial")  # at the foot of a column, from its top


def _foot(free: _Free, shape: Design, parts: frozenset[str], sizes: Sizes, second_line: float) -> set[str]:
    """The parts that find room at the column's foot, the most needed first; `second_line` is what the title can spare."""
    kept: set[str] = set()
    for part in ("student", "spoken", "address", "serial", "course"):
        if part not in parts or (part == "spoken" and shape.spoken):
            continue
        # A narrow column may need two lines for the student and for the address.
        needed = sizes.height(part) * (2 if part in ("student", "address") and shape.narrow else 1)
        # The student's name comes before the title's second line.
        if needed <= free.height + (second_line if part == "student" else 0.0):
            kept.add(part)
            free.take_foot(needed)
    return kept


def _steps(free: _Free, sizes: Sizes) -> tuple[Text, ...]:
    """Three boxes one below the other above the foot, where there is room for all."""
    lines = 2 if free.width < sizes.small * 9 else 1
    wanted, most = 3 * lines * sizes.height("steps") + 3.0, free.height * 0.8
    if wanted > most or free.width < 38:
        return ()
    pitch = min(most, wanted * 1.3) / 3
    free.take_foot(3 * pitch)
    falling = tuple(max(SMALLEST_TEXT, round(sizes.small * by, 2)) for by in (1.15, 1, 0.85))
    return tuple(Text(Box(free.x, free.foot + n * pitch, free.width, pitch - 1.0), falling) for n in range(3))


def _logo(free: _Free, centred: bool) -> Box | None:
    """At the column's top, where it is not too small to be known."""
    height = min(0.3 * free.height, 16.0)
    if height < 5:
        return None
    width = min(free.width, 4 * height)
    logo = Box(free.x + ((free.width - width) / 2 if centred else 0.0), free.top, width, height)
    free.take_top(height + 1.5)
    return logo


def _cover(free: _Free) -> Box | None:
    """Below the logo, as wide as the column."""
    height = min(0.7 * free.height, free.width * 0.75)
    if height < 12:
        return None
    cover = Box(free.x, free.top, free.width, height)
    free.take_top(height + 1.5)
    return cover


def poster(width: float, height: float, parts: frozenset[str]) -> Design:
    """One code as large as the page allows, to be read from a distance; the title above, the three steps below."""
    by = min(width / 190, height / 277)
    edge = 10 * by
    across = width - 2 * edge
    steps = 0.2 * height if "steps" in parts else 0.0
    address = 9.5 * by if "address" in parts else 0.0
    spoken = 18 * by if "spoken" in parts else 0.0
    logo = Box((width - 60 * by) / 2, 0, 60 * by, 16 * by) if "logo" in parts else None
    start = 18 * by if logo else 0.0
    cover = Box(edge, start, across, 62 * by) if "cover" in parts else None
    start += 65 * by if cover else 0.0
    rest = height - start - steps - address - spoken
    side = min(width * 0.66, rest * 0.7, rest - 36 * by)
    column = Box(edge, start + 2 * by, across, rest - side - 6 * by)
    code = Box((width - side) / 2, start + rest - side, side, side)
    below = code.y + side
    serial = "serial" in parts
    return Design(
        width,
        height,
        column,
        head=tuple(part for part in ("title", "student", "course") if part in parts) + (("serial",) if serial else ()),
        foot=(),
        title_sizes=tuple(round(size * by, 2) for size in (40, 34, 28, 24, 20, 16)),
        student_size=15 * by,
        small_size=13 * by,
        spoken_size=38 * by,
        code=code,
        spoken=Text(Box(edge, below, across, spoken), tuple(round(n * by, 2) for n in (38, 26, 16)))
        if spoken
        else None,
        address=Text(Box(edge, below + spoken, across, address), tuple(round(n * by, 2) for n in (17, 14, 11, 9)))
        if address
        else None,
        steps=tuple(
            Text(
                Box(edge + n * across * 6 / 17, height - 0.138 * height, across * 5 / 17, 0.123 * height),
                tuple(round(n * by, 2) for n in (14, 12, 10.5, 9)),
            )
            for n in range(3)
        )
        if steps
        else (),
        side_by_side=True,
        rule=height - steps + 4 * by if steps else None,
        logo=logo,
        cover=cover,
        centred=True,
        middle=True,
    )


def postcard(width: float, height: float, parts: frozenset[str]) -> tuple[Design, Design]:
    """A front with cover and title, and a back with the code and what a student needs."""
    sizes = Sizes.of(width, height)
    cover = Box(0, 0, width, height * 0.62) if "cover" in parts else None
    logo = Box((width - 44) / 2, height - 14, 44, 12) if "logo" in parts else None
    start = cover.height + 3 if cover else 0.0
    column = Box(2, start, width - 4, height - start - (16 if logo else 0))
    front = Design(
        width,
        height,
        column,
        head=tuple(part for part in ("title", "course") if part in parts),
        foot=(),
        title_sizes=tuple(round(sizes.title * by, 2) for by in (1.3, 1.15, 1, 0.9, 0.8, 0.72)),
        student_size=sizes.student,
        small_size=sizes.small,
        spoken_size=sizes.spoken,
        logo=logo,
        cover=cover,
        centred=True,
        middle=True,
    )
    back = _below(width, height, parts - {"cover", "logo", "course"})
    return front, back
