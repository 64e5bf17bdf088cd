"""How a sheet is to be printed: what is on the slips, what is drawn around them, and what the printer does to a page."""

from dataclasses import dataclass

from print.designs import PARTS

MARKS = ("none", "cut", "border", "outline")
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # how a PNG and a JPEG begin


@dataclass(frozen=True)
class Options:
    """`parts` are those of PARTS that may be printed; each is where it is chosen, given and has room.

    `marks` are dashed lines to cut along, a border around each slip, or the outline of every cell of the page, for a
    test print that is held against a label sheet; empty is what goes with the layout. `logo` is a PNG or JPEG.
    `tagged` makes a PDF/UA for screen readers; it takes a fifth longer and two thirds more room.
    ValueError for what is none of these.
    """

    parts: frozenset[str] = PARTS
    marks: str = ""
    logo: bytes = b""
    tagged: bool = False

    def __post_init__(self) -> None:
        if not self.parts <= PARTS:
            raise ValueError(f"unknown parts {sorted(self.parts - PARTS)}")
        if self.marks not in ("", *MARKS):
            raise ValueError(f"unknown marks {self.marks!r}")
        if self.logo and not self.logo.startswith(PICTURES):
            raise ValueError("the logo is neither a PNG nor a JPEG")


@dataclass(frozen=True)
class Fit:
    """What makes up for a printer: each point of the page, in millimetres from its top left, is scaled, then moved.

    A printer that prints 96 mm where 100 mm are meant needs a scale of 100 / 96. ValueError for what no printer does.
    """

    offset_x: float = 0.0
    offset_y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0

    def __post_init__(self) -> None:
        if not all(-30 <= offset <= 30 for offset in (self.offset_x, self.offset_y)):
            raise ValueError("a printer's offset is at most 30 mm")
        if not all(0.8 <= scale <= 1.25 for scale in (self.scale_x, self.scale_y)):
            raise ValueError("a printer's scale is between 0.8 and 1.25")


EVERYTHING, AS_IT_IS = Options(), Fit()
