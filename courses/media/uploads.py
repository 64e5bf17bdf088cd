"""Files that come in pieces: a row says how far one is, the pieces lie in the object store until it is complete.

Any process can take the next piece. A piece is never written over, and `received` only moves from the end of one piece to
the end of the next, so two requests at once cannot mix their bytes.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import ObjectStore

from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.disk import has_room
from courses.errors import Conflict, Invalid, MediaRefused, Message, NoRoom, NotFound, TooManyUploads
from courses.media.formats import refuse_too_many_bytes
from courses.media.library import file_label
from courses.media.videos import BYTES_MAX
from courses.signed_in import SignedIn
from courses.tables.media import Upload

PURPOSES = ("media", "archive")
#: how long an upload waits for its next piece, and what became of it is remembered
LIFETIME = timedelta(hours=24)
#: of one person, not finished: how many, and bytes in all
OPEN_MAX, OPEN_BYTES_MAX = 60, 4_000_000_000
#: of the folders in which complete files lie while they are read
FOLDERS = "lessonlink-upload-"
#: bytes of a piece
PIECE = 4 << 20
_FOLDER = "uploads"
_TYPE_MAX = 100
_SPARE = 16_000_000


@dataclass(frozen=True)
class UploadInfo:
    """`received` of `length` bytes are here; `media` is what became of it."""

    id: UUID
    course: UUID
    person: UUID
    name: str
    type: str
    purpose: str
    length: int
    received: int
    created_at: datetime
    expires_at: datetime
    finished_at: datetime | None
    media: UUID | None
    #: of a video that needs conversion, as the table says
    state: str


@unit_of_work
async def open_upload(
    store: ObjectStore, person: SignedIn, course_id: UUID, name: str, kind: str, length: int, purpose: str = "media"
) -> UploadInfo:
    """Make room for a file of `length` bytes. `kind` is what the sender says it is, such as "video/mp4".

    Raises Invalid, MediaRefused, TooManyUploads, NoRoom.
    """
    if purpose not in PURPOSES:
        raise Invalid({"purpose": Message("An upload is for media or an archive.")})
    _refuse_length(kind, length)
    # The pieces, and what is made of them.
    if not await asyncio.to_thread(has_room, store, 2 * length + _SPARE):
        raise NoRoom
    moment = now()
    row = Upload(
        course=course_id, person=person.id, name=file_label(name), type=kind[:_TYPE_MAX], purpose=purpose, length=length,
        created_at=moment, expires_at=moment + LIFETIME,
    )  # fmt: skip
    async with writing():
        unfinished = await Upload.select(Upload.length).where(
            Upload.person == person.id, Upload.media.is_null(), Upload.state != "failed", Upload.expires_at > moment
        )
        if len(unfinished) >= OPEN_MAX or sum(each["length"] for each in unfinished) + length > OPEN_BYTES_MAX:
            raise TooManyUploads
        await Upload.insert(row)
    return _info(row.to_dict())


def _refuse_length(kind: str, length: int) -> None:
    if length <= 0:
        raise MediaRefused(Message("The file is empty."))
    if kind.startswith("image/"):
        refuse_too_many_bytes(length)
    if length > BYTES_MAX:
        raise MediaRefused(
            Message(
                "The file has {size} MB; at most {limit} MB fit.",
                size=round(length / 1e6),
                limit=BYTES_MAX // 1_000_000,
            )
        )


async def upload_of(person: SignedIn, course_id: UUID, upload_id: UUID) -> UploadInfo:
    """The person's own upload to this course, until it expires. Raises NotFound."""
    row = await Upload.select().where(
        Upload.id == upload_id, Upload.course == course_id, Upload.person == person.id, Upload.expires_at > now()
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    return _info(row)


async def add_piece(store: ObjectStore, upload: UploadInfo, data: bytes) -> UploadInfo:
    """Keep the bytes that follow those received; answers after they are stored.

    Raises Conflict when other bytes came first or these are too many: ask how far it is and go on from there.
    """
    start, end = upload.received, upload.received + len(data)
    if not data or end > upload.length:
        raise _moved()
    key = _key(upload.id, start)
    try:
        await obstore.put_async(store, key, data, mode="create", use_multipart=False)
    except AlreadyExistsError as error:
        # From another request, or from one that died before it could say so.
        await _advance(upload, start, start + (await obstore.head_async(store, key))["size"])
        raise _moved() from error
    moved = await _advance(upload, start, end)
    if moved is None:
        raise _moved()
    return moved


async def _advance(upload: UploadInfo, start: int, end: int) -> UploadInfo | None:
    moment = now()
    values: Changes = {Upload.received: end, Upload.expires_at: moment + LIFETIME}
    if end == upload.length:
        values[Upload.finished_at] = moment
    rows = await Upload.update(values).where(Upload.id == upload.id, Upload.received == start).returning(
        *Upload.all_columns()
    )  # fmt: skip
    return _info(rows[0]) if rows else None


def _moved() -> Conflict:
    return Conflict(Message("The upload is at another place by now."))


@asynccontextmanager
async def upload_file(store: ObjectStore, upload: UploadInfo) -> AsyncIterator[Path]:
    """The complete file on this machine's disk, gone afterwards. Raises Conflict, NotFound."""
    if upload.finished_at is None:
        raise Conflict(Message("The upload is not complete yet."))
    with tempfile.TemporaryDirectory(prefix=FOLDERS, ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "file"
        start = 0
        while start < upload.length:
            try:
                piece = await obstore.get_async(store, _key(upload.id, start))
            except FileNotFoundError as error:
                raise NotFound from error
            async for chunk in piece.stream(min_chunk_size=1 << 20):
                await asyncio.to_thread(_append, path, bytes(chunk))
            start += piece.meta["size"]
        yield path


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


async def settle_upload(store: ObjectStore, upload: UploadInfo, media_id: UUID) -> UUID:
    """Say what became of it and let the pieces go; returns the media of whoever said so first."""
    rows = await Upload.update({Upload.media: media_id}).where(Upload.id == upload.id, Upload.media.is_null()).returning(
        Upload.id
    )  # fmt: skip
    if not rows:
        return (await Upload.select(Upload.media).where(Upload.id == upload.id).first() or {}).get("media") or media_id
    await drop_pieces(store, upload.id)
    return media_id


async def drop_upload(store: ObjectStore, upload: UploadInfo) -> None:
    """Forget it with its pieces; what was made of it stays."""
    await Upload.delete().where(Upload.id == upload.id)
    await drop_pieces(store, upload.id)


async def keep_file(store: ObjectStore, upload: UploadInfo, path: Path) -> UploadInfo:
    """Take a file that is here as a whole. Raises Conflict."""
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            upload = await add_piece(store, upload, piece)
    return upload


async def sweep_uploads(store: ObjectStore) -> int:
    """Forget uploads that have expired, and pieces that belong to none; returns how many."""
    rows = await Upload.delete().where(Upload.expires_at <= now()).returning(Upload.id)
    # A row is written before its first piece, so a piece that is here before the rows are read has one, or has lost it.
    folders = (await obstore.list_with_delimiter_async(store, _FOLDER))["common_prefixes"]
    kept = {str(identity) for identity in await Upload.select(Upload.id).output(as_list=True)}
    for folder in folders:
        if folder.rsplit("/", 1)[-1] not in kept:
            await _delete_folder(store, folder)
    return len(rows)


async def drop_pieces(store: ObjectStore, upload_id: UUID) -> None:
    """Let what was sent go."""
    await _delete_folder(store, f"{_FOLDER}/{upload_id}")


async def _delete_folder(store: ObjectStore, folder: str) -> None:
    async for found in obstore.list(store, prefix=folder + "/"):
        await obstore.delete_async(store, [each["path"] for each in found])


def _key(upload_id: UUID, start: int) -> str:
    return f"{_FOLDER}/{upload_id}/{start:012d}"


def _info(row: dict[str, Any]) -> UploadInfo:
    return UploadInfo(**{name: row[name] for name in UploadInfo.__dataclass_fields__})
