"""A list as text: separators and quotation marks are decided for the whole of it, not line by line."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from courses.csv_files import quoted, unquoted
from courses.errors import Invalid, Message

#: a line by its number from 1, and its cells
Row = tuple[int, list[str]]
#: what may stand between cells, the most usual first; people who type mix the two widths of a comma
SEPARATORS = ("\t", ",", ";", "，", "；", "|", "、", ",，", ";；")
#: lines and cells of a list; 5,000 students with 40 columns
CELLS_MAX = 250_000
#: lines, and characters of these, that are looked at to decide
_LOOKED_AT, _CHARACTERS = 1_000, 300_000
_ANY = ",;，；|、\t"
#: a tab that stands beside another separator or at a line's end keeps a spreadsheet from reading a number: it separates nothing
_TRACE = re.compile(r"(?<!\t)\t++(?=[,;，；|、\n]|\Z)|(?<=[,;，；|、])\t++")
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_CODE = re.compile(r"(?=\D*\d)[\w./-]++", re.ASCII)


@dataclass(frozen=True)
class _Cut:
    """One way to cut: how many lines come out as several cells, how many of them have a number, and where it cuts first."""

    lines: int
    numbers: int
    place: int


def read_separated(text: str) -> list[Row]:
    """The lines with at least one cell that is not empty. Quotation marks that do not enclose a whole cell are letters.

    Raises Invalid for a list of more than CELLS_MAX.
    """
    if sum(map(text.count, (*_ANY, "\n", "\r"))) > CELLS_MAX:
        said = Message(
            "This list has more than {limit} lines and cells. Leave out what is not needed.", limit=CELLS_MAX
        )
        raise Invalid({"roster": said})
    text = _with_lines(re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff")))
    told = re.match(r"sep=(.)\n", text)  # Excel's own way to name the separator
    if told:
        text = text[told.end() :]
    rows = _split(text, told[1]) if told else _best(text)(text)
    skipped = 1 if told else 0
    return [(line + skipped, cells) for line, cells in rows if any(cells)]


def _with_lines(text: str) -> str:
    """Where nothing else ends a line, the breaks of large computers and of word processors do; within a name they are spaces."""
    lines = _OTHER_BREAKS.split(text.strip())
    whole = len(lines) > 1 and all(any(mark in line for mark in (*_ANY, " ")) for line in lines)
    return "\n".join(lines) if whole and "\n" not in text.strip() else text


def written(rows: Sequence[Row]) -> str:
    """Lines that `read_separated` reads as just these: each at its number, a tab between cells."""
    width = max((len(cells) for _, cells in rows), default=0)
    lines: list[str] = []
    for line, cells in rows:
        lines += [""] * (line - 1 - len(lines))
        padded = [*cells, *[""] * (width - len(cells))]
        lines.append("\t".join(_write(cell, alone=width == 1) for cell in padded))
    return "\n".join(lines)


def _write(cell: str, alone: bool) -> str:
    cell = quoted(" ".join(cell.split()))
    misread = cell.startswith(('"', '="')) or (cell and (cell[0] in _ANY or cell[-1] in _ANY))
    if misread or (alone and re.search(rf"[{_ANY} ]", cell)):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _best(text: str) -> Callable[[str], list[Row]]:
    """The way to cut this text that makes several cells of the most lines; between equals a number on its own decides."""
    head = "\n".join(text.split("\n", _LOOKED_AT)[:_LOOKED_AT])[:_CHARACTERS]
    best: Callable[[str], list[Row]] = _unseparated
    most = _Cut(sum(all(spaced(line)) for line in head.split("\n")), 0, 1 << 30)
    kinds = [kind for kind in SEPARATORS if all(each in head for each in kind)]
    cuts = {kind: _cut(head, kind) for kind in kinds}
    if "\t" in cuts and "\t" not in _TRACE.sub("", head):
        others = (cut.lines for kind, cut in cuts.items() if kind != "\t")
        if max(others, default=0) >= cuts["\t"].lines:
            del cuts["\t"]
    for kind, cut in cuts.items():
        if cut.lines and (cut.lines, cut.numbers, -cut.place) > (most.lines, most.numbers, -most.place):
            best, most = _splitting(kind), cut
    return best


def _splitting(kind: str) -> Callable[[str], list[Row]]:
    return lambda text: _split(text, kind)


def _cut(text: str, kind: str) -> _Cut:
    rows = [cells for _, cells in _split(text, kind)]
    several = [cells for cells in rows if sum(map(bool, cells)) > 1]
    numbers = sum(any(_CODE.fullmatch(unicodedata.normalize("NFKC", cell)) for cell in cells) for cells in several)
    return _Cut(len(several), numbers, sum(len(cells[0]) for cells in several))


def _split(text: str, kind: str) -> list[Row]:
    """A cell is enclosed by quotation marks (RFC 4180) where one opens it and one closes it; `="0012"` is such a cell too."""
    cell = re.compile(rf' *(?:=?"((?:[^"]|"")*+)") *(?=[{re.escape(kind)}\n]|\Z)|[^{re.escape(kind)}\n]*')
    rows: list[Row] = []
    cells: list[str] = []
    place, line, first = 0, 1, 1
    while match := cell.match(text, place):
        enclosed = match[1] is not None and not match[0].lstrip().startswith("=")
        cells.append(unquoted((match[1].replace('""', '"') if enclosed else match[0]).strip()))
        line += match[0].count("\n")
        place = match.end()
        if place == len(text) or text[place] == "\n":
            rows.append((first, [*cells, ""] if enclosed and len(cells) == 1 else cells))
            cells, line = [], line + 1
            first = line
        if place == len(text):
            break
        place += 1
    return rows


def _unseparated(text: str) -> list[Row]:
    """Each line whole; what was enclosed stays so, with an empty cell beside it."""
    return [(line, _whole(written)) for line, written in enumerate(text.split("\n"), start=1)]


def _whole(line: str) -> list[str]:
    enclosed = re.fullmatch(r'\s*"((?:[^"]|"")*+)"\s*', line)
    return [unquoted(enclosed[1].replace('""', '"').strip()), ""] if enclosed else [unquoted(line.strip())]


def spaced(line: str) -> list[str]:
    """Number and name of a line without separators: without a digit in it "Jane Doe" would enrol number Jane."""
    number, _, name = " ".join(line.split()).partition(" ")
    numbered = any(character.isdigit() for character in number) and not re.search(rf"[{_ANY}]", number)
    return [number, name] if not number or numbered else ["", line]
