"""Reading a roster: pasted lines or a CSV file become entries, or every bad line is named."""

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from courses.errors import Invalid, Message

NUMBER_MAX, NAME_MAX, GROUP_MAX = 40, 100, 60
ENTRIES_MAX = 5_000
_LINE = re.compile(r"\r\n|\r|\n")
_SEPARATOR = re.compile("[,\t;，；]")
_NUMBER_WORDS = {"number", "no", "no.", "id", "student number", "student id", "学号", "編號", "编号", "學號", "序号"}
_GROUP_WORDS = {"group", "team", "class", "组", "小组", "組", "分组", "分組", "组别", "班级", "班級", "班"}
_NAME_WORDS = {"name", "student", "student name", "full name", "姓名", "名字", "学生", "學生"}


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
    """The text of an uploaded file: UTF-8, GB18030 (Excel in China) or UTF-16 with its mark. Raises Invalid."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid({"roster": Message("This file is not text. Save the list as CSV (UTF-8) and choose it again.")})


def parse_roster(text: str) -> list[Entry]:
    """Read lines of number and name between comma, tab, semicolon or space; a first line with titles may be there.

    With titles, other columns are left out. Raises RosterInvalid, Invalid.
    """
    rows: list[tuple[int, str, str, str | None]] = []
    bad: list[tuple[int, Message]] = []
    columns: tuple[int, int] = (0, 1)
    group: int | None = None
    width = 0
    for line, written in enumerate(_LINE.split(text.removeprefix("\ufeff")), start=1):
        cells = _cells(written)
        if not any(cells):
            continue
        if not width:
            titles = _titles(cells)
            columns, width = (titles, len(cells)) if titles else (columns, 2)
            if titles:
                group = _column(cells, _GROUP_WORDS)
                continue
        if any(cells[width:]):
            bad.append((line, Message("There are more than {count} columns.", count=width)))
        else:
            number, name = (cells[column] if column < len(cells) else "" for column in columns)
            rows.append((line, number, name, None if group is None else cells[group] if group < len(cells) else ""))
    return check_entries(rows, bad)


def check_entries(rows: Iterable[Sequence[Any]], bad: Iterable[tuple[int, Message]] = ()) -> list[Entry]:
    """Entries from (line, number, name) and perhaps a group, where `bad` lines were found before. Raises RosterInvalid, Invalid."""
    entries: list[Entry] = []
    problems = list(bad)
    seen: dict[str, int] = {}
    for line, number, name, *rest in rows:
        group = rest[0] if rest else None
        entry = Entry(tidy(number), tidy(name), None if group is None else tidy(group))
        problem = _problem(entry)
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


def _titles(cells: list[str]) -> tuple[int, int] | None:
    """Which columns hold number and name, where these cells are titles."""
    titles = [tidy(cell).casefold() for cell in cells]
    if titles[:1] == [""] and len(titles) == 2:  # a line without separator and digit: "number name", "学号 姓名"
        titles = titles[1].rsplit(" ", 1)
    number, name = _column(titles, _NUMBER_WORDS), _column(titles, _NAME_WORDS)
    return None if number is None or name is None else (number, name)


def _column(titles: list[str], words: set[str]) -> int | None:
    """The first column whose title is one of the words."""
    return next((column for column, title in enumerate(titles) if tidy(title).casefold() in words), None)


def _problem(entry: Entry) -> Message | None:
    if not entry.number:
        return Message("There is no number.")
    if len(entry.number) > NUMBER_MAX:
        return Message("The number has {length} characters; {limit} fit.", length=len(entry.number), limit=NUMBER_MAX)
    if entry.group is not None and len(entry.group) > GROUP_MAX:
        return Message("The group has {length} characters; {limit} fit.", length=len(entry.group), limit=GROUP_MAX)
    return _unprintable(entry.number) or _unprintable(entry.group or "") or name_problem(entry.name)


def _unprintable(text: str) -> Message | None:
    # Control characters, half a surrogate, and marks that turn the reading order of everything after them.
    if any(
        unicodedata.category(character) in ("Cc", "Cs")
        or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        for character in text
    ):
        return Message("There is a character that cannot be shown.")
    return None
