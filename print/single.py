"""One code as a file of a chosen size: SVG, or PNG of whole pixels a module."""

import math
from io import BytesIO

from PIL import Image

from print.codes import QUIET, Code, svg
from print.layouts import SMALLEST_MODULE, SheetRefused

PER_INCH = 25.4  # mm
SIDES = (5.0, 1000.0)  # mm that a code may be wide, quiet zone included
DPI = (72, 2400)
PIXELS_MAX = 6000  # a side: Pillow takes a byte for each while it writes


def sized_svg(code: Code, side: float) -> str:
    """An SVG that is `side` mm wide, quiet zone included. SheetRefused below 0.5 mm a module."""
    check_size(code, side)
    return svg(code).replace("<svg ", f'<svg width="{side:g}mm" height="{side:g}mm" ', 1)


def sized_png(code: Code, side: float, dpi: int) -> bytes:
    """A 1-bit PNG that says its size (pHYs), `side` mm wide to the nearest pixel.

    Modules are as many whole pixels as fit beside a quiet zone of four; what is left over makes the quiet zone wider.
    SheetRefused below 0.5 mm a module.
    """
    check_size(code, side, dpi)
    pixels = _pixels(side, dpi)
    scale = pixels // _modules(code)
    before = (pixels - scale * code.size) // 2
    blank = _row("1" * pixels)
    rows = [blank * before]
    for row in code.rows:
        dark = "".join(("0" if module == "1" else "1") * scale for module in f"{row:0{code.size}b}")
        rows.append(_row(("1" * before + dark).ljust(pixels, "1")) * scale)
    rows.append(blank * (pixels - before - scale * code.size))
    file = BytesIO()
    Image.frombytes("1", (pixels, pixels), b"".join(rows)).save(file, "PNG", dpi=(dpi, dpi))
    return file.getvalue()


def check_size(code: Code, side: float, dpi: int | None = None) -> None:
    """Raises SheetRefused where the code cannot be `side` mm wide; as a PNG of `dpi` dots per inch where that is given."""
    if not SIDES[0] <= side <= SIDES[1]:
        raise SheetRefused("A code can be {least:g} to {most:g} mm wide.", least=SIDES[0], most=SIDES[1])
    if dpi is not None and not DPI[0] <= dpi <= DPI[1]:
        raise SheetRefused("Choose {least} to {most} dots per inch.", least=DPI[0], most=DPI[1])
    if dpi is not None and _pixels(side, dpi) > PIXELS_MAX:
        raise SheetRefused(
            "This would be {pixels} pixels wide; at most {most} are made. Choose a smaller size, fewer dots, or SVG.",
            pixels=_pixels(side, dpi),
            most=PIXELS_MAX,
        )
    module = side / _modules(code)
    if dpi is not None:
        module = _pixels(side, dpi) // _modules(code) * PER_INCH / dpi
    if module < SMALLEST_MODULE:
        raise SheetRefused(
            "At {side:g} mm a module of this code would be {module} mm, and phones need {least} mm. "
            "Choose {enough:g} mm or more.",
            side=side,
            module=f"{math.floor(module * 100) / 100:.2f}",
            least=SMALLEST_MODULE,
            enough=least_side(code, dpi),
        )


def least_side(code: Code, dpi: int | None = None) -> float:
    """The least size in mm, to a tenth, that check_size takes."""
    module = SMALLEST_MODULE
    if dpi is not None:
        module = math.ceil(SMALLEST_MODULE * dpi / PER_INCH) * PER_INCH / dpi
    return math.ceil(module * _modules(code) * 10 - 1e-6) / 10


def _modules(code: Code) -> int:
    return code.size + 2 * QUIET


def _pixels(side: float, dpi: int) -> int:
    return round(side / PER_INCH * dpi)


def _row(bits: str) -> bytes:
    """A row of pixels, the first one highest, filled up to whole bytes."""
    size = -(-len(bits) // 8)
    return int(bits.ljust(size * 8, "1"), 2).to_bytes(size, "big")
