"""Times that nobody measured: what older code had moved to a week before it arrived is told anew from the events."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.events import Event, Publication, RefusedScan

ID = "2026-11-30T07:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Times that nobody measured are told anew from the events"

#: the rungs that phones report, by kind of event
RUNGS = {"scan": "scanned", "preview": "previewed", "launch": "launched", "fail": "failed", "claim": "claimed", "link": "linked"}
SAID = {"claim": "claim_made_at", "link": "link_made_at"}
_PHONES = f"kind IN ({', '.join(repr(kind) for kind in RUNGS)}) AND link IS NOT NULL"


async def forwards() -> MigrationManager:
    """Mark what is doubtful, then tell the publications of it again. May be run twice."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def mark() -> None:
        await Event.raw(
            f"UPDATE event SET at_doubtful = TRUE WHERE at_doubtful = FALSE AND {_PHONES} AND"  # noqa: S608 -- constants
            f" ({_later('at', 'received_at', minutes=2)} OR {_later('received_at', 'at', minutes=30 * 1440)}"
            f" OR {_later('(SELECT created_at FROM link WHERE link.id = event.link)', 'at')})"
        )
        # The phone's own time was not kept: what was moved is now when it arrived.
        await RefusedScan.raw(
            "UPDATE refused_scan SET at_doubtful = TRUE, at = received_at WHERE at_doubtful = FALSE"
            f" AND NOT {_later('received_at', 'at', minutes=7 * 1440, seconds=0.01)}"  # noqa: S608 -- constants
            f" AND {_later('received_at', 'at', minutes=7 * 1440, seconds=-0.01)}"
        )

    async def tell_again() -> None:
        rows = await Event.raw(
            f"SELECT DISTINCT student, lesson, platform FROM event WHERE {_PHONES} AND student IS NOT NULL AND"  # noqa: S608
            f" (at_doubtful = TRUE OR {_later('received_at', 'at', minutes=7 * 1440)} OR"
            f" (kind IN ('claim', 'link') AND {_later('received_at', 'at', minutes=1)}))"
        )
        for row in rows:
            await _tell(row["student"], row["lesson"], row["platform"])

    manager.add_raw(mark)
    manager.add_raw(tell_again)
    return manager


def _later(one: str, other: str, minutes: int = 0, seconds: float = 0) -> str:
    """SQL: one time is later than another by more than that."""
    if Event._meta.db.engine_type == "sqlite":
        return f"julianday({one}) > julianday({other}) + {(minutes * 60 + seconds) / 86_400:.12f}"
    return f"{one} > {other} + INTERVAL '{minutes * 60 + seconds:.3f} seconds'"


async def _tell(student: Any, lesson: Any, platform: str) -> None:
    mine = "student = {} AND lesson = {} AND platform = {}"
    found = await Publication.raw(f"SELECT * FROM publication WHERE {mine}", student, lesson, platform)  # noqa: S608
    events = await Event.raw(
        f"SELECT kind, at, received_at, at_doubtful FROM event WHERE {mine} AND {_PHONES}",  # noqa: S608 -- constants
        student,
        lesson,
        platform,
    )
    for row in found:
        new = _told(row, events)
        places = ", ".join(f"{name} = {{}}" for name in new)
        await Publication.raw(f"UPDATE publication SET {places} WHERE id = {{}}", *new.values(), row["id"])  # noqa: S608


def _told(row: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a publication's columns say by its events, where they say anything."""
    new: dict[str, Any] = {}
    doubtful = []
    for kind, rung in RUNGS.items():
        times: list[tuple[datetime, datetime, bool]] = [
            (event["received_at"], event["received_at"] if event["at_doubtful"] else event["at"], not event["at_doubtful"])
            for event in events
            if event["kind"] == kind
        ]
        if not times or row[f"{rung}_at"] is None:
            continue
        if kind in SAID:
            # The one that arrived last is the one that `claimed_at` and `linked_at` are of.
            _, at, sure = max(times)
            new[SAID[kind]] = at
        else:
            least = kind in ("scan", "preview")
            at, sure = (min if least else max)((at, sure != least) for _, at, sure in times)
            sure = sure != least
            new[f"{rung}_at"] = at
        if not sure:
            doubtful.append(rung)
    new["doubtful"] = " ".join(doubtful) or None
    rung = row["rung"]
    if rung in ("launched", "failed") and row["launched_at"] and row["failed_at"]:
        launched, failed = (new.get(name, row[name]) for name in ("launched_at", "failed_at"))
        rung = new["rung"] = "failed" if failed >= launched else "launched"
    at = new.get({"claimed": "claim_made_at", "linked": "link_made_at"}.get(rung, f"{rung}_at"))
    return new | ({"at": at} if at is not None else {})
