"""Slips and a layout to a PDF sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from print.codes import Code, encode
from print.fitting import BREAKS_OF_ADDRESSES, LEADING, MM, Face, Fitted, face, fit, line_height, plain
from print.layouts import Box, Layout, SheetRefused

ROOT = Path(__file__).parent.parent
FONT = ROOT / "static/vendor/fonts/NotoSansSC-Regular.ttf"

_templates = Environment(
    loader=FileSystemLoader(ROOT / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Slip:
    """What one code is printed with. `url` is final (`https://HOST/S/TOKEN`); `steps` are in the sheet's language."""

    url: str
    title: str
    course: str = ""
    student: str = ""
    number: str = ""
    spoken: str = ""
    address: str = ""
    steps: tuple[str, ...] = ()


class FontMissing(SheetRefused):
    """The Chinese font is not installed; without it Chinese would print as empty boxes."""


def render(slips: Sequence[Slip], layout: Layout, *, title: str, language: str) -> bytes:
    """The sheet as a PDF, `title` and `language` (a tag such as `zh`) in its metadata.

    Takes about 4 ms a slip, and 1.5 s to load WeasyPrint the first time: not for the event loop.
    SheetRefused where there is no slip, a link fits no code, or a code would be too fine to read; FontMissing.
    """
    # WeasyPrint takes a second and 60 MB to load, which only a process that prints should pay.
    from print.pdf import write

    if not slips:
        raise SheetRefused("There is nothing to print yet.")
    if not FONT.is_file():
        raise FontMissing("The font {path} is missing. Run: make set-up", path=FONT)
    codes = [_code(slip, layout) for slip in slips]
    cells = [_cell(slip, layout, face(FONT)) for slip in slips]
    pages = [slice(start, start + layout.per_page) for start in range(0, len(slips), layout.per_page)]
    html = _templates.get_template(f"print/{layout.template}").render(
        layout=layout,
        pages=[cells[page] for page in pages],
        title=plain(title),
        language=plain(language),
        leading=LEADING,
    )
    return write(html, [codes[page] for page in pages], layout, FONT)


def _code(slip: Slip, layout: Layout) -> Code:
    try:
        code = encode(slip.url, "Q")
    except ValueError as error:
        raise SheetRefused("“{title}” cannot be printed. {reason}", title=plain(slip.title), reason=error) from error
    layout.module(code.size)
    return code


@dataclass(frozen=True)
class Cell:
    """The fitted texts of one slip, for the template."""

    title: Fitted
    student: str
    course: str
    spoken: Fitted
    address: Fitted
    steps: tuple[Fitted, ...]
    free: float  # mm of the text box that no text takes


def _cell(slip: Slip, layout: Layout, font: Face) -> Cell:
    text = layout.text
    student = _student(slip, layout, font)
    course = _line(slip.course, text.width, layout.small_size, font)
    below = line_height(layout.student_size) * bool(student) + line_height(layout.small_size) * bool(course)
    place = layout.address or Box(text.x, text.y, text.width, text.height / 3)  # the title is what people look for
    address = fit(slip.address, place.width, place.height, layout.address_sizes, font, breaks=BREAKS_OF_ADDRESSES)
    if not layout.address:
        below += address.height
    title = fit(
        slip.title, text.width, text.height - below - layout.gap, layout.title_sizes, font, balanced=layout.centred
    )
    return Cell(
        title=title,
        student=student,
        course=course,
        spoken=fit(slip.spoken, layout.spoken.width, line_height(layout.spoken_sizes[0]), layout.spoken_sizes, font),
        address=address,
        steps=tuple(
            fit(step, box.width, box.height, layout.step_sizes, font, balanced=layout.centred)
            for step, box in zip(slip.steps, layout.steps, strict=False)
        ),
        free=max(0.0, text.height - below - layout.gap - title.height),
    )


def _student(slip: Slip, layout: Layout, font: Face) -> str:
    """Name and number on one line; a long name is cut before the number is."""
    width, size = layout.text.width, layout.student_size
    number = _line(slip.number, width * 0.6 if slip.student else width, size, font)
    name = _line(slip.student, width - font.width(f"  {number}") * size / MM if number else width, size, font)
    return f"{name}  {number}" if name and number else name or number


def _line(text: str, width: float, size: float, font: Face) -> str:
    return fit(text, width, 0, (size,), font).lines[0] if plain(text) else ""
