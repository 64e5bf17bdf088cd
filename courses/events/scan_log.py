"""The scan log: every scan of a course's links, those that opened a lesson and those that were refused, newest first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import Column
from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable
from piccolo.query import Select

from courses.database import reads_apart
from courses.events.refused_scans import REASONS
from courses.tables.events import Event, RefusedScan
from courses.tables.lessons import Lesson

PAGE = 50
#: rows that an export reads at once
CHUNK = 500
#: what a filter may ask for: one outcome, or all refusals
OUTCOMES = ("opened", "refused", *REASONS)
_IN_APP = """CAST(event.detail AS TEXT) LIKE '%"browser"%'"""


@dataclass(frozen=True)
class Scan:
    """A scan; `outcome` is "opened" or one of REASONS, `app` the other app whose browser it was in.

    `at` is the phone's time, `at_doubtful` where it cannot be; `run` and `serial` are of a printed slip, `device` has
    16 digits.
    """

    id: UUID
    at: datetime
    received_at: datetime
    outcome: str
    lesson: UUID | None
    title: str | None
    student: UUID | None
    number: str | None
    name: str | None
    run: int | None
    serial: int | None
    device: str | None
    at_doubtful: bool
    app: str | None


@dataclass(frozen=True)
class ScanFilter:
    """Which scans are meant; all that is given must hold. `since` is the first moment, `until` the first too late.

    `run` is the number of a print run, `serial` that of a slip in it.
    """

    lesson: UUID | None = None
    student: UUID | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    run: int | None = None
    serial: int | None = None


EVERY = ScanFilter()
#: a scan's place in the log
Place = tuple[datetime, UUID]


@reads_apart
async def scans(course: UUID, wanted: ScanFilter = EVERY, before: Place | None = None, limit: int = PAGE) -> list[Scan]:
    """The newest that stand before a place, at most `limit`, in at most two queries."""
    opened, refused = _where(course, wanted, before)
    rows: list[Scan] = []
    if opened is not None:
        good = _events().where(*opened).order_by(Event.received_at, Event.id, ascending=False).limit(limit)
        rows += [_opened(row) for row in await good]
    if refused is not None:
        bad = _refused().where(*refused).order_by(RefusedScan.received_at, RefusedScan.id, ascending=False).limit(limit)
        rows += [Scan(**row, app=None) for row in await bad]
    return sorted(rows, key=_place, reverse=True)[:limit]


@reads_apart
async def count_scans(course: UUID, wanted: ScanFilter = EVERY) -> int:
    """How many there are, in at most two queries."""
    opened, refused = _where(course, wanted, None)
    found = await Event.count().where(*opened) if opened is not None else 0
    return found + (await RefusedScan.count().where(*refused) if refused is not None else 0)


@reads_apart
async def outcome_counts(course: UUID) -> dict[str, int]:
    """How many scans of a course ended in each way; ways that nobody met are left out."""
    events = await Event.raw(
        f"SELECT CASE WHEN {_IN_APP} THEN 'in_app' ELSE 'opened' END AS outcome, COUNT(*) AS scans FROM event"  # noqa: S608
        " WHERE event.kind = 'scan' AND event.lesson IN (SELECT id FROM lesson WHERE course = {}) GROUP BY 1",
        course,
    )
    counts = {row["outcome"]: row["scans"] for row in events}
    rows = await RefusedScan.raw(
        "SELECT reason, COUNT(*) AS scans FROM refused_scan WHERE course = {} GROUP BY reason", course
    )
    counts |= {row["reason"]: row["scans"] for row in rows}
    return {outcome: counts[outcome] for outcome in OUTCOMES if counts.get(outcome)}


async def every_scan(course: UUID, wanted: ScanFilter = EVERY) -> AsyncIterator[list[Scan]]:
    """All that are meant, newest first, in chunks: first their places are read, then the rows in small steps."""
    places = await _places(course, wanted)
    for start in range(0, len(places), CHUNK):
        some = places[start : start + CHUNK]
        events, others = ([identity for _, identity, event in some if event is kind] for kind in (True, False))
        rows = [_opened(row) for row in await _events().where(Event.id.is_in(events))] if events else []
        if others:
            rows += [Scan(**row, app=None) for row in await _refused().where(RefusedScan.id.is_in(others))]
        yield sorted(rows, key=_place, reverse=True)


@reads_apart
async def _places(course: UUID, wanted: ScanFilter) -> list[tuple[datetime, UUID, bool]]:
    """Of all that are meant, newest first; True for those that opened."""
    opened, refused = _where(course, wanted, None)
    places: list[tuple[datetime, UUID, bool]] = []
    if opened is not None:
        found = await Event.select(Event.received_at, Event.id).where(*opened)
        places += [(row["received_at"], row["id"], True) for row in found]
    if refused is not None:
        found = await RefusedScan.select(RefusedScan.received_at, RefusedScan.id).where(*refused)
        places += [(row["received_at"], row["id"], False) for row in found]
    return sorted(places, reverse=True)


@reads_apart
async def stray_scans(before: Place | None = None, limit: int = PAGE) -> list[Scan]:
    """Refused scans of which no course is known, the newest first, that stand before a place."""
    where = [RefusedScan.course.is_null(), *_common(RefusedScan, EVERY, before)]
    query = _refused().where(*where).order_by(RefusedScan.received_at, RefusedScan.id, ascending=False).limit(limit)
    return [Scan(**row, app=None) for row in await query]


@reads_apart
async def stray_counts() -> dict[str, int]:
    """How many of them there are by reason."""
    rows = await RefusedScan.raw(
        "SELECT reason, COUNT(*) AS scans FROM refused_scan WHERE course IS NULL GROUP BY reason"
    )
    counts = {row["reason"]: row["scans"] for row in rows}
    return {reason: counts[reason] for reason in REASONS if reason in counts}


def _where(
    course: UUID, wanted: ScanFilter, before: Place | None
) -> tuple[list[Combinable] | None, list[Combinable] | None]:
    """Conditions on events and on refused scans; None where none of that kind is meant."""
    lessons = Lesson.select(Lesson.id).where(Lesson.course == course)
    opened = [Event.kind == "scan", Event.lesson.is_in(lessons), *_common(Event, wanted, before)]
    refused = [RefusedScan.course == course, *_common(RefusedScan, wanted, before)]
    if wanted.outcome == "opened":
        return [*opened, WhereRaw(f"NOT {_IN_APP}")], None
    if wanted.outcome == "in_app":
        return [*opened, WhereRaw(_IN_APP)], None
    if wanted.outcome in REASONS:
        return None, [*refused, RefusedScan.reason == wanted.outcome]
    if wanted.outcome == "refused":
        return [*opened, WhereRaw(_IN_APP)], refused
    return opened, refused


def _common(table: type[Event] | type[RefusedScan], wanted: ScanFilter, before: Place | None) -> list[Combinable]:
    where: list[Combinable] = []
    known = (table.lesson, wanted.lesson), (table.student, wanted.student)
    slip = (table.link._.run.number, wanted.run), (table.link.serial, wanted.serial)
    for column, value in known + slip:
        if value is not None:
            where.append(column == value)
    if wanted.since is not None:
        where.append(table.received_at >= wanted.since)
    if wanted.until is not None:
        where.append(table.received_at < wanted.until)
    if before is not None:
        moment, identity = before
        where.append((table.received_at < moment) | ((table.received_at == moment) & (table.id < identity)))
    return where


def _columns(table: type[Event] | type[RefusedScan]) -> Sequence[Column]:
    return (
        table.id, table.at, table.at_doubtful, table.received_at, table.lesson, table.student, table.device,
        table.lesson.title.as_alias("title"), table.student.number.as_alias("number"), table.student.name.as_alias("name"),
        table.link.serial.as_alias("serial"), table.link._.run.number.as_alias("run"),
    )  # fmt: skip


def _events() -> Select[Event]:
    return Event.select(*_columns(Event), Event.detail)


def _refused() -> Select[RefusedScan]:
    return RefusedScan.select(*_columns(RefusedScan), RefusedScan.reason.as_alias("outcome"))


def _opened(row: dict[str, Any]) -> Scan:
    app = msgspec.json.decode(row.pop("detail")).get("browser")
    app = app if isinstance(app, str) else None
    return Scan(**row, outcome="opened" if app is None else "in_app", app=app)


def _place(scan: Scan) -> Place:
    return scan.received_at, scan.id
