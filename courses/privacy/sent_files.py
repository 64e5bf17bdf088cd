"""Words in the files that were sent for an import and wait in the object store: lists, and archives of lessons."""

import asyncio
import io
import re
import zipfile
from collections.abc import Iterator
from uuid import UUID

import obstore
from obstore.store import ObjectStore

from courses.encoding_guesses import codecs_of
from courses.encodings import ENCODINGS
from courses.errors import NotFound
from courses.exchange.runs import file_key
from courses.objects import object_bytes
from courses.tables.imports import ImportRun

#: bytes of a file, and of a text in an archive, that are looked through
LARGEST, LARGEST_TEXT = 64 << 20, 4 << 20


async def sent_files_with(store: ObjectStore, course: UUID, pattern: re.Pattern[str]) -> list[tuple[UUID, str]]:
    """The imports of a course in whose file it is found, with the name of the file or of the text inside."""
    found = []
    for run in await ImportRun.select(ImportRun.id, ImportRun.kind, ImportRun.name).where(ImportRun.course == course):
        key = file_key(run["id"], run["kind"])
        try:
            if (await obstore.head_async(store, key))["size"] > LARGEST:
                continue
            data = await object_bytes(store, key)
        except (NotFound, FileNotFoundError):
            continue
        found += [(run["id"], name) for name in await asyncio.to_thread(_places, data, run["name"], pattern)]
    return found


def _places(data: bytes, name: str, pattern: re.Pattern[str]) -> list[str]:
    return [place for place, text in _texts(data, name) if any(pattern.search(form) for form in (place, *_read(text)))]


def _texts(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        yield name, data
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            small = info.file_size <= LARGEST_TEXT and info.filename.endswith((".md", ".json", ".csv", ".txt"))
            yield info.filename, archive.read(info) if small else b""


def _read(data: bytes) -> Iterator[str]:
    """As every encoding that an import reads has it."""
    if data.isascii():
        yield data.decode("ascii")
        return
    for encoding in ENCODINGS:
        for codec in codecs_of(encoding):
            yield data.decode(codec, "ignore")
