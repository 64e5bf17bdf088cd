"""Files for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence

# What makes a cell a formula (OWASP, CSV injection; ASVS 5.0 1.2.10), and the full-width forms that Excel takes as well.
_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file (RFC 4180) in UTF-8 with a mark, without which Excel misreads Chinese; no cell can be a formula."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
