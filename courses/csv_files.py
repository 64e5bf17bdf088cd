"""Files for spreadsheets: what stands in their cells, and cells that can never be formulas."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DoubtfulTime:
    """When something arrived whose own time cannot be; `given` is what the phone said, where it is known."""

    received_at: datetime
    given: datetime | None = None


#: what a cell may hold; a time knows its zone, and a doubtful one is words by the time it is written
Value = str | int | float | bool | datetime | DoubtfulTime | None
# What makes a cell a formula (OWASP, CSV injection; ASVS 5.0 1.2.10), and the full-width forms that Excel takes as well.
_FORMULA = "=+\\-@\t\r\n\0＝＋－＠"
#: what gets an apostrophe in front, and what only looks as if it had: both get one more, so that it can be taken off again
_QUOTED = re.compile(f"'* *[{_FORMULA}]")
#: at a file's start: without it Excel misreads Chinese
MARK = b"\xef\xbb\xbf"
#: a line whose only cell is empty: without them it would be no line for many programs
EMPTY = '""'


def csv_bytes(rows: Iterable[Sequence[Value]]) -> bytes:
    """A CSV file (RFC 4180) in UTF-8 with a mark; no cell can be a formula."""
    return MARK + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[Value]]) -> bytes:
    """Some lines of a CSV file; numbers are bare, times are ISO 8601 with their distance from UTC."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def csv_cells(values: Sequence[Value]) -> str:
    """Some cells of a line, at least one, with commas between; a line of one empty cell is `EMPTY`."""
    text = io.StringIO(newline="")
    # Alone an empty cell would have quotation marks, which it needs only where it is the whole line.
    csv.writer(text, lineterminator="").writerow(["", *map(_cell, values)])
    return text.getvalue()[1:]


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return quoted(value)
        case bool():
            return "1" if value else "0"
        case datetime():
            return value.isoformat(timespec="seconds")
    return str(value)


def quoted(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{cell}" if _QUOTED.match(cell) else cell


def unquoted(cell: str) -> str:
    """What `quoted` was given."""
    return cell[1:] if cell.startswith("'") and _QUOTED.match(cell) else cell
