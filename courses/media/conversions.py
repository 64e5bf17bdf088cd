"""The queue of videos that need conversion: uploads that wait for a worker, how far each is, and what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from obstore.store import ObjectStore

from courses.changes import Changes
from courses.clock import now
from courses.errors import Message
from courses.leases import Lease, Queue
from courses.media.uploads import LIFETIME, UploadInfo, drop_pieces
from courses.signed_in import SignedIn
from courses.tables.media import Upload

#: a try without a sign of life for so long has died
SILENCE = timedelta(seconds=15)
#: tries that end with their process
TRIES = 3
QUEUE = Queue(
    table=Upload, waiting=Upload.state == "queued", held=Upload.state == "working", holder=Upload.attempt,
    at=Upload.beat_at, silence=SILENCE, tries=Upload.tries, most=TRIES, owner=Upload.person,
)  # fmt: skip


@dataclass(frozen=True)
class Conversion:
    """A video on its way: `state` is "queued", "working", "done" with `media` and `poster`, or "failed" with a `problem`."""

    id: UUID
    course: UUID
    name: str
    state: str
    percent: int
    problem: Message | None
    media: UUID | None
    poster: UUID | None
    attempt: UUID | None


class _Problem(msgspec.Struct):
    text: str = ""
    values: dict[str, str | int | float] = {}


async def queue_conversion(upload: UploadInfo) -> None:
    """Let a complete upload wait for a worker; asked again, nothing changes."""
    moment = now()
    await Upload.update({Upload.state: "queued", Upload.expires_at: moment + LIFETIME}).where(
        Upload.id == upload.id, Upload.state == "", Upload.media.is_null()
    )  # fmt: skip


async def conversions_of(person: SignedIn, course_id: UUID) -> list[Conversion]:
    """The person's own of a course, the oldest first, until they are used, dropped or expire."""
    rows = await Upload.select().where(
        Upload.person == person.id, Upload.course == course_id, Upload.state != "", Upload.expires_at > now()
    ).order_by(Upload.created_at)  # fmt: skip
    return [_conversion(row) for row in rows]


async def conversion_of(upload: UploadInfo) -> Conversion | None:
    """Of an upload that was just read; None where it needs none, or is gone by now."""
    row = await Upload.select().where(Upload.id == upload.id, Upload.state != "").first()
    return _conversion(row) if row else None


async def take_conversion(store: ObjectStore) -> tuple[Conversion, UploadInfo] | None:
    """The oldest that waits of whose turn it is, or whose process has died, is now this try's; None where there is none.

    One that has taken its process with it again and again fails instead.
    """
    begun: Changes = {Upload.state: "working", Upload.percent: 0}
    while lease := await QUEUE.claim_next(Upload.created_at, values=begun):
        row = await Upload.select().where(Upload.id == lease.row).first()
        if row is None:
            continue  # dropped just now
        if not QUEUE.spent(lease):
            upload = UploadInfo(**{name: row[name] for name in UploadInfo.__dataclass_fields__})
            # Under the name of this try, whoever has taken it since.
            return _conversion(row | {"attempt": lease.holder}), upload
        reason = Message("The portal was stopped {times} times while it converted this.", times=TRIES)
        await fail_conversion(store, lease.row, lease.holder, reason)
    return None


async def beat_conversion(upload: UUID, attempt: UUID | None, percent: int) -> bool:
    """A sign of life; False when it was cancelled or is another try's."""
    return await QUEUE.beat(Lease(upload, attempt), {Upload.percent: percent}) is not None


async def finish_conversion(store: ObjectStore, upload: UUID, attempt: UUID | None, media: UUID, poster: UUID) -> bool:
    """It is there, and what was sent goes; False when that came too late."""
    done: Changes = {
        Upload.state: "done", Upload.percent: 100, Upload.media: media, Upload.poster: poster,
        Upload.expires_at: now() + LIFETIME,
    }  # fmt: skip
    if not await QUEUE.finish(Lease(upload, attempt), done):
        return False
    await drop_pieces(store, upload)
    return True


async def fail_conversion(store: ObjectStore, upload: UUID, attempt: UUID | None, reason: Message) -> bool:
    """It cannot be converted; what was sent goes, the reason stays."""
    problem = msgspec.json.encode(_Problem(reason.text, {name: _plain(value) for name, value in reason.values.items()}))
    failed: Changes = {Upload.state: "failed", Upload.problem: problem.decode()}
    if not await QUEUE.finish(Lease(upload, attempt), failed):
        return False
    await drop_pieces(store, upload)
    return True


async def give_back(upload: UUID, attempt: UUID | None) -> bool:
    """Its process ends, not by its fault: another one takes it."""
    return await QUEUE.release(Lease(upload, attempt), {Upload.state: "queued"})


def _conversion(row: dict[str, Any]) -> Conversion:
    problem = msgspec.json.decode(row["problem"], type=_Problem)
    return Conversion(
        row["id"], row["course"], row["name"], row["state"], row["percent"],
        Message(problem.text, **problem.values) if problem.text else None, row["media"], row["poster"], row["attempt"],
    )  # fmt: skip


def _plain(value: object) -> str | int | float:
    return value if isinstance(value, str | int | float) else str(value)
