"""The closing sheet of a course: its figures on paper, with a code that leads to the same figures on the portal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from print.codes import QUIET, encode
from print.fitting import plain
from print.fonts import check_characters, check_fonts
from print.layouts import DOT, LAYOUTS
from print.options import AS_IT_IS, Options
from print.placing import Printed
from print.templating import TEMPLATES

#: the code's module, and the top right corner of its quiet zone, in mm
MODULE, RIGHT, TOP = 8 * DOT, 192.0, 16.0
#: rows of a page's table; the first page has the head and the failures as well
FIRST, MORE = 24, 38
BARE = Options(parts=frozenset(), marks="none", tagged=True)


@dataclass(frozen=True)
class ClosingTexts:
    """All that stands on the sheet, in its language. `columns` head the numbers; a row is a title and its numbers.

    `facts` are pairs of a label and a value, `causes` of a failure and how often it came. `check` says how to check it.
    """

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    lesson: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    total: tuple[str, Sequence[str]]
    causes_title: str
    causes: Sequence[tuple[str, str]]
    check: Sequence[str]
    foot: str


def closing_sheet(texts: ClosingTexts, *, url: str, language: str) -> bytes:
    """The PDF/UA on A4, with as many pages as the lessons need.

    Takes 1.5 s to load WeasyPrint the first time: not for the event loop. SheetRefused for characters that no font has,
    FontMissing.
    """
    from print.pdf import Drawing, write  # see print/sheets.py

    check_fonts()
    check_characters(map(plain, _every(texts)))
    code = encode(url, "Q")
    side = (code.size + 2 * QUIET) * MODULE
    x, y = (round(at / DOT) * DOT for at in (RIGHT - side + QUIET * MODULE, TOP + QUIET * MODULE))
    pages = _pages(texts.rows)
    html = TEMPLATES.get_template("print/closing.html").render(
        page=(210.0, 297.0), texts=texts, pages=pages, language=plain(language),
        code=(RIGHT - side, TOP, side), url=url,
    )  # fmt: skip
    drawings = [
        Drawing(codes=[Printed(code, x, y, MODULE)] if number == 0 else [], cells=()) for number in range(len(pages))
    ]
    return write(html, drawings, LAYOUTS["a4-1"], {}, BARE, AS_IT_IS)


def _every(texts: ClosingTexts) -> Iterator[str]:
    yield from (texts.title, texts.subtitle, texts.lesson, texts.causes_title, texts.foot, *texts.columns, *texts.check)
    for label, value in (*texts.facts, *texts.causes):
        yield from (label, value)
    for title, numbers in (*texts.rows, texts.total):
        yield from (title, *numbers)


def _pages(rows: Sequence[tuple[str, Sequence[str]]]) -> list[Sequence[tuple[str, Sequence[str]]]]:
    """The rows, page by page; the head takes room of the first."""
    pages = [rows[:FIRST]]
    pages += [rows[at : at + MORE] for at in range(FIRST, len(rows), MORE)]
    return pages
