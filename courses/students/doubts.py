"""What is odd about students as a list has them, to be looked at before they are taken."""

import re
from collections.abc import Sequence

from courses.errors import Message
from courses.students.comparing import tidy
from courses.students.separated import Row
from courses.students.titles import Columns

#: lines, columns and doubtful cells that are named
NAMED = 12
CODE = re.compile(r"[A-Za-z]{0,6}[./_-]*+\d[\w./-]*+", re.ASCII)
EAST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: a number as it is given out, and one that a program made a fraction of; more words in a name than a name has
_PLAIN_CODE = re.compile(r"(?=\D*\d)[\w./_-]++")
_FRACTION = re.compile(r"\d+\.0+")
#: what a spreadsheet made of a number such as 1-2, and a number that ends in a mark: of a list, or of a sentence
_DATE = re.compile(
    r"\d{1,4}([/-])\d{1,2}\1\d{1,4}|(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{1,2}"
)
_ENDED = re.compile(r".*[.,:;)\]}、。：；）】]")
#: UTF-8 that was read as Windows 1252, what GBK makes of lost characters, and Chinese in seven bits (HZ, UTF-7)
_HIGH = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_GARBLED = re.compile(f"[ÂÃÄÅ]{_HIGH}|[ã-é]{_HIGH}{{2}}|锟斤|~{{|^\\+[A-Za-z0-9+/]{{3,}}-?$")
_MORE = re.compile(r"(?:^|\s)[\d-]*\d{3}|[;|]")


def doubts_about(
    found: Sequence[tuple[int, str, str, str | None]],
    untitled: Sequence[Row],
    columns: Columns,
    names: bool,
    flat: bool,
) -> tuple[Message, ...]:
    """Numbers and names of (line, number, name, group) that look like something else, and numbers that may have lost digits.

    In lines without titles also where more stands in one than one student; in those that may come of a spreadsheet and are
    `flat`, which tell nothing of merged cells, also where groups are missing.
    """
    several = {line for line, cells in untitled if _is_several(cells, columns)}
    doubtful = [
        Message("Line {line}: “{number}” is taken for a number and “{name}” for a name.", line=line, number=number,
                name=name)
        for line, number, name, _ in found
        if line in several or _is_odd(tidy(number), tidy(name) if names else "", titled=not untitled)
    ]  # fmt: skip
    return (*doubtful[:NAMED], *_lost_digits(found), *(_merged(found, columns) if flat else ()))


def _is_odd(number: str, name: str, titled: bool) -> bool:
    if any(odd.fullmatch(number) for odd in (_FRACTION, _DATE, _ENDED)) or _MORE.search(name) or _is_garbled(name):
        return True
    if titled:
        return bool(EAST.search(number) and " " in number)
    words = name.split()
    grouped = len(words) > 1 and bool(EAST.search(name)) and max(map(len, words)) > 1
    return not _PLAIN_CODE.fullmatch(number) or bool(CODE.fullmatch(name)) or grouped


def _is_several(cells: Sequence[str], columns: Columns) -> bool:
    kept = {columns.number, *columns.name, columns.group}
    return any(_MORE.search(tidy(cell)) and EAST.search(cell) for place, cell in enumerate(cells) if place not in kept)


def _lost_digits(found: Sequence[tuple[int, str, str, str | None]]) -> tuple[Message, ...]:
    """A spreadsheet keeps fifteen digits of a number and writes zeros for the others."""
    numbers = [(line, tidy(number)) for line, number, _, _ in found]
    return tuple(
        Message(
            "Line {line}: the last digits of {number} may be lost. A spreadsheet keeps 15.", line=line, number=number
        )
        for line, number in numbers
        if re.fullmatch("[1-9][0-9]{14}0+", number)
    )[:NAMED]


def _is_garbled(name: str) -> bool:
    """Whether a program read these letters in a wrong encoding: UTF-8 as GBK or as Western, or seven bits as they are."""
    if _GARBLED.search(name):
        return True
    try:
        text = name.encode("gb18030").decode("utf-8")
    except UnicodeError:
        return False
    return text != name and bool(EAST.search(text))


def _merged(found: Sequence[tuple[int, str, str, str | None]], columns: Columns) -> tuple[Message, ...]:
    """Cells that are one over several rows come out of the clipboard and of CSV as one cell and empty ones below it."""
    groups = [tidy(group or "") for _, _, _, group in found]
    named = [group for group in groups if group]
    below = [row[0] for row, group in zip(found, groups, strict=True) if not group]
    if columns.group is None or not below or len(named) < 2 or len(set(named)) < len(named) or not groups[0]:
        return ()
    lines = ", ".join(map(str, below[:NAMED])) + (" …" if below[NAMED:] else "")
    return (
        Message(
            "No group: line {lines}. Where cells are merged in the spreadsheet, choose the file itself.", lines=lines
        ),
    )
