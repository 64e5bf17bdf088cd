"""Reading a roster out of a spreadsheet (XLSX): its first sheet becomes lines of text, and nothing in it is run or fetched."""

import io
import zipfile
from datetime import datetime

from courses.errors import Invalid, Message
from courses.students.reading import ENTRIES_MAX

SIGN = b"PK\x03\x04"
#: bytes unpacked; 5,000 students with long names take a hundredth
UNPACKED_MAX = 50 << 20
COLUMNS_MAX = 40
_UNREADABLE = Message(
    "This spreadsheet cannot be read. Save it as XLSX or CSV again, or copy its columns into the field."
)


def is_spreadsheet(data: bytes) -> bool:
    """By its first bytes."""
    return data.startswith(SIGN)


def read_spreadsheet(data: bytes) -> str:
    """The first sheet as lines with tabs between their cells. Formulas count by the value that was saved with them.

    Takes a second for 5,000 rows: not for the event loop. Raises Invalid.
    """
    # Half a second to load, which only who sends a spreadsheet pays.
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > UNPACKED_MAX:
                raise Invalid({"roster": Message("This spreadsheet is too large. Copy the list alone into a new one.")})
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=ENTRIES_MAX + 50, max_col=COLUMNS_MAX)
        lines = ["\t".join(map(_cell, row)).rstrip("\t") for row in rows]
        book.close()
    except Invalid:
        raise
    except Exception as error:  # whatever hostile or broken files bring about
        raise Invalid({"roster": _UNREADABLE}) from error
    return "\n".join(lines)


def _cell(value: object) -> str:
    """As it is read on the screen: a number of students is no 2026001.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = value.date()
    return " ".join(str(value).split())
