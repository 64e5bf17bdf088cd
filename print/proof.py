"""A finished sheet is read back: each code at its place, as a good and as a poor copy of the page would show it."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

from print.boxes import Box
from print.codes import QUIET
from print.layouts import SMALLEST_MODULE, Layout
from print.options import AS_IT_IS, EVERYTHING, Fit, Options
from print.placing import pages_of, printed
from print.sheets import Slip, codes_of

DPI = 300
#: the poor copy: half as many dots, out of focus and askew, as a phone sees a slip from a school's copier
POOR, BLUR, SKEW = 2, 0.8, 3.0  # times fewer dots, pixels, degrees
#: all codes of a run up to so many slips are read; of a longer one as many at least, page by page, spread over the run
SAMPLE = 500
MODEL_2 = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
WHITE = 230  # of 255: what paper comes to in a rendered page
CONTRAST = 0.7  # ISO/IEC 15415, grade A
AROUND = 2.0  # mm around the quiet zone that are looked at, too
FAULTS = {
    "module": "A module is {module} mm wide, and phones need {least} mm.",
    "border": "The white border of the code is not white all around.",
    "contrast": "The contrast is {percent} %, and phones need {least} %.",
    "good": "The code cannot be read.",
    "poor": "The code cannot be read from a poor copy: half the dots, out of focus, askew.",
    "other": "Another code is where this one should be.",
}


@dataclass(frozen=True)
class Expected:
    """A code that should be on a page: the slip's index, its text, its modules a side; `box` in mm has the quiet zone."""

    slip: int
    text: str
    size: int
    box: Box


@dataclass(frozen=True)
class Unread:
    """A code that a phone could not use, and why: a message with `{names}` and what fills them. Pages count from 0."""

    slip: int
    page: int
    reason: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return self.reason.format(**self.values)


def expected(
    slips: Sequence[Slip],
    layout: Layout,
    *,
    options: Options = EVERYTHING,
    skip: frozenset[int] = frozenset(),
    fit: Fit = AS_IT_IS,
    first: int = 0,
) -> list[list[Expected]]:
    """What `render` with the same arguments puts on each page; `first` is the index of the first slip."""
    parts, codes = codes_of(slips, layout, options)
    return [
        [
            Expected(first + place.slip, code.code.text, code.code.size, _moved(code.box, fit))
            for place in page
            if (code := printed(place, codes[place.slip], layout, parts))
        ]
        for page in pages_of(len(slips), layout, parts, skip)
    ]


def _moved(box: Box, fit: Fit) -> Box:
    return Box(
        box.x * fit.scale_x + fit.offset_x, box.y * fit.scale_y + fit.offset_y,
        box.width * fit.scale_x, box.height * fit.scale_y,
    )  # fmt: skip


def sample(pages: Sequence[Sequence[Expected]], wanted: int | None = SAMPLE) -> list[int]:
    """The pages to read: all for None and where there are up to `wanted` codes, else the first, the last and some between."""
    numbers = [number for number, page in enumerate(pages) if page]
    fewest = list(accumulate(sorted(len(pages[number]) for number in numbers)))  # that so many pages can have
    if wanted is None or not fewest or fewest[-1] <= wanted:
        return numbers
    count = max(2, bisect_left(fewest, wanted) + 1)
    return sorted({numbers[round(n * (len(numbers) - 1) / (count - 1))] for n in range(count)})


def prove(pdf: Path, pages: Mapping[int, Sequence[Expected]]) -> list[Unread]:
    """Read these pages of a finished PDF; the codes that failed, none where all is well. About 3 ms a code: for a worker."""
    failed = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, codes in pages.items():
            page = document[number]
            picture = page.render(scale=DPI / 72, grayscale=True).to_pil()
            for code in codes:
                wrong = next(_faults(picture, code), None)
                if wrong:
                    failed.append(Unread(code.slip, number, *wrong))
            page.close()
    return failed


def _faults(page: Image.Image, code: Expected) -> Iterator[tuple[str, dict[str, object]]]:
    """What is wrong with the code, the cause before its effects."""
    across, down = (side / (code.size + 2 * QUIET) for side in (code.box.width, code.box.height))
    if min(across, down) < SMALLEST_MODULE * 0.98:
        yield FAULTS["module"], {"module": f"{min(across, down):.2f}", "least": SMALLEST_MODULE}
    if _darkest_around(page, code.box, QUIET * across, QUIET * down) < WHITE:
        yield FAULTS["border"], {}
    inside = _crop(page, code.box, -QUIET * min(across, down))
    contrast = _contrast(inside)
    if contrast < CONTRAST:
        yield FAULTS["contrast"], {"percent": round(contrast * 100), "least": round(CONTRAST * 100)}
    good = _crop(page, code.box, AROUND)
    for picture, copy in ((good, "good"), (_poor(good), "poor")):
        found = zxingcpp.read_barcodes(picture, formats=MODEL_2, try_rotate=copy == "poor")
        if not found:
            yield FAULTS[copy], {}
        elif any(each.text != code.text for each in found):
            yield FAULTS["other"], {}


def _crop(page: Image.Image, box: Box, around: float) -> Image.Image:
    """The part of the page, `around` mm larger on every side; what is outside the page is white."""
    dots = DPI / 25.4
    sides = (box.x - around, box.y - around, box.x + box.width + around, box.y + box.height + around)
    left, top, right, bottom = (round(side * dots) for side in sides)
    part = Image.new("L", (right - left, bottom - top), 255)
    part.paste(page, (-left, -top))
    return part


def _darkest_around(page: Image.Image, box: Box, across: float, down: float) -> int:
    """The darkest dot of the quiet zone, so many mm wide and high, without the dot in which it ends."""
    edge = 25.4 / DPI
    left, top = box.x + edge, box.y + edge
    right, bottom = box.x + box.width - across + edge, box.y + box.height - down + edge
    high, wide = box.height - 2 * edge, box.width - 2 * edge
    sides = (
        Box(left, top, wide, down - 2 * edge),
        Box(left, bottom, wide, down - 2 * edge),
        Box(left, top, across - 2 * edge, high),
        Box(right, top, across - 2 * edge, high),
    )
    return min(_darkest(_crop(page, side, 0)) for side in sides)


def _darkest(part: Image.Image) -> int:
    return next(value for value, count in enumerate(part.histogram()) if count)


def _contrast(inside: Image.Image) -> float:
    """Between the lightest and the darkest quarter of the code, of 1."""
    counts = inside.histogram()
    dots, passed, dark, light = inside.width * inside.height, 0, 255, 0
    for value, count in enumerate(counts):
        if passed <= dots * 0.25 < passed + count:
            dark = value
        if passed <= dots * 0.75 < passed + count:
            light = value
        passed += count
    return (light - dark) / 255


def _poor(good: Image.Image) -> Image.Image:
    small = good.reduce(POOR).filter(ImageFilter.GaussianBlur(BLUR))
    return small.rotate(SKEW, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
