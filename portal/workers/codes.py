"""Single codes, drawn in worker processes. Imports little, as each worker waits for it at its start."""

from collections.abc import Sequence
from dataclasses import dataclass

from courses.errors import Invalid
from portal.workers.refusals import message_of
from print.codes import encode
from print.layouts import SheetRefused
from print.single import check_size, sized_png, sized_svg

TYPES = {"png": "image/png", "svg": "image/svg+xml"}
LEVEL = "Q"  # on paper


@dataclass(frozen=True)
class CodeSize:
    """How a code becomes a file: "png" or "svg", its side in mm with the quiet zone, and a PNG's dots per inch."""

    format: str = "png"
    side: float = 40.0
    dpi: int = 300

    def check(self, url: str) -> None:
        """Raises Invalid for a code that would not be one."""
        try:
            check_size(encode(url, LEVEL), self.side, self.dpi if self.format == "png" else None)
        except SheetRefused as error:
            raise Invalid({"size": message_of(error)}) from error


def draw_codes(urls: Sequence[str], size: CodeSize) -> list[bytes]:
    """The files of codes that have been checked, some 3 ms each."""
    if size.format == "svg":
        return [sized_svg(encode(url, LEVEL), size.side).encode() for url in urls]
    return [sized_png(encode(url, LEVEL), size.side, size.dpi) for url in urls]
