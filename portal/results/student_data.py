"""All that is kept of a student as a file: one JSON document, and its lists as CSV beside it."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from courses.csv_files import Value, csv_bytes


def data_zip(data: Mapping[str, Any]) -> bytes:
    """`student.json` has everything, `*.csv` a list each."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("student.json", msgspec.json.format(msgspec.json.encode(data), indent=2))
        for name, rows in data.items():
            if isinstance(rows, list) and rows:
                archive.writestr(f"{name}.csv", csv_bytes(_table(rows)))
    return target.getvalue()


def _table(rows: Sequence[Mapping[str, Any]]) -> list[list[Value]]:
    titles = list(rows[0])
    return [[*titles], *([_plain(row[title]) for title in titles] for row in rows)]


def _plain(value: Any) -> Value:
    if value is None or isinstance(value, str | int | float | datetime):
        return value
    return str(value) if not isinstance(value, dict | list) else msgspec.json.encode(value).decode()
