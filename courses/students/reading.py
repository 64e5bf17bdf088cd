"""Entries of a roster: what a number, a name and a group may be, or every bad line is named."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from courses.encodings import ENCODINGS, Decoded, NotText, decode
from courses.errors import Invalid, Message
from courses.students.comparing import number_key, tidy

NUMBER_MAX, NAME_MAX, GROUP_MAX = 40, 100, 60
ENTRIES_MAX = 5_000
#: what a spreadsheet shows in place of a value (Excel, WPS, LibreOffice)
_ERROR = re.compile(
    r"#(?:N/A|(?:DIV/0|REF|VALUE|NUM|NULL|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN)!|NAME\?|GETTING_DATA|#+)"
    r"|Err:\d{3}",
    re.I,
)
#: as spreadsheets write it, and programs that read them: 2.02E+11, 2,02E+11, 2.02401E11
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d+|\d[.,]\d+E\d+", re.I)


#: Excel's files until 2003, and newer ones with a password; tables of offices that are web pages with a spreadsheet's name
_OLD_EXCEL, _PAGE, _HEAD = b"\xd0\xcf\x11\xe0", re.compile(rb"\s*<(?:!doctype|html|table|meta|\?xml)", re.I), 512
_OTHER_FILE = Message(
    "This is an old spreadsheet (XLS), one with a password, or a web page. Open it in the spreadsheet program, save it as XLSX "
    "and choose that."
)


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


def decode_roster(data: bytes, encoding: str = "") -> Decoded:
    """The text of an uploaded file in the given encoding, or in the one that was found out. Raises Invalid."""
    if data.startswith(_OLD_EXCEL) or _PAGE.match(data[:_HEAD].lstrip(b"\xef\xbb\xbf")):
        raise Invalid({"roster": _OTHER_FILE})
    try:
        return decode(data, encoding)
    except NotText as error:
        said = Message("This file is not text. Save the list as CSV (UTF-8) and choose it again.")
        raise Invalid({"roster": said}) from error


def doubt_about(decoded: Decoded) -> tuple[Message, ...]:
    """What is to be said before anybody is enrolled from a file whose encoding could have been another one."""
    if decoded.sure:
        return ()
    said = Message("The file does not say its encoding. It was read as {encoding}, which may be wrong: look at the names.",
                   encoding=ENCODINGS[decoded.encoding])  # fmt: skip
    return (said,)


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
        key = number_key(entry.number)
        if problem is None and key in seen:
            other = seen[key]
            problem = Message("The number {number} is on line {line} too.", number=entry.number, line=other)
        if problem:
            problems.append((line, problem))
        else:
            seen[key] = line
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


def name_problem(name: str) -> Message | None:
    """Why a tidied name cannot be taken."""
    if not any(unicodedata.category(character)[0] in "LNSMC" for character in name):
        return Message("There is no name.")
    if len(name) > NAME_MAX:
        return Message("The name has {length} characters; {limit} fit.", length=len(name), limit=NAME_MAX)
    return _unreadable(name)


def _problem(entry: Entry) -> Message | None:
    if not any(map(str.isalnum, entry.number)):
        return Message("There is no number.")
    if len(entry.number) > NUMBER_MAX:
        return Message("The number has {length} characters; {limit} fit.", length=len(entry.number), limit=NUMBER_MAX)
    if _SHORTENED.fullmatch(entry.number):
        return Message(
            "Digits of the number {number} are lost. Format its column as text in the spreadsheet and type it again.",
            number=entry.number,
        )
    if entry.group is not None and len(entry.group) > GROUP_MAX:
        return Message("The group has {length} characters; {limit} fit.", length=len(entry.group), limit=GROUP_MAX)
    return _unreadable(entry.number) or _unreadable(entry.group or "")


def _unreadable(text: str) -> Message | None:
    if _ERROR.fullmatch(text):
        return Message("The spreadsheet shows {error} here in place of a value. Correct it there.", error=text)
    # Control characters, half a surrogate, what only one computer's fonts show, what replaced a character that was lost,
    # and marks that turn the reading order of everything after them.
    if any(
        unicodedata.category(character) in ("Cc", "Cs", "Co")
        or character in "\ufffd\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        for character in text
    ):
        return Message("There is a character that cannot be shown.")
    return None
