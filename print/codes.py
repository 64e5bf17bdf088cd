"""Links to QR codes, and codes to SVG, PNG and terminal text."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image

from print.symbols import symbol

QUIET = 4  # modules of white on every side, ISO/IEC 18004 §6.3.8

# (upper, lower) → character; 38;5;16 and 48;5;231 are the true black and white of the 256-colour palette.
HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
BLACK_ON_WHITE, PLAIN = "\x1b[38;5;16;48;5;231m", "\x1b[0m"


@dataclass(frozen=True)
class Code:
    """One QR code without its quiet zone; `bits` are its modules row by row, the top left one highest."""

    text: str
    version: int
    level: str
    bits: int

    @property
    def size(self) -> int:
        """Modules on a side."""
        return 17 + 4 * self.version

    @property
    def rows(self) -> list[int]:
        """One int per row from the top, the leftmost module highest."""
        size = self.size
        return [self.bits >> start & (1 << size) - 1 for start in range(size * (size - 1), -1, -size)]

    @cached_property
    def modules(self) -> tuple[tuple[bool, ...], ...]:
        """Rows of modules, True where dark."""
        return tuple(tuple(module == "1" for module in f"{row:0{self.size}b}") for row in self.rows)


@lru_cache(maxsize=256)
def encode(url: str, level: str = "M") -> Code:
    """The code of an address that starts with `https://` (or `http://`, for development).

    `level` (L, M, Q, H) is a floor: a higher one is taken where it makes the code no larger.
    ValueError for any other address, for characters that an address cannot hold, and for one too long for a code.
    """
    if not url.startswith(("https://", "http://")):
        raise ValueError("Codes are made of addresses that start with https:// only.")
    return _encode(url, level)


def encode_setup(url: str) -> Code:
    """The code of an `otpauth://` address, for a screen alone; it holds a secret and is not kept. ValueError for others."""
    if not url.startswith("otpauth://"):
        raise ValueError("An authenticator app reads addresses that start with otpauth:// only.")
    return _encode(url, "M")


def _encode(url: str, level: str) -> Code:
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("An address holds printable ASCII characters only.")
    try:
        version, level, bits = symbol(url, level)
    except OverflowError:
        raise ValueError("The address is too long for a QR code.") from None
    return Code(url, version, level, bits)


def svg(code: Code, title: str = "") -> str:
    """An `<svg>` element, one unit a module, quiet zone included; its title is the text where no other is given.

    Its dark modules are one path, a box for each run.
    """
    side = code.size + 2 * QUIET
    boxes = []
    for y, row in enumerate(code.rows, QUIET):
        for run in re.finditer("1+", f"{row:0{code.size}b}"):
            width = run.end() - run.start()
            boxes.append(f"M{run.start() + QUIET} {y}h{width}v1h-{width}z")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" shape-rendering="crispEdges">'
        f'<title>{escape(title or code.text)}</title><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{"".join(boxes)}"/></svg>'
    )


def png(code: Code, scale: int) -> bytes:
    """A 1-bit PNG of `scale` pixels a module, quiet zone included."""
    side = code.size + 2 * QUIET
    image = Image.new("1", (side, side), 1)
    image.putdata([not dark for row in _with_quiet_zone(code) for dark in row])
    file = BytesIO()
    image.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(file, "PNG", optimize=True)
    return file.getvalue()


def terminal(code: Code) -> str:
    """Lines of half blocks, two rows of modules each, quiet zone included.

    Both colours are set, black on white, so that it reads the same on dark and on light terminals.
    """
    rows = _with_quiet_zone(code)
    rows.append([False] * len(rows))  # an odd number of rows: the last line's lower half is white
    lines = (
        "".join(HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
    return "\n".join(f"{BLACK_ON_WHITE}{line}{PLAIN}" for line in lines)


def _with_quiet_zone(code: Code) -> list[list[bool]]:
    side = [False] * QUIET
    blank = [[False] * (code.size + 2 * QUIET) for _ in range(QUIET)]
    return blank + [[*side, *row, *side] for row in code.modules] + blank
