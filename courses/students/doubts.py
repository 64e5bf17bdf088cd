"""What is odd about students as a list has them, to be looked at before they are taken."""

import re
from collections.abc import Sequence

from courses.errors import Message
from courses.students.comparing import tidy
from courses.students.separated import Row
from courses.students.titles import Columns

#: lines, columns and doubtful cells that are named
NAMED = 12
CODE = re.compile(r"[A-Za-z]{0,6}[\d./_-]*\d[\w./-]*", re.ASCII)
EAST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: a number as it is given out, and one that a program made a fraction of; more words in a name than a name has
_PLAIN_CODE = re.compile(r"[\w./_-]*\d[\w./_-]*")
_FRACTION = re.compile(r"\d+\.0+")
_MORE = re.compile(r"(?:^|\s)[\d-]*\d{3}|[;|]")


def doubts_about(
    found: Sequence[tuple[int, str, str, str | None]], untitled: Sequence[Row], columns: Columns, names: bool
) -> tuple[Message, ...]:
    """Numbers and names of (line, number, name, group) that look like something else, and numbers that may have lost digits.

    In lines without titles also where more stands in one than one student.
    """
    several = {line for line, cells in untitled if _is_several(cells, columns)}
    doubtful = [
        Message("Line {line}: “{number}” is taken for a number and “{name}” for a name.", line=line, number=number,
                name=name)
        for line, number, name, _ in found
        if line in several or _is_odd(tidy(number), tidy(name) if names else "", titled=not untitled)
    ]  # fmt: skip
    return (*doubtful[:NAMED], *_lost_digits(found))


def _is_odd(number: str, name: str, titled: bool) -> bool:
    if _FRACTION.fullmatch(number) or _MORE.search(name):
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
