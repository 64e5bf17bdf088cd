"""One reader for every list of students: lines of cells become entries, and it tells how it took them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from courses.errors import Invalid, Message
from courses.students.comparing import tidy
from courses.students.doubts import CODE, EAST, NAMED, doubts_about
from courses.students.reading import ENTRIES_MAX, Entry, RosterInvalid, check_entries
from courses.students.separated import Row, spaced
from courses.students.titles import LONGEST, Columns, are_titles, columns_of, title_count

#: lines above the titles: what a list is called stands there
HEAD_LINES = 10
#: lines with sums and headings among them, cells of a line, and characters of a cell
LINES_MAX, CELLS_MAX, CELL_MAX = 20_000, 256, 2_000
#: no group: a phone, an address, or eighteen digits of a person
_PERSONAL = re.compile(r"\+?[\d -]{8,20}X?|\S+@\S+", re.I)
_LABEL = re.compile(r"[^\W\d]{1,12}\s*:")
_TOTAL = re.compile(
    r"(合计|合計|总计|總計|共计|小计|总人数|人数|共\s*\d+|制表|审核|说明|備註|备注|注:|total\b|sum\b|count\b)", re.I
)
_TITLES = Message(
    "This looks like titles, and no student. Call the columns “Number” and “Name”, or take this line out."
)


@dataclass(frozen=True)
class Column:
    """Where a number, name or group was found: under this title, or without titles in this column, from 1."""

    role: str
    title: str
    place: int


@dataclass(frozen=True)
class Reading:
    """What a list says. `doubts` are to be looked at before it is taken, `left_out` is what is not kept of it."""

    entries: list[Entry]
    columns: tuple[Column, ...]
    doubts: tuple[Message, ...]
    left_out: tuple[Message, ...]


def read_list(rows: Sequence[Row], names: bool = True, flat: bool = True) -> Reading:
    """Read lines of number, name and group; titles may stand above them and say where, else their look says it.

    With titles, other columns are left out, and so is what stands above. Without `names` nobody has one: the column may be
    there or not, and is forgotten as it is read. Raises RosterInvalid, Invalid.
    """
    _refuse_too_much(rows)
    rows = [(line, cells) for line, cells in rows if any(map(tidy, cells))]
    above, columns = _titles(rows, names)
    titles = rows[above - 1][1] if above else []
    parted = _parted(titles, names)
    body = [(line, cells if titles[1:] else _words(cells, len(parted))) for line, cells in rows[above:]]
    width = max(len(titles), len(parted))
    columns = replace(columns, width=width) if columns else _guess(body, names)
    body, end = _without_sums(body, columns)
    found: list[tuple[int, str, str, str | None]] = []
    bad: list[tuple[int, Message]] = []
    for place, (line, cells) in enumerate(body):
        if above and _same_titles(cells, titles):
            continue  # they are printed again on every page
        if are_titles(cells) or _is_heading(body, place, columns, titled=above > 0):
            bad.append((line, _TITLES))
        elif any(cells[columns.width :]):
            bad.append((line, Message("There are more than {count} columns.", count=columns.width)))
        else:
            group = None if columns.group is None else _at(cells, columns.group)
            found.append((line, _at(cells, columns.number), _name(cells, columns.name), group))
    entries = check_entries(found, bad, names)
    untitled = () if above else body
    return Reading(
        entries,
        _told(columns, parted or titles),
        doubts_about(found, untitled, columns, names, flat),
        (*_others(columns, parted or titles, body), *end),
    )


def read_rows(rows: Sequence[tuple[int, str, str, str | None]], names: bool = True) -> Reading:
    """The same of rows that say themselves what is what: (line, number, name, group). Raises RosterInvalid, Invalid."""
    entries = check_entries(rows, names=names)
    return Reading(entries, (), doubts_about(rows, (), Columns(0, (1,), 2, width=3), names, flat=False), ())


def _refuse_too_much(rows: Sequence[Row]) -> None:
    """What cannot be a list is not looked at cell by cell."""
    if len(rows) > LINES_MAX:
        said = Message("There are {count} students; {limit} fit.", count=len(rows), limit=ENTRIES_MAX)
        raise Invalid({"roster": said})
    said = Message("There are more than {count} columns.", count=CELLS_MAX)
    if wide := [(line, said) for line, cells in rows if len(cells) > CELLS_MAX]:
        raise RosterInvalid(wide)
    said = Message("This cell has more text than fits; perhaps a quotation mark is not closed.")
    if long := [(line, said) for line, cells in rows if any(len(cell) > CELL_MAX for cell in cells)]:
        raise RosterInvalid(long)


def _titles(rows: Sequence[Row], names: bool) -> tuple[int, Columns | None]:
    """How many lines stand above the first student, and what the last of them, the titles, say."""
    for place, (_, cells) in enumerate(rows[:HEAD_LINES]):
        columns = columns_of(cells, names) or columns_of(_parted(cells, names), names)
        if columns:
            return (0, None) if any(_is_student(other, columns) for _, other in rows[:place]) else (place + 1, columns)
    return 0, None


def _parted(cells: Sequence[str], names: bool) -> list[str]:
    """Titles in a list without separators: "student number name", "学号 姓名", "学号 姓名 小组"."""
    if len(cells) != 1 or len(cells[0]) > CELLS_MAX * LONGEST:
        return []
    two, words = tidy(cells[0]).rsplit(" ", 1), tidy(cells[0]).split(" ")
    if columns_of(two, names) or len(words) > CELLS_MAX or title_count(words) < len(words):
        return two
    return words


def _words(cells: list[str], count: int) -> list[str]:
    """The cells of a line without separators: as many words as there are titles, or number and name."""
    if len(cells) != 1:
        return cells
    words = cells[0].split(maxsplit=count)
    return words if len(words) == count > 2 else spaced(cells[0])


def _is_student(cells: Sequence[str], columns: Columns) -> bool:
    number, name = tidy(_at(cells, columns.number)), tidy(_name(cells, columns.name))
    return bool(number and (name or not columns.name)) and not (_LABEL.match(number) or _LABEL.match(name))


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _name(cells: Sequence[str], columns: tuple[int, ...]) -> str:
    """A name that stands in one column, or in one for the first and one for the last name."""
    parts = [part for column in columns if (part := _at(cells, column).strip())]
    return "".join(reversed(parts)) if len(parts) > 1 and EAST.search("".join(parts)) else " ".join(parts)


def _guess(rows: Sequence[Row], names: bool) -> Columns:
    """Without titles: a number has digits and a name has none; a running number before the number, or a group, is told too."""
    lines = [[tidy(cell) for cell in cells] for _, cells in rows if sum(map(bool, cells)) > 1]
    width = max(map(len, lines), default=0)
    codes = [column for column in range(width) if _mostly(CODE.fullmatch(_at(cells, column)) for cells in lines)]
    words = [column for column in range(width)
             if column not in codes and _mostly(_is_word(_at(cells, column)) for cells in lines)]  # fmt: skip
    number = codes[0] if codes else 0
    if number == 0 and codes[1:2] == [1] and words and _running([_at(cells, 0) for cells in lines]):
        number = 1
    if not names:
        return Columns(number, width=max(2, number + 1))
    others = [column for column in words if column != number] if codes else []
    name = others[0] if others else number + 1
    if len(others) > 1 and name < number and _repeats(lines, others[0]) and not _repeats(lines, others[1]):
        return Columns(number, (others[1],), others[0], width=max(number, others[1]) + 1)
    last = max(number, name)
    # Fewer have a comma too many.
    more = 2 * sum(any(cells[last + 1 :]) for cells in lines) > len(rows)
    personal = more and _mostly(_PERSONAL.fullmatch(text) for cells in lines if (text := _at(cells, last + 1)))
    return Columns(number, (name,), last + 1 if more and not personal else None, width=last + (2 if more else 1))


def _mostly(marks: Iterable[object]) -> bool:
    found = [bool(mark) for mark in marks]
    return 5 * sum(found) >= 4 * len(found) > 0


def _is_word(text: str) -> bool:
    return bool(text) and not any(character.isdigit() for character in text)


def _running(cells: Sequence[str]) -> bool:
    numbers = [int(cell) for cell in cells if re.fullmatch("[0-9]{1,5}", cell)]
    return len(numbers) == len(cells) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _repeats(lines: Sequence[Sequence[str]], column: int) -> bool:
    return max(Counter(_at(cells, column) for cells in lines).values(), default=0) > 1


def _without_sums(body: list[Row], columns: Columns) -> tuple[list[Row], tuple[Message, ...]]:
    """The lines without sums, and without signatures at their end, and what is told of these."""
    end = len(body)
    while end and _is_end(body[end - 1][1], columns):
        end -= 1
    sums = [place >= end or _is_sum(cells, columns) for place, (_, cells) in enumerate(body)]
    kept = [row for row, left in zip(body, sums, strict=True) if not left]
    left_out = [row for row, left in zip(body, sums, strict=True) if left]
    told = tuple(
        Message(
            "Line {line} is no student and was left out: {text}", line=line, text=" ".join(filter(None, cells))[:60]
        )
        for line, cells in left_out[:NAMED]
    )
    if more := left_out[NAMED:]:
        lines = ", ".join(str(line) for line, _ in more)
        told += (Message("These lines are no students either and were left out: {lines}", lines=lines),)
    return kept, told


def _is_end(cells: Sequence[str], columns: Columns) -> bool:
    if _is_student(cells, columns) and columns.name and not _is_sum(cells, columns):
        return False
    return any(_LABEL.match(tidy(cell)) or _TOTAL.match(tidy(cell)) for cell in cells)


def _is_sum(cells: Sequence[str], columns: Columns) -> bool:
    """Whether a line of a sum has a figure where others have a name."""
    number, name = tidy(_at(cells, columns.number)), tidy(_name(cells, columns.name))
    return bool(_TOTAL.match(number)) and _is_word(number) and bool(re.fullmatch(r"[\d.,%]+\s*人?", name))


def _same_titles(cells: Sequence[str], titles: Sequence[str]) -> bool:
    return [tidy(cell) for cell in cells if cell] == [tidy(title) for title in titles if title]


def _is_heading(body: Sequence[Row], place: int, columns: Columns, titled: bool) -> bool:
    """Whether the first line is titles in words that are not known: it has no digits and all others have."""
    if titled or place:
        return False
    cells = body[0][1]
    if any(character.isdigit() for cell in cells for character in cell):
        return False
    others = [_at(other, columns.number) for _, other in body[1:]]
    numbered = bool(others) and all(any(map(str.isdigit, number)) for number in others)
    return numbered and sum(map(bool, cells)) > 1 and (title_count(cells) > 0 or len(others) > 1)


def _told(columns: Columns, titles: Sequence[str]) -> tuple[Column, ...]:
    places = [("number", columns.number), *(("name", place) for place in columns.name)]
    if columns.group is not None:
        places.append(("group", columns.group))
    return tuple(Column(role, " ".join(_at(titles, place).split())[:60], place + 1) for role, place in places)


def _others(columns: Columns, titles: Sequence[str], body: Sequence[Row]) -> tuple[Message, ...]:
    kept = {columns.number, *columns.name, columns.group}
    others = [
        " ".join(_at(titles, place).split())[:40] or str(place + 1)
        for place in range(columns.width)
        if place not in kept and (_at(titles, place).strip() or any(_at(cells, place).strip() for _, cells in body))
    ]
    if not others:
        return ()
    return (Message("Columns that are not kept: {columns}", columns=_some(others)),)


def _some(texts: Sequence[str]) -> str:
    return " · ".join(texts[:NAMED]) + (" …" if texts[NAMED:] else "")
