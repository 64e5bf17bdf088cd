"""Exports as files: CSV and JSON are sent while they are read; a spreadsheet is written by a worker and sent from the disk."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import anyio
import msgspec
from litestar.response import Stream

from courses.csv_files import MARK, DoubtfulTime, Value, csv_lines
from courses.errors import Conflict, Message
from courses.results.export_tables import Column, Export
from portal.i18n import language, use_language
from portal.web.downloads import disposition
from portal.words.exports import cell_words, column_title, export_name
from portal.workers.pool import in_worker
from portal.workers.spreadsheets import ROWS, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PART = 256 << 10  # bytes
FORMATS = ("csv", "xlsx", "json")


async def export_answer(export: Export, form: str, course: str, zone: str, platforms: Mapping[str, str]) -> Stream:
    """The file in one of FORMATS, named after the course. Raises WorkFailed, and Conflict for what no sheet can hold."""
    name = f"{course} {export_name(export.name)}"
    headers = {"Content-Disposition": disposition(name, form, fallback=export.name)}
    if form == "xlsx":
        return await _xlsx(export, zone, platforms, headers)
    write = _csv if form == "csv" else _json
    media = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    # The answer is sent after the request's own context has ended.
    return Stream(_in(language(), write(export, zone, platforms)), media_type=media, headers=headers)


async def _in(name: str, parts: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    use_language(name)
    async with aclosing(parts) as open_parts:
        async for part in open_parts:
            yield part
            await asyncio.sleep(0)  # a part is some milliseconds of work: others have their turn in between


async def _csv(export: Export, zone: str, platforms: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
    there = ZoneInfo(zone)
    yield MARK + csv_lines([[column_title(column, zone) for column in export.columns]])
    async for chunk in export.chunks:
        lines = (_words(export.columns, row, platforms, there) for row in chunk)
        yield csv_lines([[_local(cell, there) for cell in line] for line in lines])


async def _json(export: Export, zone: str, _: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
    """An array of objects with the portal's own words; what is of a lesson stands under `lessons`.

    A time that is doubtful is when it arrived, and has `…_doubtful` beside it, and `…_given` where the phone's is known.
    `done` and `state` have `done_rule` beside them, which says what is done; of lessons with several rules it is null.
    """
    there, between = ZoneInfo(zone), b"[\n"
    async for chunk in export.chunks:
        for row in chunk:
            yield between + msgspec.json.encode(_object(export.columns, row, there))
            between = b",\n"
    yield b"\n]\n" if between != b"[\n" else b"[]\n"


def _object(columns: list[Column], row: list[Value], zone: ZoneInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    lessons: dict[Any, dict[str, Any]] = {}
    for column, cell in zip(columns, row, strict=True):
        of = found
        if column.lesson is not None:
            of = lessons.setdefault(column.lesson, {"id": column.lesson, "title": column.of})
        if isinstance(cell, DoubtfulTime):
            of |= {column.key: _local(cell.received_at, zone), f"{column.key}_doubtful": True}
            of |= {f"{column.key}_given": _local(cell.given, zone)} if cell.given else {}
        else:
            of[column.key] = _local(cell, zone)
        if column.rules:
            of["done_rule"] = column.rules[0] if len(set(column.rules)) == 1 else None
    return found | ({"lessons": list(lessons.values())} if lessons else {})


async def _xlsx(export: Export, zone: str, platforms: Mapping[str, str], headers: dict[str, str]) -> Stream:
    folder = Path(tempfile.mkdtemp(prefix="lessonlink-export-"))
    spool, target, there = folder / "rows", folder / "export.xlsx", ZoneInfo(zone)
    try:
        rows = 1
        async with await anyio.open_file(spool, "wb") as lined:
            async for chunk in export.chunks:
                rows += len(chunk)
                if rows > ROWS:
                    raise Conflict(
                        Message("A spreadsheet holds {limit} rows, and this has more. Take CSV.", limit=ROWS)
                    )
                lines = [msgspec.json.encode(_words(export.columns, row, platforms, there)) for row in chunk]
                await lined.write(b"\n".join([*lines, b""]))
        titles, kinds = (
            [column_title(column, zone) for column in export.columns],
            [column.kind for column in export.columns],
        )
        await in_worker(write_xlsx, spool, target, export.name, titles, kinds, zone)
        file = target.open("rb")
    finally:
        # It has names in it. What is open can still be read.
        shutil.rmtree(folder)
    headers["Content-Length"] = str(os.fstat(file.fileno()).st_size)
    return Stream(_parts(file), media_type=XLSX, headers=headers)


async def _parts(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while part := await anyio.to_thread.run_sync(file.read, PART):
            yield part


def _words(columns: list[Column], row: list[Value], platforms: Mapping[str, str], zone: ZoneInfo) -> list[Value]:
    return [cell_words(column, cell, platforms, zone) for column, cell in zip(columns, row, strict=True)]


def _local(value: Value, zone: ZoneInfo) -> Value:
    return value.astimezone(zone).replace(microsecond=0) if isinstance(value, datetime) else value
