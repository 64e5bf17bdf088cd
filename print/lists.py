"""Paper lists: students × lessons with boxes to tick, headings on every page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from print.fitting import LEADING, plain
from print.fonts import check_fonts, fonts_for, missing
from print.layouts import LAYOUTS, SheetRefused
from print.options import AS_IT_IS, Options
from print.sheets import ROOT

#: cells in one file: a worker takes 9 s and 420 MB to draw them
MOST = 8_000
#: lessons on an upright page, and on one that lies on its side; students on each
UPRIGHT, LYING = (6, 33), (11, 21)
PAPER = (210.0, 297.0)
BARE = Options(parts=frozenset(), marks="none", tagged=True)
#: how a box is drawn: empty, ticked, crossed out for whom it does not concern
BOXES = {"open": "□", "done": "☑", "excused": "–"}

_templates = Environment(
    loader=FileSystemLoader(ROOT / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Line:
    """A student; `boxes` has one of BOXES for each lesson."""

    number: str
    name: str
    group: str
    boxes: Sequence[str]


@dataclass(frozen=True)
class ListTexts:
    """All that stands around the boxes, in the list's language; `legend` says what the boxes mean."""

    title: str
    subtitle: str
    number: str
    name: str
    legend: str
    lessons: Sequence[str]


@dataclass(frozen=True)
class _Page:
    """Some lessons and some students; `boxes` are of these lessons."""

    lessons: Sequence[str]
    lines: Sequence[tuple[Line, Sequence[str]]]


def paper_list(texts: ListTexts, lines: Sequence[Line], *, language: str) -> bytes:
    """The PDF/UA on A4, upright for up to 6 lessons; more lie on their side, in as many parts as they need.

    Takes 1.5 s to load WeasyPrint the first time: not for the event loop. SheetRefused for an empty list, for one that is too
    long, and for characters that no font has; FontMissing.
    """
    from print.pdf import Drawing, write  # see print/sheets.py

    if not lines or not texts.lessons:
        raise SheetRefused("There is nobody to print a list of.")
    if len(lines) * len(texts.lessons) > MOST:
        raise SheetRefused("These are more than {most} boxes. Choose a group, or one lesson.", most=MOST)
    check_fonts()
    every = [plain(text) for text in _every(texts, lines)]
    if lost := missing("".join(every)):
        raise SheetRefused(
            "“{text}” has characters that none of our fonts can print: {characters}. Write it without them.",
            text=next(text for text in every if missing(text)), characters=" ".join(lost[:20]),
        )  # fmt: skip
    fonts = fonts_for(every)
    lying = len(texts.lessons) > UPRIGHT[0]
    pages = list(_pages(texts.lessons, lines, *(LYING if lying else UPRIGHT)))
    html = _templates.get_template("print/list.html").render(
        page=PAPER[::-1] if lying else PAPER, texts=texts, pages=pages, plain=plain, language=plain(language),
        leading=LEADING, fonts=fonts, signs=BOXES,
    )  # fmt: skip
    return write(html, [Drawing(codes=[], cells=()) for _ in pages], LAYOUTS["a4-1"], fonts, {}, BARE, AS_IT_IS)


def _every(texts: ListTexts, lines: Sequence[Line]) -> Iterator[str]:
    yield from (texts.title, texts.subtitle, texts.number, texts.name, texts.legend, *texts.lessons, *BOXES.values())
    yield " · / 0123456789"
    for line in lines:
        yield from (line.number, line.name, line.group)


def _pages(lessons: Sequence[str], lines: Sequence[Line], wide: int, high: int) -> Iterator[_Page]:
    """All students with the first lessons, then with the next; lessons are spread evenly."""
    parts = -(-len(lessons) // wide)
    wide = -(-len(lessons) // parts)
    for left in range(0, len(lessons), wide):
        for top in range(0, len(lines), high):
            shown = [(line, line.boxes[left : left + wide]) for line in lines[top : top + high]]
            yield _Page(lessons[left : left + wide], shown)
