"""Exports as files: CSV and JSON are sent while they are read; a spreadsheet is written by a worker and sent from the disk."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio
import msgspec
from litestar import Response
from litestar.response import Stream

from courses.csv_files import MARK, DoubtfulTime, Value, csv_cells, csv_lines
from courses.errors import Conflict, Message
from courses.results.export_tables import Column, Export, Part
from portal.results.row_writing import PartWriter
from portal.web.downloads import disposition
from portal.web.large_answers import LargeAnswers
from portal.words.exports import cell_words, column_title, export_name
from portal.workers.pool import in_worker
from portal.workers.spreadsheets import ROWS, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PART = 256 << 10  # bytes
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "json": "application/json"}
FORMATS = tuple(MEDIA_TYPES)


async def export_answer(
    answers: LargeAnswers, who: UUID, export: Export, form: str, course: str, zone: str, platforms: Mapping[str, str]
) -> Response[bytes] | Stream:
    """The file in one of FORMATS, named after the course. Raises WorkFailed, Busy, and Conflict for what no sheet can hold."""
    name = f"{course} {export_name(export.name)}"
    headers = {"Content-Disposition": disposition(name, form, fallback=export.name)}
    write = {"csv": _csv, "xlsx": _xlsx, "json": _json}[form]
    return await answers.answer(who, write(export, zone, platforms), MEDIA_TYPES[form], headers)


async def _csv(export: Export, zone: str, platforms: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
    there = ZoneInfo(zone)

    def cells(place: int, part: Part) -> str:
        return csv_cells([_local(cell, there) for cell in _words(export.parts[place], part, platforms, there)])

    writer = PartWriter(cells)
    yield MARK + csv_lines([[column_title(column, zone) for column in export.columns]])
    async for chunk in export.chunks:
        yield await asyncio.to_thread(writer.csv, chunk)


async def _json(export: Export, zone: str, _: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
    """An array of objects with the portal's own words; what is of a lesson stands under `lessons`.

    A time that is doubtful is when it arrived, and has `…_doubtful` beside it, and `…_given` where the phone's is known.
    `done` and `state` have `done_rule` beside them, which says what is done; of lessons with several rules it is null.
    """
    there, between = ZoneInfo(zone), "[\n"
    writer = PartWriter(lambda place, part: msgspec.json.encode(_object(export.parts[place], part, there)).decode())
    lesson_parts = [place for place, part in enumerate(export.parts) if part[0].lesson is not None]
    first = lesson_parts[0] if lesson_parts else len(export.parts)

    def objects(rows: Iterable[Sequence[Part]]) -> str:
        return ",\n".join(_joined(texts[:first], texts[first:]) for texts in map(writer.texts, rows))

    async for chunk in export.chunks:
        if chunk:
            yield f"{between}{await asyncio.to_thread(objects, chunk)}".encode()
            between = ",\n"
    yield b"\n]\n" if between != "[\n" else b"[]\n"


def _joined(about: list[str], lessons: list[str]) -> str:
    """One object; `about` holds that of the row itself, or nothing."""
    if not lessons:
        return about[0]
    start = f"{about[0][:-1]}," if about else "{"
    return f'{start}"lessons":[{",".join(lessons)}]}}'


def _object(columns: Sequence[Column], part: Part, zone: ZoneInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column, cell in zip(columns, part, strict=True):
        if column.lesson is not None and not found:
            found |= {"id": column.lesson, "title": column.of}
        if isinstance(cell, DoubtfulTime):
            found |= {column.key: _local(cell.received_at, zone), f"{column.key}_doubtful": True}
            found |= {f"{column.key}_given": _local(cell.given, zone)} if cell.given else {}
        else:
            found[column.key] = _local(cell, zone)
        if column.rules:
            found["done_rule"] = column.rules[0] if len(set(column.rules)) == 1 else None
    return found


async def _xlsx(export: Export, zone: str, platforms: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
    folder = Path(tempfile.mkdtemp(prefix="lessonlink-export-"))
    spool, target, there = folder / "rows", folder / "export.xlsx", ZoneInfo(zone)

    def cells(place: int, part: Part) -> str:
        return msgspec.json.encode(_words(export.parts[place], part, platforms, there)).decode()[1:-1]

    writer = PartWriter(cells)

    def lines(rows: Iterable[Sequence[Part]]) -> bytes:
        return "".join(f"[{','.join(writer.texts(row))}]\n" for row in rows).encode()

    try:
        count = 1
        async with await anyio.open_file(spool, "wb") as lined:
            async for chunk in export.chunks:
                count += len(chunk)
                if count > ROWS:
                    raise Conflict(
                        Message("A spreadsheet holds {limit} rows, and this has more. Take CSV.", limit=ROWS)
                    )
                await lined.write(await asyncio.to_thread(lines, chunk))
        titles, kinds = (
            [column_title(column, zone) for column in export.columns],
            [column.kind for column in export.columns],
        )
        await in_worker(write_xlsx, spool, target, export.name, titles, kinds, zone)
        file = target.open("rb")
    finally:
        # It has names in it. What is open can still be read.
        shutil.rmtree(folder)
    async for part in _parts(file):
        yield part


async def _parts(file: BinaryIO) -> AsyncGenerator[bytes, None]:
    with file:
        while part := await anyio.to_thread.run_sync(file.read, PART):
            yield part


def _words(columns: Sequence[Column], part: Part, platforms: Mapping[str, str], zone: ZoneInfo) -> list[Value]:
    return [cell_words(column, cell, platforms, zone) for column, cell in zip(columns, part, strict=True)]


def _local(value: Value, zone: ZoneInfo) -> Value:
    return value.astimezone(zone).replace(microsecond=0) if isinstance(value, datetime) else value
