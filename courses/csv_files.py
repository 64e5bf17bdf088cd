"""Files for spreadsheets: what stands in their cells, and cells that can never be formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

#: what a cell may hold; a time knows its zone
Value = str | int | float | bool | datetime | None
# What makes a cell a formula (OWASP, CSV injection; ASVS 5.0 1.2.10), and the full-width forms that Excel takes as well.
_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")
#: at a file's start: without it Excel misreads Chinese
MARK = b"\xef\xbb\xbf"


def csv_bytes(rows: Iterable[Sequence[Value]]) -> bytes:
    """A CSV file (RFC 4180) in UTF-8 with a mark; no cell can be a formula."""
    return MARK + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[Value]]) -> bytes:
    """Some lines of a CSV file; numbers are bare, times are ISO 8601 with their distance from UTC."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
        case bool():
            return "1" if value else "0"
        case datetime():
            return value.isoformat(timespec="seconds")
    return str(value)
