"""Reading a roster: pasted lines or a CSV file become entries, or every bad line is named."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from courses.encodings import NotText, decode
from courses.errors import Invalid, Message

NUMBER_MAX, NAME_MAX, GROUP_MAX = 40, 100, 60
ENTRIES_MAX = 5_000
_LINE = re.compile(r"\r\n|\r|\n")
_SEPARATOR = re.compile("[,\t;，；]")
# The best title of a column stands first: lists have a running number beside the student's, and a class beside the group.
_NUMBER_WORDS = (
    ("学号", "學號", "student number", "student id", "student no", "student no."),
    ("number", "id", "编号", "編號"),
    ("no", "no.", "序号", "序號"),
)
_NAME_WORDS = (("name", "student name", "full name", "姓名", "名字"), ("student", "学生", "學生"))
_GROUP_WORDS = (
    ("group", "team", "组", "組", "小组", "小組", "分组", "分組", "组别", "組別"),
    ("class", "班级", "班級", "班"),
)
#: lines above the titles: what a list is called stands there
HEAD_LINES = 5


@dataclass(frozen=True)
class Entry:
    """One student as written: `number` of 1 to 40 characters, `name` of 1 to 100; `group` up to 60, None where none is said."""

    number: str
    name: str
    group: str | None = None


class RosterInvalid(Invalid):
    """A roster with bad lines; `lines` has the number, from 1, of each and what is wrong with it."""

    def __init__(self, lines: list[tuple[int, Message]]) -> None:
        numbers = ", ".join(str(line) for line, _ in lines[:20]) + (" …" if len(lines) > 20 else "")
        super().__init__({"roster": Message("Nothing was added. Please correct these lines: {lines}", lines=numbers)})
        self.lines = lines


def decode_roster(data: bytes) -> str:
    """The text of an uploaded file, in any encoding that `decode` finds out. Raises Invalid."""
    try:
        text, _ = decode(data)
    except NotText as error:
        said = Message("This file is not text. Save the list as CSV (UTF-8) and choose it again.")
        raise Invalid({"roster": said}) from error
    return text


def parse_roster(text: str, names: bool = True) -> list[Entry]:
    """Read lines of number and name between comma, tab, semicolon or space; a line with titles may stand above them.

    With titles, other columns are left out, and so is what stands above; without them a third column is the group. Without
    `names` nobody has one: the column may be there or not, and is forgotten as it is read. Raises RosterInvalid, Invalid.
    """
    rows: list[tuple[int, str, str, str | None]] = []
    bad: list[tuple[int, Message]] = []
    written = _LINE.split(text.removeprefix("\ufeff"))
    lines = [(line, cells) for line, cells in enumerate(map(_cells, written), start=1) if any(cells)]
    above = _above(written, lines, names)
    columns, group, width = (0, 1 if names else None), None, 2
    if lines and (titles := _titles(lines[above][1], names)):
        columns, group, width = titles, _column(lines[above][1], _GROUP_WORDS), len(lines[above][1])
        above += 1
    elif names and 2 * sum(any(cells[2:]) for _, cells in lines) > len(lines):  # fewer have a comma too many
        group, width = 2, 3
    for line, cells in lines[above:]:
        if any(cells[width:]):
            bad.append((line, Message("There are more than {count} columns.", count=width)))
        else:
            number, name = ("" if column is None else _at(cells, column) for column in columns)
            rows.append((line, number, name, None if group is None else _at(cells, group)))
    return check_entries(rows, bad, names)


def _above(written: Sequence[str], lines: Sequence[tuple[int, list[str]]], names: bool) -> int:
    """How many lines stand above the titles and are no students: in a table, these are lines of a single cell."""
    for place, (line, cells) in enumerate(lines[:HEAD_LINES]):
        if _titles(cells, names) and (place == 0 or _SEPARATOR.search(written[line - 1])):
            return place
        if len([cell for cell in _SEPARATOR.split(written[line - 1]) if cell.strip()]) > 1:
            return 0
    return 0


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def check_entries(
    rows: Iterable[Sequence[Any]], bad: Iterable[tuple[int, Message]] = (), names: bool = True
) -> list[Entry]:
    """Entries from (line, number, name) and perhaps a group, where `bad` lines were found before.

    Without `names` what stands in their place is left out. Raises RosterInvalid, Invalid.
    """
    entries: list[Entry] = []
    problems = list(bad)
    seen: dict[str, int] = {}
    for line, number, name, *rest in rows:
        group = rest[0] if rest else None
        entry = Entry(tidy(number), tidy(name) if names else "", None if group is None else tidy(group))
        problem = _problem(entry) or (name_problem(entry.name) if names else None)
        if problem is None and entry.number.casefold() in seen:
            other = seen[entry.number.casefold()]
            problem = Message("The number {number} is on line {line} too.", number=entry.number, line=other)
        if problem:
            problems.append((line, problem))
        else:
            seen[entry.number.casefold()] = line
            entries.append(entry)
    if problems:
        raise RosterInvalid(sorted(problems, key=lambda problem: problem[0]))
    if not entries:
        raise Invalid({"roster": Message("There is nobody in this list. Write a number and a name on each line.")})
    if len(entries) > ENTRIES_MAX:
        raise Invalid(
            {"roster": Message("There are {count} students; {limit} fit.", count=len(entries), limit=ENTRIES_MAX)}
        )
    return entries


def tidy(text: str) -> str:
    """One spelling for what looks the same: full-width forms made plain, spaces single."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def name_problem(name: str) -> Message | None:
    """Why a tidied name cannot be taken."""
    if not name:
        return Message("There is no name.")
    if len(name) > NAME_MAX:
        return Message("The name has {length} characters; {limit} fit.", length=len(name), limit=NAME_MAX)
    return _unprintable(name)


def _cells(written: str) -> list[str]:
    """The cells of a line, cut at the first kind of separator in it, so that a name may hold another kind."""
    written = written.strip(" \u3000")
    separator = _SEPARATOR.search(re.sub('^"[^"]*"', lambda quoted: "_" * len(quoted[0]), written))
    if separator:
        try:
            return [cell.strip() for cell in next(csv.reader([written], delimiter=separator[0], strict=False), [""])]
        except csv.Error:  # a cell over 131,072 characters
            return written.split(separator[0])
    number, _, name = tidy(written).partition(" ")
    # Without a separator "Jane Doe" would enrol number Jane: a number has a digit.
    return [number, name] if not number or any(character.isdigit() for character in number) else ["", written]


def _titles(cells: list[str], names: bool) -> tuple[int, int | None] | None:
    """Which columns hold number and name, where these cells are titles; without `names` that of the number alone."""
    titles = [tidy(cell).casefold() for cell in cells]
    if titles[:1] == [""] and len(titles) == 2:  # a line without separator and digit: "number name", "学号 姓名"
        titles = titles[1].rsplit(" ", 1)
    number, name = _column(titles, _NUMBER_WORDS), _column(titles, _NAME_WORDS)
    if number is None or (names and name is None):
        return None
    return number, name if names else None


def _column(titles: list[str], words: Iterable[Sequence[str]]) -> int | None:
    """The first column whose title is one of the words; of the better words first."""
    tidied = [tidy(title).casefold() for title in titles]
    return next((column for best in words for column, title in enumerate(tidied) if title in best), None)


def _problem(entry: Entry) -> Message | None:
    if not entry.number:
        return Message("There is no number.")
    if len(entry.number) > NUMBER_MAX:
        return Message("The number has {length} characters; {limit} fit.", length=len(entry.number), limit=NUMBER_MAX)
    if entry.group is not None and len(entry.group) > GROUP_MAX:
        return Message("The group has {length} characters; {limit} fit.", length=len(entry.group), limit=GROUP_MAX)
    return _unprintable(entry.number) or _unprintable(entry.group or "")


def _unprintable(text: str) -> Message | None:
    # Control characters, half a surrogate, and marks that turn the reading order of everything after them.
    if any(
        unicodedata.category(character) in ("Cc", "Cs")
        or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        for character in text
    ):
        return Message("There is a character that cannot be shown.")
    return None
