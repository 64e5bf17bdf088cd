"""Writes a spreadsheet in a worker process, row by row, so that its size costs no memory."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import xlsxwriter

#: characters that fit into a cell, and rows on a sheet (Excel's own limits)
CELL, ROWS = 32_767, 1_048_576
_WIDTHS = {"time": 19, "number": 9, "text": 22, "rung": 16, "outcome": 26, "platform": 14, "app": 14}


def write_xlsx(spool: Path, target: Path, name: str, titles: Sequence[str], kinds: Sequence[str], zone: str) -> int:
    """Make a file of lines of JSON arrays; how many rows it has.

    Texts are texts whatever they look like, never formulas or links. Times have no zone in a spreadsheet, so they are
    those of `zone`, which the titles name.
    """
    there = ZoneInfo(zone)
    # The options are those that look at what a text means; nothing here does.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    count = 0
    with xlsxwriter.Workbook(str(target), options) as book, spool.open("rb") as lines:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, kind in enumerate(kinds):
            sheet.set_column(place, place, _WIDTHS.get(kind, 12))
        for place, title in enumerate(titles):
            sheet.write_string(0, place, title[:CELL], bold)
        for count, line in enumerate(lines, start=1):
            for place, (value, kind) in enumerate(zip(msgspec.json.decode(line), kinds, strict=True)):
                _write(sheet, count, place, value, kind, time, there)
        if titles:
            sheet.autofilter(0, 0, count, len(titles) - 1)
    return count


def _write(sheet: Any, row: int, place: int, value: Any, kind: str, time: Any, zone: ZoneInfo) -> None:
    match value:
        case None | "":
            return
        case int() | float():
            # A flag as 1 or 0, as in CSV: LibreOffice makes a formula, =FALSE(), of a truth value.
            sheet.write_number(row, place, float(value))
        case str() if kind == "time" and (moment := _time(value)) is not None:
            sheet.write_datetime(row, place, moment.astimezone(zone).replace(tzinfo=None, microsecond=0), time)
        case str():
            sheet.write_string(row, place, value[:CELL])


def _time(text: str) -> datetime | None:
    """None for words: a doubtful time says that it is."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
