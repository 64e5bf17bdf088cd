"""The truth ladder: which rung a student has reached with a lesson on a platform, by evidence only.

Progress is a set of times, one for each kind of evidence, and evidence is merged with min and max: the result is the same
in whatever order, and however often, reports arrive. The rung follows from the times and is never set by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from courses.events.causes import cause_of

RUNGS = ("not_started", "scanned", "previewed", "launched", "failed", "claimed", "linked", "confirmed")
#: of two rungs the one with the higher rank is further
RANK = {rung: rank for rank, rung in enumerate(RUNGS)}
#: from here on somebody says that it is published
DONE = frozenset(RUNGS[RANK["claimed"] :])
DECISIONS = frozenset({"confirm", "refuse", "reopen"})
#: `detail["by"]` of a "confirm" that is the platform's own word; it names no person
BY_PLATFORM = "webhook"
# A report may be this late, and a phone's clock this slow, before its time is taken for wrong.
LATEST = timedelta(days=7)
FAILURE_LENGTH = 500


@dataclass(frozen=True)
class Report:
    """An event as it is to be recorded; `at` is the phone's time, `received_at` the server's."""

    lesson: UUID
    kind: str
    platform: str
    at: datetime
    received_at: datetime
    id: UUID = field(default_factory=uuid4)
    link: UUID | None = None
    student: UUID | None = None
    person: UUID | None = None
    device: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """The evidence so far. Times of claims and decisions are the server's, as instructors and phones share no clock.

    `confirmed_at`, `refused_at` and `reopened_at` are of instructors, `reported_at` is of the platform itself.
    """

    scanned_at: datetime | None = None
    previewed_at: datetime | None = None
    launched_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str | None = None
    cause: str | None = None
    claimed_at: datetime | None = None
    linked_at: datetime | None = None
    note_url: str | None = None
    note_id: str | None = None
    confirmed_at: datetime | None = None
    reported_at: datetime | None = None
    refused_at: datetime | None = None
    refusal: str | None = None
    reopened_at: datetime | None = None


#: when it was claimed, linked, confirmed by an instructor, and reported by the platform
Words = tuple[datetime | None, datetime | None, datetime | None, datetime | None]
PROGRESS_FIELDS = tuple(field.name for field in fields(Progress))


def trusted_time(at: datetime, received_at: datetime) -> datetime:
    """The phone's time where it is possible, else the nearest possible one."""
    return min(max(at, received_at - LATEST), received_at)


def advance(progress: Progress, report: Report) -> Progress:
    """Merge one report into the evidence; order and repetition do not matter."""
    at = trusted_time(report.at, report.received_at)
    match report.kind:
        case "scan":
            return replace(progress, scanned_at=_earliest(progress.scanned_at, at))
        case "preview":
            return replace(progress, previewed_at=_earliest(progress.previewed_at, at))
        case "launch":
            return replace(progress, launched_at=_latest(progress.launched_at, at))
        case "fail":
            words, cause = str(report.detail.get("message", ""))[:FAILURE_LENGTH], cause_of(report.detail)
            known = progress.failure or "", progress.cause or ""
            if progress.failed_at is None or (at, words, cause) > (progress.failed_at, *known):
                return replace(progress, failed_at=at, failure=words, cause=cause)
        case "claim":
            return replace(progress, claimed_at=_latest(progress.claimed_at, report.received_at))
        case "link":
            return _linked(progress, report.received_at, report.detail)
        case "resolve":
            # Says of a link that was given (`url`, as it was) what note it leads to; without one it changes nothing.
            if report.detail.get("note_id"):
                return _linked(progress, datetime.fromisoformat(report.detail["linked_at"]), report.detail)
        case "confirm" if report.detail.get("by") == BY_PLATFORM:
            return replace(progress, reported_at=_latest(progress.reported_at, report.received_at))
        case "confirm":
            return replace(progress, confirmed_at=_latest(progress.confirmed_at, report.received_at))
        case "refuse":
            reason = str(report.detail.get("reason", ""))[:FAILURE_LENGTH]
            if progress.refused_at is None or (report.received_at, reason) > (
                progress.refused_at,
                progress.refusal or "",
            ):
                return replace(progress, refused_at=report.received_at, refusal=reason)
        case "reopen":
            return replace(progress, reopened_at=_latest(progress.reopened_at, report.received_at))
    return progress


def _linked(progress: Progress, at: datetime, detail: Mapping[str, Any]) -> Progress:
    """The newest link counts, and of one link what is known of its note."""
    url, note = detail.get("url"), detail.get("note_id")
    known = progress.note_url or "", progress.note_id or ""
    if progress.linked_at is None or (at, url or "", note or "") > (progress.linked_at, *known):
        return replace(progress, linked_at=at, note_url=url, note_id=note)
    return progress


def rung(progress: Progress) -> tuple[str, datetime | None]:
    """The rung that the evidence adds up to, and since when. What was refused counts again only when it comes again."""
    claimed, linked, confirmed, reported = _words(progress)
    confirmed = max(filter(None, (confirmed, reported)), default=None)
    for name, at in (("confirmed", confirmed), ("linked", linked), ("claimed", claimed)):
        if at is not None:
            return name, at
    if progress.failed_at is not None and (progress.launched_at is None or progress.failed_at >= progress.launched_at):
        return "failed", progress.failed_at
    for name, at in (
        ("launched", progress.launched_at), ("previewed", progress.previewed_at), ("scanned", progress.scanned_at),
    ):  # fmt: skip
        if at is not None:
            return name, at
    return "not_started", None


def refused(progress: Progress) -> bool:
    """Whether the last word is an instructor's "no", neither taken back nor answered by something new."""
    return standing(progress.refused_at, progress.reopened_at) is not None and not any(_words(progress))


def decision(progress: Progress) -> str | None:
    """The instructors' word that stands and can be taken back: "confirm", "refuse" or none."""
    confirmed = standing(progress.confirmed_at, progress.reopened_at)
    no = standing(progress.refused_at, progress.reopened_at)
    if confirmed is None and no is None:
        return None
    return "confirm" if no is None or (confirmed is not None and confirmed > no) else "refuse"


def _words(progress: Progress) -> Words:
    return words_that_count(
        progress.claimed_at, progress.linked_at, progress.confirmed_at, progress.reported_at,
        progress.refused_at, progress.reopened_at,
    )  # fmt: skip


def words_that_count(
    claimed_at: datetime | None,
    linked_at: datetime | None,
    confirmed_at: datetime | None,
    reported_at: datetime | None,
    refused_at: datetime | None,
    reopened_at: datetime | None,
) -> Words:
    """Those that count, and None for the others: neither taken back, nor said before a refusal that stands.

    Six times instead of a Progress: a large course has tens of thousands of rows.
    """
    if reopened_at is not None:
        confirmed_at, refused_at = standing(confirmed_at, reopened_at), standing(refused_at, reopened_at)
    if refused_at is not None:
        claimed_at, linked_at, confirmed_at, reported_at = (
            at if at is not None and at > refused_at else None
            for at in (claimed_at, linked_at, confirmed_at, reported_at)
        )
    return claimed_at, linked_at, confirmed_at, reported_at


def standing(decided_at: datetime | None, reopened_at: datetime | None) -> datetime | None:
    """A decision's time, unless it was taken back since."""
    return None if decided_at is not None and reopened_at is not None and decided_at <= reopened_at else decided_at


def _earliest(old: datetime | None, new: datetime) -> datetime:
    return new if old is None else min(old, new)


def _latest(old: datetime | None, new: datetime) -> datetime:
    return new if old is None else max(old, new)
