"""Slips and a layout to a PDF sheet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from print.codes import Code, encode
from print.filling import Filled, filled
from print.fitting import plain
from print.fonts import check_characters, check_fonts
from print.layouts import DOT, GridRefused, Layout, SheetRefused
from print.options import AS_IT_IS, EVERYTHING, Fit, Options
from print.placing import pages_of, printed
from print.templating import TEMPLATES

MOST_PIXELS = 40_000_000  # of a logo or a cover; WeasyPrint holds all of them decoded

NOTE_ROOM = 9.0  # mm; templates/print/page.css places the notes


@dataclass(frozen=True)
class Slip:
    """What one code is printed with. `url` is final (`https://HOST/S/TOKEN`); `steps` are in the sheet's language.

    `cover` is a PNG or JPEG, checked by who gives it; `serial` tells the print run and the slip.
    """

    url: str
    title: str
    course: str = ""
    student: str = ""
    number: str = ""
    spoken: str = ""
    address: str = ""
    steps: tuple[str, ...] = ()
    serial: str = ""
    cover: bytes = b""


def render(
    slips: Sequence[Slip],
    layout: Layout,
    *,
    title: str,
    language: str,
    options: Options = EVERYTHING,
    skip: frozenset[int] = frozenset(),
    fit: Fit = AS_IT_IS,
    notes: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """The sheet as a PDF, `title` and `language` (a tag such as `zh`) in its metadata.

    `skip` are cells of the first sheets that are already peeled off, counted on from sheet to sheet; `fit` makes up for
    the printer. `notes` are for the foot of each page, where the cells leave room there. `progress` is told slips done
    and slips in all; it may raise to stop the work.
    Takes about 3 ms a slip, and 1.5 s to load WeasyPrint the first time: not for the event loop.
    SheetRefused where there is no slip, a link fits no code, or a code would be too fine to read; FontMissing.
    """
    # WeasyPrint takes a second and 60 MB to load, which only a process that prints should pay.
    from print.pdf import Drawing, write

    if not slips:
        raise SheetRefused("There is nothing to print yet.")
    if wrong := layout.grid.problems():
        raise GridRefused(wrong)
    check_fonts()
    check_characters(text for slip in slips for text in _texts(slip))
    parts, codes = codes_of(slips, layout, options)
    faces = layout.faces(parts)
    pictures = _pictures(slips, options)
    cells: list[tuple[Filled, ...]] = []
    for slip in slips:
        cells.append(tuple(filled(slip, face.design) for face in faces))
        if progress and len(cells) % 100 == 0:
            progress(len(cells) // 2, len(slips))
    pages = pages_of(len(slips), layout, parts, skip)
    html = TEMPLATES.get_template("print/slips.html").render(
        layout=layout,
        page=tuple(_whole_dots(side) for side in (layout.page_width, layout.page_height)),
        faces=faces,
        sizes={size: f"s{number}" for number, size in enumerate(_sizes(cells))},
        pages=[[(place, slips[place.slip], cells[place.slip][place.face]) for place in page] for page in pages],
        pictures=pictures,
        logo=options.logo,
        tagged=options.tagged,
        title=plain(title),
        language=plain(language),
        notes=notes if _foot(layout) >= NOTE_ROOM else (),
    )
    drawings = [
        Drawing(
            codes=[code for place in page if (code := printed(place, codes[place.slip], layout, parts))],
            cells=sorted({place.cell for place in page}),
        )
        for page in pages
    ]
    data = write(html, drawings, layout, pictures, options, fit)
    if progress:
        progress(len(slips), len(slips))
    return data


def _foot(layout: Layout) -> float:
    """Millimetres between the last row and the paper's edge."""
    grid = layout.grid
    return grid.page_height - grid.top - grid.rows * grid.cell_height - (grid.rows - 1) * grid.gap_y


def _texts(slip: Slip) -> Iterator[str]:
    yield from map(plain, (slip.title, slip.course, slip.student, slip.number, slip.spoken, slip.address, *slip.steps))


def _whole_dots(side: float) -> float:
    """The side of a page that ends with a dot, so that dots counted from below are dots counted from the top.

    A thousandth less: what is rounded up must not become a dot more.
    """
    return round(side / DOT) * DOT - 0.001


def given(slips: Sequence[Slip], options: Options = EVERYTHING) -> frozenset[str]:
    """The parts that at least one slip has something for."""
    found = {
        part for part in ("title", "course", "spoken", "address", "serial") if any(getattr(s, part) for s in slips)
    }
    found |= {"student"} if any(slip.student or slip.number for slip in slips) else set()
    found |= {"steps"} if any(slip.steps for slip in slips) else set()
    found |= {"cover"} if any(slip.cover for slip in slips) else set()
    return frozenset(found | ({"logo"} if options.logo else set()))


def codes_of(slips: Sequence[Slip], layout: Layout, options: Options = EVERYTHING) -> tuple[frozenset[str], list[Code]]:
    """The parts that are printed, and each slip's code. SheetRefused."""
    parts = options.parts & given(slips, options)
    return parts, [_code(slip, layout, parts) for slip in slips]


def _code(slip: Slip, layout: Layout, parts: frozenset[str]) -> Code:
    try:
        code = encode(slip.url, "Q")
    except ValueError as error:
        raise SheetRefused("“{title}” cannot be printed. {reason}", title=plain(slip.title), reason=error) from error
    layout.module(code.size, parts)
    return code


def _pictures(slips: Sequence[Slip], options: Options) -> dict[bytes, str]:
    """Each picture once, with the name that the sheet knows it by."""
    found = dict.fromkeys([options.logo, *(slip.cover for slip in slips)])
    found.pop(b"", None)
    for picture in found:
        try:
            with Image.open(BytesIO(picture), formats=("PNG", "JPEG")) as image:
                width, height = image.size
                image.verify()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            raise SheetRefused("A picture is neither a PNG nor a JPEG.") from None
        if width * height > MOST_PIXELS:
            raise SheetRefused("A picture of {width} × {height} pixels is too large.", width=width, height=height)
    return {picture: f"asset:picture-{number}" for number, picture in enumerate(found)}


def _sizes(cells: Sequence[tuple[Filled, ...]]) -> list[float]:
    return sorted({size for faces in cells for cell in faces for size in cell.sizes()})
