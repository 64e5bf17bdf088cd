"""Which scans are meant, as an address says it, and places in the log as texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from courses.events.scan_log import OUTCOMES, Place, Scan, ScanFilter
from portal.web.typed import days_between, read_day, read_id, read_moment, read_number

NAMES = ("lesson", "student", "outcome", "since", "until", "run", "serial")


@dataclass(frozen=True)
class Chosen:
    """The filter, and what was chosen as texts, without what cannot be read."""

    wanted: ScanFilter
    texts: Mapping[str, str]


def chosen_scans(given: Mapping[str, str], zone: ZoneInfo) -> Chosen:
    """Read a query; days are the portal's, and the last one is meant too. What cannot be read is left out."""
    lesson, student = (read_id(given.get(name, "")) for name in ("lesson", "student"))
    outcome = given.get("outcome", "")
    since, until = (read_day(given.get(name, "")) for name in ("since", "until"))
    wanted = ScanFilter(
        lesson, student, outcome if outcome in OUTCOMES else None,
        *days_between(since, until, zone), read_number(given.get("run", "")), read_number(given.get("serial", "")),
    )  # fmt: skip
    values = (lesson, student, wanted.outcome, since, until, wanted.run, wanted.serial)
    return Chosen(wanted, {name: str(value) for name, value in zip(NAMES, values, strict=True) if value is not None})


def place_text(scan: Scan) -> str:
    """Where the next page begins."""
    return f"{scan.received_at.astimezone(UTC).isoformat()}_{scan.id}"


def read_place(text: str) -> Place | None:
    """Of `place_text`; None for what is none."""
    moment, _, identity = text.partition("_")
    at, found = read_moment(moment), read_id(identity)
    return (at, found) if at and found else None
