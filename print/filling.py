"""The texts of a slip, fitted into the boxes of a design."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from print.boxes import Design, Text
from print.fitting import BREAKS, BREAKS_OF_ADDRESSES, MM, Fitted, fit, line_height, plain
from print.fonts import width as ems


class Texts(Protocol):
    """What a slip says; properties, as a slip is frozen."""

    @property
    def title(self) -> str: ...

    @property
    def course(self) -> str: ...

    @property
    def student(self) -> str: ...

    @property
    def number(self) -> str: ...

    @property
    def spoken(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def steps(self) -> tuple[str, ...]: ...

    @property
    def serial(self) -> str: ...


@dataclass(frozen=True)
class Line:
    """A line below the title or at the foot; `part` is what it says."""

    part: str
    text: str
    size: float


@dataclass(frozen=True)
class Filled:
    """The fitted texts of one face of a slip, for the template; what is left out or empty is None or ()."""

    title: Fitted | None
    below: tuple[Line, ...]
    foot: tuple[Line, ...]
    spoken: Fitted | None
    address: Fitted | None
    steps: tuple[Fitted, ...]
    top: float  # mm from the face's top to the title

    def sizes(self) -> Iterator[float]:
        """Every type size in use."""
        yield from (text.size for text in (self.title, self.spoken, self.address, *self.steps) if text)
        yield from (line.size for line in (*self.below, *self.foot))


def filled(slip: Texts, design: Design) -> Filled:
    """The slip's texts where the design has them."""
    column, listed = design.column, bool(design.steps) and not design.side_by_side
    below = tuple(line for part in design.head if part != "title" for line in _lines(part, slip, design))
    foot = tuple(line for part in design.foot for line in _lines(part, slip, design))
    taken = sum(line_height(line.size) for line in (*below, *foot))
    room = (design.steps[0].box.y - column.y if listed else column.height - taken) - design.gap
    title = None
    if "title" in design.head and plain(slip.title):
        title = fit(slip.title, column.width, room, design.title_sizes, ems, balanced=design.centred)
    tall = sum(line_height(line.size) for line in below) + (title.height + design.gap if title else 0.0)
    return Filled(
        title=title,
        below=below,
        foot=foot,
        spoken=_fitted(slip.spoken, design.spoken),
        address=_fitted(slip.address, design.address, BREAKS_OF_ADDRESSES),
        steps=tuple(
            fit(step, text.box.width - design.numbers, text.box.height, text.sizes, ems, balanced=not listed)
            for step, text in zip(slip.steps, design.steps, strict=False)
        ),
        top=column.y + (max(0.0, column.height - tall) / 2 if design.middle else 0.0),
    )


def _fitted(text: str, place: Text | None, breaks: frozenset[str] = BREAKS) -> Fitted | None:
    if not place or not plain(text):
        return None
    return fit(text, place.box.width, place.box.height, place.sizes, ems, breaks=breaks)


def _lines(part: str, slip: Texts, design: Design) -> list[Line]:
    width = design.column.width
    if part == "student":
        size = design.student_size
        return [Line(part, text, size) for text in _student(slip, width, size, design.narrow)]
    if part == "address":
        size, rows = design.small_size, 1 + design.narrow
        fitted = fit(slip.address, width, rows * line_height(size), (size,), ems, breaks=BREAKS_OF_ADDRESSES)
        return [Line(part, text, size) for text in fitted.lines if text]
    size = design.spoken_size if part == "spoken" else design.small_size
    text = _line(getattr(slip, part), width, size)
    return [Line(part, text, size)] if text else []


def _student(slip: Texts, width: float, size: float, two: bool) -> list[str]:
    """Name and number on one line where both fit, else on two, or with the name cut where there may be but one."""
    name, number = plain(slip.student), plain(slip.number)
    if name and number and two and ems(f"{name}  {number}") * size / MM > width:
        return [_line(name, width, size), _line(number, width, size)]
    number = _line(number, width * 0.6 if name else width, size)
    name = _line(name, width - ems(f"  {number}") * size / MM if number else width, size)
    both = f"{name}  {number}" if name and number else name or number
    return [both] if both else []


def _line(text: str, width: float, size: float) -> str:
    return fit(text, width, 0, (size,), ems).lines[0] if plain(text) else ""
