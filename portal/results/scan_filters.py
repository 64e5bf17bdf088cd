"""Which scans are meant, as an address says it, and places in the log as texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from courses.events.scan_log import OUTCOMES, Place, Scan, ScanFilter

NAMES = ("lesson", "student", "outcome", "since", "until", "run", "serial")


@dataclass(frozen=True)
class Chosen:
    """The filter, and what was chosen as texts, without what cannot be read."""

    wanted: ScanFilter
    texts: Mapping[str, str]


def chosen_scans(given: Mapping[str, str], zone: ZoneInfo) -> Chosen:
    """Read a query; days are the portal's, and the last one is meant too. What cannot be read is left out."""
    lesson, student = (_id(given.get(name, "")) for name in ("lesson", "student"))
    outcome = given.get("outcome", "")
    since, until = (_day(given.get(name, "")) for name in ("since", "until"))
    wanted = ScanFilter(
        lesson, student, outcome if outcome in OUTCOMES else None,
        _start(since, zone), _start(until + timedelta(days=1) if until else None, zone),
        _number(given.get("run", "")), _number(given.get("serial", "")),
    )  # fmt: skip
    values = (lesson, student, wanted.outcome, since, until, wanted.run, wanted.serial)
    return Chosen(wanted, {name: str(value) for name, value in zip(NAMES, values, strict=True) if value is not None})


def place_text(scan: Scan) -> str:
    """Where the next page begins."""
    return f"{scan.received_at.astimezone(UTC).isoformat()}_{scan.id}"


def read_place(text: str) -> Place | None:
    """Of `place_text`; None for what is none."""
    moment, _, identity = text.partition("_")
    try:
        at, found = datetime.fromisoformat(moment), UUID(identity)
    except ValueError:
        return None
    return (at.astimezone(UTC), found) if at.tzinfo and 1971 <= at.year <= 2900 else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None


def _start(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
