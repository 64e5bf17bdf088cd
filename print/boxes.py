"""What a design of a slip is made of. Millimetres from the slip's top left, type sizes in points."""

import math
from dataclasses import dataclass

from print.fitting import LEADING, MM

SMALLEST_TEXT = 6.0  # points


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Text:
    """A box for one text, and the falling sizes it may have."""

    box: Box
    sizes: tuple[float, ...]


@dataclass(frozen=True)
class Design:
    """The boxes of one face of a slip. `code` is square and holds the quiet zone too; a postcard's front has none.

    `head` and `foot` are parts that share `column`: the title and what follows it at its top (in its middle where
    `middle`), the rest at its bottom. `steps` are boxes one below the other, or side by side with large numbers.
    """

    width: float
    height: float
    column: Box
    head: tuple[str, ...]
    foot: tuple[str, ...]
    title_sizes: tuple[float, ...]
    student_size: float
    small_size: float
    spoken_size: float  # where the spoken code stands in the column
    code: Box | None = None
    spoken: Text | None = None
    address: Text | None = None
    steps: tuple[Text, ...] = ()
    side_by_side: bool = False
    logo: Box | None = None
    cover: Box | None = None
    rule: float | None = None  # a line above the steps, from the top
    centred: bool = False
    middle: bool = False
    missing: tuple[str, ...] = ()

    @property
    def numbers(self) -> float:
        """Millimetres that the numbers of the steps take at their left."""
        return 0.0 if self.side_by_side or not self.steps else self.steps[0].sizes[0] * 1.2 / MM

    @property
    def narrow(self) -> bool:
        """Whether the student and the address may take two lines each."""
        return self.column.width < self.small_size * 5

    @property
    def gap(self) -> float:
        """Between the title and what stands below it."""
        return self.small_size * 0.15


@dataclass(frozen=True)
class Face:
    """A design and where it stands in its cell; `turned` is upside down, `back` is on the sheet's other side."""

    design: Design
    x: float = 0.0
    y: float = 0.0
    turned: bool = False
    back: bool = False


@dataclass(frozen=True)
class Sizes:
    """Type sizes that go with a cell; those of a cell of 63 × 35 mm are the measure."""

    title: float
    student: float
    small: float
    spoken: float

    @classmethod
    def of(cls, width: float, height: float) -> "Sizes":
        by = max(0.8, min(math.sqrt(width * height) / 46.8, 3.0))
        student, small = max(6.6, min(8.5 * by**0.85, 17.0)), max(SMALLEST_TEXT, min(6.8 * by**0.8, 11.5))
        return cls(10.5 * by, student, small, max(7.0, 9.5 * by**0.9))

    def of_texts(self) -> tuple[tuple[float, ...], float, float, float]:
        """Falling sizes of the title, those of the student, of the small print and of the spoken code."""
        falling = tuple(max(SMALLEST_TEXT, round(self.title * by, 2)) for by in (1, 0.9, 0.81, 0.72, 0.66))
        return falling, round(self.student, 2), round(self.small, 2), round(self.spoken, 2)

    def falling_spoken(self, width: float) -> tuple[float, ...]:
        first = min(self.spoken, width * MM / 5.0)
        return tuple(round(first * by, 2) for by in (1, 0.75))

    def height(self, part: str) -> float:
        """Millimetres of the lines that a part takes at the foot of a column."""
        size = {"student": self.student, "spoken": self.spoken}.get(part, self.small)
        return size * LEADING / MM
