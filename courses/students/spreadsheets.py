"""Reading lists out of a spreadsheet (XLSX): the cells of its sheets as its screen shows them; nothing in it is run or fetched."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from courses.errors import Invalid, Message
from courses.students.number_formats import shown
from courses.students.separated import Row

SIGN = b"PK\x03\x04"
#: bytes unpacked; 5,000 students with long names take a hundredth
UNPACKED_MAX = 50 << 20
#: of a sheet; what stands beyond is not left out in silence
ROWS_MAX, COLUMNS_MAX, SHEETS_MAX = 20_000, 256, 50
_LAST_ROW = 1_048_576
#: how a cell writes a character that its XML cannot hold (ECMA-376, ST_Xstring)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
#: in place of a value that the program that wrote the file did not work out
_NOT_WORKED_OUT = "#CALC!"
_UNREADABLE = Message(
    "This spreadsheet cannot be read. Save it as XLSX or CSV again, or copy its columns into the field."
)


@dataclass(frozen=True)
class Sheet:
    """A sheet that can be seen and has something on it; `rows` are those with something in them, `hidden` which cannot be seen."""

    name: str
    rows: list[Row]
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Extra:
    """What a sheet says beside its cells: which cells are one, which formulas have no value, which rows are hidden."""

    merged: list[tuple[int, int, int]]
    not_worked_out: set[tuple[int, int]]
    hidden: set[int]


def is_spreadsheet(data: bytes) -> bool:
    """By its first bytes."""
    return data.startswith(SIGN)


def read_spreadsheet(data: bytes) -> list[Sheet]:
    """The sheets that can be seen, at least one. Formulas count by the value that was saved with them.

    Takes a second for 5,000 rows: not for the event loop. Raises Invalid.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > UNPACKED_MAX:
                raise Invalid({"roster": Message("This spreadsheet is too large. Copy the list alone into a new one.")})
            sheets = [sheet for sheet in _sheets(data, archive) if sheet.rows]
    except Invalid:
        raise
    except Exception as error:  # whatever hostile or broken files bring about
        raise Invalid({"roster": _UNREADABLE}) from error
    if not sheets:
        raise Invalid({"roster": Message("There is nobody in this list. Write a number and a name on each line.")})
    return sheets


def _sheets(data: bytes, archive: zipfile.ZipFile) -> Iterator[Sheet]:
    # Half a second to load, which only who sends a spreadsheet pays.
    from openpyxl.reader.excel import ExcelReader

    reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    # No list, and one that is empty is more than the library can read.
    setattr(reader, "read_chartsheet", lambda *_: None)  # noqa: B010 -- a method, which types forbid
    reader.read()
    paths = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}
    for sheet in reader.wb.worksheets[:SHEETS_MAX]:
        if sheet.sheet_state == "visible":
            with archive.open(paths[sheet.title]) as source:
                extra = _extra(source)
            rows = _filled(list(_rows(sheet, extra)), extra)
            yield Sheet(sheet.title, rows, tuple(line for line, _ in rows if line in extra.hidden))
    reader.wb.close()


def _extra(source: Any) -> _Extra:
    from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
    from openpyxl.xml.functions import iterparse

    extra = _Extra([], set(), set())
    for _, element in iterparse(source):
        match element.tag.rpartition("}")[2]:
            case "mergeCell":
                left, top, _, bottom = range_boundaries(element.get("ref", ""))
                if left is not None and top is not None and bottom is not None:
                    extra.merged.append((left, top, bottom))
            case "c" if _has_no_value(element):
                extra.not_worked_out.add(coordinate_to_tuple(element.get("r", "")))
            case "row":
                if int(element.get("r", "1")) > _LAST_ROW:
                    raise ValueError("a row that no spreadsheet has")
                if element.get("hidden") in ("1", "true"):
                    extra.hidden.add(int(element.get("r", "0")))
                element.clear()
    return extra


def _has_no_value(cell: Element) -> bool:
    parts = {part.tag.rpartition("}")[2]: part.text for part in cell}
    return "f" in parts and cell.get("t") != "str" and bool(cell.get("r")) and not parts.get("v")


def _rows(sheet: Any, extra: _Extra) -> Iterator[Row]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for line, cells in enumerate(sheet.iter_rows(min_row=1, min_col=1), start=1):
        texts = [_cell(cell, (line, column) in extra.not_worked_out) for column, cell in enumerate(cells, start=1)]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            continue
        if line > ROWS_MAX or len(texts) > COLUMNS_MAX:
            raise Invalid({"roster": Message(
                "The sheet “{sheet}” has something in row {row}, column {column}. A list has up to {rows} rows and {columns}"
                " columns: copy the list alone into a new sheet.",
                sheet=sheet.title, row=line, column=len(texts), rows=ROWS_MAX, columns=COLUMNS_MAX,
            )})  # fmt: skip
        yield line, texts


def _cell(cell: Any, not_worked_out: bool) -> str:
    """As it is read on the screen: a number of students is no 2026001.0."""
    if cell.value is None:
        return _NOT_WORKED_OUT if not_worked_out else ""
    value = cell.value
    if isinstance(value, str):
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).encode("utf-8", "replace").decode()
    return " ".join(shown(value, cell.number_format).split())


def _filled(rows: list[Row], extra: _Extra) -> list[Row]:
    """With the value of cells that are one in each row that they reach over."""
    by_line = dict(rows)
    for column, top, bottom in extra.merged:
        value = by_line.get(top, [])[column - 1 : column]
        for line in range(top + 1, min(bottom, ROWS_MAX) + 1):
            cells = by_line.get(line)
            if value and cells:
                cells += [""] * (column - len(cells))
                cells[column - 1] = cells[column - 1] or value[0]
    return rows
