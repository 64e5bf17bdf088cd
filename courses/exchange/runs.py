"""Imports under way: the file that was sent, what was found in it, how far it is, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import obstore
from obstore.store import ObjectStore

from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Message, NotFound
from courses.exchange.reading.found import Contents, Finding
from courses.leases import Lease, Queue
from courses.media.library import file_label
from courses.objects import drop_object, object_bytes
from courses.signed_in import SignedIn
from courses.tables.courses import Course
from courses.tables.imports import ImportRun

#: how long a file waits to be taken over, and its result can be looked at
LIFETIME = timedelta(days=3)
#: a try without a sign of life for so long has died
SILENCE = timedelta(seconds=90)
OVERTAKEN = Message("Another try of this import has begun.")
QUEUE = Queue(
    table=ImportRun, waiting=ImportRun.state.is_in(["ready", "failed"]), held=ImportRun.state == "running",
    holder=ImportRun.attempt, at=ImportRun.beat_at, silence=SILENCE,
)  # fmt: skip
_FOLDER = "imports"


@dataclass(frozen=True)
class Outcome:
    """What came of an import: the ids of lessons by what was done, and how many were not taken."""

    created: tuple[UUID, ...] = ()
    replaced: tuple[UUID, ...] = ()
    #: the versions of the replaced lessons before
    before: tuple[int, ...] = ()
    skipped: int = 0
    bad: int = 0
    undone: bool = False
    #: what is taken over already, by the lessons' keys in the file
    taken: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class RunInfo:
    """An import; `course` is None while it is to make one of its own. `state` is ready, running, done or failed."""

    id: UUID
    person: UUID | None
    course: UUID | None
    fresh: bool
    name: str
    kind: str
    encoding: str
    created_at: datetime
    state: str
    attempt: UUID | None
    beat_at: datetime | None
    done: int
    total: int
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def silent(self) -> bool:
        """Whether it says that it runs, and nobody has heard of it."""
        return self.state == "running" and QUEUE.is_dead(self.beat_at, now())


async def open_run(
    store: ObjectStore, by: SignedIn | None, course: UUID | None, name: str, kind: str, path: Path, contents: Contents
) -> UUID:
    """Keep a file and what was found in it."""
    moment = now()
    row = ImportRun(
        person=by.id if by else None, course=course, fresh=course is None, name=file_label(name), kind=kind,
        encoding=contents.encoding, created_at=moment, expires_at=moment + LIFETIME,
    )  # fmt: skip
    await obstore.put_async(store, file_key(row.id, kind), path)
    await _put_contents(store, row.id, contents)
    await ImportRun.insert(row)
    return row.id


async def import_run(person: SignedIn, run_id: UUID) -> RunInfo:
    """An import that the person has begun. Raises NotFound."""
    row = await ImportRun.select().where(
        ImportRun.id == run_id, ImportRun.person == person.id, ImportRun.expires_at > now()
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    return _info(row)


async def contents_of(store: ObjectStore, run: RunInfo) -> Contents:
    """What was found in its file. Raises NotFound."""
    return msgspec.json.decode(await object_bytes(store, f"{_FOLDER}/{run.id}.json"), type=Contents)


async def reread(store: ObjectStore, run: RunInfo, contents: Contents) -> None:
    """What was found when the file was read another way."""
    await _put_contents(store, run.id, contents)
    await ImportRun.update({ImportRun.encoding: contents.encoding}).where(ImportRun.id == run.id)


async def fetch_file(store: ObjectStore, run: RunInfo, path: Path) -> None:
    """The file that was sent, to `path`. Raises NotFound."""
    try:
        found = await obstore.get_async(store, file_key(run.id, run.kind))
    except FileNotFoundError as error:
        raise NotFound from error
    with path.open("wb") as file:
        async for chunk in found.stream(min_chunk_size=1 << 20):
            file.write(chunk)


async def begin(run: RunInfo, total: int) -> UUID:
    """Start a try; returns its name. Raises Conflict while another one is under way, or has begun or ended since `run`."""
    lease = await QUEUE.claim(
        run.id, ImportRun.state == run.state, ImportRun.attempt == run.attempt,
        values={ImportRun.state: "running", ImportRun.done: 0, ImportRun.total: total},
    )  # fmt: skip
    if lease is None or lease.holder is None:
        raise Conflict(Message("This import is under way already, or done."))
    return lease.holder


async def beat(run_id: UUID, attempt: UUID, done: int) -> None:
    """A sign of life. Raises Conflict when another try has taken over."""
    if not await QUEUE.beat(Lease(run_id, attempt), {ImportRun.done: done}):
        raise Conflict(OVERTAKEN)


async def note(run_id: UUID, attempt: UUID, outcome: Outcome, course: UUID, done: int) -> None:
    """Keep how far a try is; within the transaction that brought it there. Raises Conflict when it is not the last."""
    values: Changes = {ImportRun.done: done, ImportRun.course: course, ImportRun.result: _written(outcome)}
    if not await QUEUE.beat(Lease(run_id, attempt), values):
        raise Conflict(OVERTAKEN)


async def outcome_of(run_id: UUID, attempt: UUID) -> tuple[UUID | None, Outcome]:
    """The course and what a try has done so far. Raises Conflict when it is not the last, or has ended."""
    row = await ImportRun.select(ImportRun.course, ImportRun.result).where(
        QUEUE.mine(Lease(run_id, attempt))
    ).first()  # fmt: skip
    if row is None:
        raise Conflict(OVERTAKEN)
    return row["course"], msgspec.json.decode(row["result"], type=Outcome)


async def end(run_id: UUID, attempt: UUID, state: str, outcome: Outcome, course: UUID | None = None) -> None:
    """Say what came of a try; of a good one within its transaction. Raises Conflict when it is not the last, or has ended."""
    values: Changes = {ImportRun.state: state, ImportRun.result: _written(outcome)}
    if course is not None:
        values[ImportRun.course] = course
    if not await QUEUE.finish(Lease(run_id, attempt), values):
        raise Conflict(OVERTAKEN)


async def mark_undone(run: RunInfo, outcome: Outcome) -> None:
    """Keep that it was undone; no try of it goes on after that."""
    await ImportRun.update({
        ImportRun.result: _written(outcome), ImportRun.state: "done", ImportRun.attempt: None
    }).where(ImportRun.id == run.id)  # fmt: skip


@unit_of_work
async def forget_course(run_id: UUID, course: UUID) -> None:
    """Remove the course that a failed import has made, with all that is in it."""
    async with writing():
        await ImportRun.update({ImportRun.course: None}).where(ImportRun.id == run_id)
        await Course.delete().where(Course.id == course)


async def let_go(store: ObjectStore, run_id: UUID, kind: str) -> None:
    """Forget the file; what came of it stays."""
    for key in (file_key(run_id, kind), f"{_FOLDER}/{run_id}.json"):
        await drop_object(store, key)


async def sweep_runs(store: ObjectStore) -> int:
    """Forget imports whose time is over, with their files; how many."""
    rows = await ImportRun.delete().where(ImportRun.expires_at <= now()).returning(ImportRun.id, ImportRun.kind)
    for row in rows:
        await let_go(store, row["id"], row["kind"])
    return len(rows)


async def _put_contents(store: ObjectStore, run_id: UUID, contents: Contents) -> None:
    await obstore.put_async(store, f"{_FOLDER}/{run_id}.json", msgspec.json.encode(contents))


def _written(outcome: Outcome) -> str:
    return msgspec.json.encode(outcome).decode()


def file_key(run_id: UUID, kind: str) -> str:
    return f"{_FOLDER}/{run_id}.{kind}"


def _info(row: Mapping[str, Any]) -> RunInfo:
    outcome = msgspec.json.decode(row["result"], type=Outcome)
    return RunInfo(**{name: row[name] for name in RunInfo.__dataclass_fields__ if name != "outcome"}, outcome=outcome)
