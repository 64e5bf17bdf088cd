"""Paper lists: students × lessons with boxes to tick, headings on every page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from print.fitting import MM, Fitted, fit, line_height, plain
from print.fonts import check_characters, check_fonts, width
from print.layouts import LAYOUTS, SheetRefused
from print.list_boxes import ROW, Columns, ink
from print.options import AS_IT_IS, Options
from print.templating import TEMPLATES

#: boxes in one file: a worker takes some 8 s and 350 MB to draw them
MOST = 30_000
#: lessons on an upright page, and on one that lies on its side; students on each
UPRIGHT, LYING = (6, 33), (11, 21)
PAPER = (210.0, 297.0)
#: millimetres: the page's margin, from the top to the rows, of the columns before the boxes, and at most of a lesson's
MARGIN, HEAD, NUMBER, NAME, WIDEST = 12.0, 38.0, 24.0, 44.0, 32.0
#: points: of what stands in a row, of its group, and the falling ones of a lesson's title
SIZE, SMALL, TITLES = 9.5, 7.5, (8.0, 7.2, 6.5, 6.0)
BARE = Options(parts=frozenset(), marks="none", tagged=True)
#: what the boxes are in the text of the PDF, for whoever reads or searches it
BOXES = {"open": "□", "done": "☑", "excused": "–"}


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
class _Row:
    """A student's line as it is printed; `ticks` are the boxes as text."""

    number: str
    name: str
    group: str
    ticks: str


@dataclass(frozen=True)
class _Page:
    """Some lessons, each with where its column of `width` mm begins, and some students; `ink` are their boxes."""

    titles: Sequence[tuple[float, Fitted]]
    rows: Sequence[_Row]
    width: float
    ink: bytes


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
    check_characters(map(plain, _every(texts, lines)))
    lying = len(texts.lessons) > UPRIGHT[0]
    paper = PAPER[::-1] if lying else PAPER
    pages = list(_pages(texts.lessons, lines, paper, *(LYING if lying else UPRIGHT)))
    room = paper[0] - 2 * MARGIN
    html = TEMPLATES.get_template("print/list.html").render(
        page=paper, texts=texts, pages=pages, language=plain(language),
        margin=MARGIN, head=HEAD, number=NUMBER, row=ROW, line=line_height, size=SIZE, small=SMALL,
        title=fit(texts.title, room, 0, (15.0, 13.0, 11.0), width), subtitle=_cut(texts.subtitle, room, 9.0),
        legend=_cut(texts.legend, room - 20, 7.5), width=pages[0].width,
    )  # fmt: skip
    return write(html, [Drawing(ink=page.ink) for page in pages], LAYOUTS["a4-1"], {}, BARE, AS_IT_IS)


def _every(texts: ListTexts, lines: Sequence[Line]) -> Iterator[str]:
    yield from (texts.title, texts.subtitle, texts.number, texts.name, texts.legend, *texts.lessons, *BOXES.values())
    yield " · / 0123456789"
    for line in lines:
        yield from (line.number, line.name, line.group)


def _pages(
    lessons: Sequence[str], lines: Sequence[Line], paper: tuple[float, float], wide: int, high: int
) -> Iterator[_Page]:
    """All students with the first lessons, then with the next; lessons are spread evenly."""
    parts = -(-len(lessons) // wide)
    wide = -(-len(lessons) // parts)
    first = MARGIN + NUMBER + NAME
    column = min(WIDEST, (paper[0] - MARGIN - first) / wide)
    for left in range(0, len(lessons), wide):
        titles = [fit(title, column - 2, HEAD - 23, TITLES, width) for title in lessons[left : left + wide]]
        heads = [(first + place * column, fitted) for place, fitted in enumerate(titles)]
        for top in range(0, len(lines), high):
            boxes = [line.boxes[left : left + wide] for line in lines[top : top + high]]
            rows = [_row(line, some) for line, some in zip(lines[top : top + high], boxes, strict=True)]
            yield _Page(heads, rows, column, ink(Columns(MARGIN, paper[0] - MARGIN, first, HEAD, column), boxes))


def _row(line: Line, boxes: Sequence[str]) -> _Row:
    group = _cut(line.group, NAME / 3, SMALL)
    name = _cut(line.name, NAME - 2 - (width(group) * SMALL / MM + 2 if group else 0), SIZE)
    return _Row(_cut(line.number, NUMBER - 2, SIZE), name, group, " ".join(BOXES[box] for box in boxes))


def _cut(text: str, room: float, size: float) -> str:
    """One line of it, in millimetres and points."""
    return fit(text, room, 0, (size,), width).lines[0] if plain(text) else ""
