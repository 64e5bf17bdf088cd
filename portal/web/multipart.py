"""Forms with files: the files go to disk as they arrive, texts and the number of parts are bounded."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from litestar import Request
from litestar.exceptions import ClientException, HTTPException
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

from courses.disk import is_full
from portal.web.forms import Form

#: bytes of all texts together, and of a file that wait in memory
TEXT_LIMIT, WAITING = 1 << 20, 1 << 20
PARTS = 200


@dataclass(frozen=True)
class SentFile:
    """A file on disk; `name` and `type` are what the sender says, so neither is to be trusted.

    It is not `whole` where the disk was full and the form's texts were wanted anyway.
    """

    field: str
    name: str
    type: str
    path: Path
    whole: bool = True


@dataclass
class _Reading:
    """What has arrived so far."""

    folder: Path
    texts_anyway: bool = False
    form: Form = field(default_factory=dict)
    uploads: list[SentFile] = field(default_factory=list)
    text: int = 0
    part: bytearray = field(default_factory=bytearray)
    target: Path | None = None

    def begin(self, segment: MultipartSegment) -> None:
        if segment.filename:
            self.target = self.folder / str(len(self.uploads))
            self.uploads.append(SentFile(segment.name or "", segment.filename, segment.content_type or "", self.target))

    async def take(self, data: bytes) -> None:
        self.part += data
        if self.target is not None:
            if len(self.part) >= WAITING:
                await self.flush()
        else:
            self.text += len(data)
            if self.text > TEXT_LIMIT:
                raise HTTPException(status_code=413)

    async def end(self, segment: MultipartSegment) -> None:
        if self.target is not None:
            await self.flush()
        elif segment.filename is None:  # "" is a file field that was left empty
            try:
                text = self.part.decode()
            except UnicodeDecodeError as error:
                raise ClientException from error
            known = self.form.get(segment.name or "")
            values = [known] if isinstance(known, str) else known or []
            self.form[segment.name or ""] = [*values, text] if values else text
        self.part, self.target = bytearray(), None

    async def flush(self) -> None:
        if self.uploads[-1].whole:
            try:
                await asyncio.to_thread(_append, self.target, bytes(self.part))
            except OSError as error:
                if not (self.texts_anyway and is_full(error)):
                    raise
                self.uploads[-1] = replace(self.uploads[-1], whole=False)
        self.part.clear()


@asynccontextmanager
async def multipart_form(
    request: Request[Any, Any, Any], *, texts_anyway: bool = False
) -> AsyncIterator[tuple[Form, list[SentFile]]]:
    """The texts and files of a form; the files are gone afterwards. The route's `request_max_body_size` limits the whole.

    With `texts_anyway` a disk that is full costs the files and not the texts.

    Raises HTTPException (415 for another type of body, 413), ClientException.
    """
    kind, options = request.content_type
    if kind != "multipart/form-data":
        raise HTTPException(status_code=415)
    with tempfile.TemporaryDirectory(prefix="lessonlink-upload-", ignore_cleanup_errors=True) as folder:
        reading = _Reading(Path(folder), texts_anyway)
        try:
            await _read(request, options.get("boundary", ""), reading)
        except ParserLimitReached as error:
            raise HTTPException(status_code=413) from error
        except MultipartError as error:
            raise ClientException from error
        yield reading.form, reading.uploads


async def _read(request: Request[Any, Any, Any], boundary: str, reading: _Reading) -> None:
    segment: MultipartSegment | None = None
    with PushMultipartParser(boundary, max_segment_count=PARTS) as parser:
        async for chunk in request.stream():
            if not chunk or parser.closed:
                continue
            for event in parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    segment = event
                    reading.begin(segment)
                elif segment is not None and event:
                    await reading.take(bytes(event))
                elif segment is not None:
                    await reading.end(segment)


def _append(path: Path | None, data: bytes) -> None:
    if path is not None:
        with path.open("ab") as file:
            file.write(data)
