"""The truth ladder: which rung a student has reached with a lesson on a platform, by evidence only.

Progress is a set of times, one for each kind of evidence, and evidence is merged with min and max: the result is the same
in whatever order, and however often, reports arrive. The rung follows from the times and is never set by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from courses.events.causes import cause_of
from courses.events.note_ids import one_name

RUNGS = ("not_started", "scanned", "previewed", "launched", "failed", "claimed", "linked", "confirmed")
#: of two rungs the one with the higher rank is further
RANK = {rung: rank for rank, rung in enumerate(RUNGS)}
#: from here on somebody says that it is published
DONE = frozenset(RUNGS[RANK["claimed"] :])
DECISIONS = frozenset({"confirm", "refuse", "reopen"})
#: `detail["by"]` of a "confirm" that is the platform's own word; it names no person
BY_PLATFORM = "webhook"
FAILURE_LENGTH = 500
#: the rungs that phones report, whose times may be doubtful
TOLD = ("scanned", "previewed", "launched", "failed", "claimed", "linked")


@dataclass(frozen=True)
class Report:
    """An event as it is to be recorded; `at` is the phone's time, `received_at` the server's.

    A time that is `doubtful` is as the phone gave it. `offset` is the server's clock minus the phone's in milliseconds, where
    it was measured: a time that is not doubtful has it in it.
    """

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
    doubtful: bool = False
    offset: int | None = None

    @property
    def happened_at(self) -> datetime:
        """The phone's time, and where that is doubtful the one that was measured: when it arrived."""
        return self.received_at if self.doubtful else self.at


@dataclass(frozen=True)
class Progress:
    """The evidence so far. Claims and decisions are ordered by the server's times, as instructors and phones share no clock.

    `confirmed_at`, `refused_at` and `reopened_at` are of instructors, `reported_at` is of the platform itself.
    `claim_made_at` and `link_made_at` say when the student said so, where `claimed_at` and `linked_at` say when that arrived.
    `doubtful` names those of TOLD whose time is when it arrived because the phone's cannot be; None for none.
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
    claim_made_at: datetime | None = None
    link_made_at: datetime | None = None
    doubtful: str | None = None


#: when it was claimed, linked, confirmed by an instructor, and reported by the platform
Words = tuple[datetime | None, datetime | None, datetime | None, datetime | None]
PROGRESS_FIELDS = tuple(field.name for field in fields(Progress))


def advance(progress: Progress, report: Report) -> Progress:
    """Merge one report into the evidence; order and repetition do not matter."""
    at, sure = report.happened_at, not report.doubtful
    match report.kind:
        case "scan":
            return _first(progress, "scanned", at, sure)
        case "preview":
            return _first(progress, "previewed", at, sure)
        case "launch":
            if progress.launched_at is None or (at, sure) > (progress.launched_at, not _doubts(progress, "launched")):
                return _marked(replace(progress, launched_at=at), "launched", sure)
        case "fail":
            words, cause = str(report.detail.get("message", ""))[:FAILURE_LENGTH], cause_of(report.detail)
            known = progress.failure or "", progress.cause or "", not _doubts(progress, "failed")
            if progress.failed_at is None or (at, words, cause, sure) > (progress.failed_at, *known):
                return _marked(replace(progress, failed_at=at, failure=words, cause=cause), "failed", sure)
        case "claim":
            arrived_at, made_at = report.received_at, progress.claim_made_at or progress.claimed_at
            if progress.claimed_at is None or (arrived_at, at, sure) > (
                progress.claimed_at, made_at, not _doubts(progress, "claimed"),
            ):  # fmt: skip
                return _marked(replace(progress, claimed_at=arrived_at, claim_made_at=at), "claimed", sure)
        case "link":
            return _linked(progress, report.received_at, at, sure, _named(report))
        case "resolve":
            # Says of a link that was given (`url`, as it was) what note it leads to; without one it changes nothing.
            if report.detail.get("note_id"):
                arrived = report.detail["linked_at"]
                linked_at, made_at = (
                    datetime.fromisoformat(each) for each in (arrived, report.detail.get("made_at", arrived))
                )
                return _linked(progress, linked_at, made_at, not report.detail.get("doubtful"), _named(report))
        case "confirm" | "refuse" | "reopen":
            return _decided(progress, report)
    return progress


def _first(progress: Progress, rung: str, at: datetime, sure: bool) -> Progress:
    """Scans and previews: the first one counts."""
    known: datetime | None = getattr(progress, f"{rung}_at")
    if known is None or (at, not sure) < (known, _doubts(progress, rung)):
        changes: dict[str, Any] = {f"{rung}_at": at}
        return _marked(replace(progress, **changes), rung, sure)
    return progress


def _decided(progress: Progress, report: Report) -> Progress:
    """An instructor's word, or the platform's own."""
    match report.kind:
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
        case _:  # "reopen"
            return replace(progress, reopened_at=_latest(progress.reopened_at, report.received_at))
    return progress


def _named(report: Report) -> Mapping[str, Any]:
    """The detail with the note by the one name it is compared by, also where older code wrote down its other one."""
    return {**report.detail, "note_id": one_name(report.platform, report.detail.get("note_id"))}


def _linked(
    progress: Progress, arrived_at: datetime, made_at: datetime, sure: bool, detail: Mapping[str, Any]
) -> Progress:
    """The newest link counts, and of one link what is known of its note."""
    url, note = detail.get("url"), detail.get("note_id")
    known = progress.note_url or "", progress.note_id or "", progress.link_made_at or progress.linked_at
    new = arrived_at, url or "", note or "", made_at, sure
    if progress.linked_at is None or new > (progress.linked_at, *known, not _doubts(progress, "linked")):
        linked = replace(progress, linked_at=arrived_at, link_made_at=made_at, note_url=url, note_id=note)
        return _marked(linked, "linked", sure)
    return progress


def is_doubtful(marks: str | None, rung: str) -> bool:
    """Whether the time of a rung is when it arrived, as the phone's cannot be; by `Progress.doubtful`."""
    return marks is not None and rung in marks.split()


def _doubts(progress: Progress, rung: str) -> bool:
    return is_doubtful(progress.doubtful, rung)


def _marked(progress: Progress, rung: str, sure: bool) -> Progress:
    if sure and progress.doubtful is None:
        return progress
    marks = {*(progress.doubtful or "").split(), rung} - ({rung} if sure else set())
    return replace(progress, doubtful=" ".join(each for each in TOLD if each in marks) or None)


def rung(progress: Progress) -> tuple[str, datetime | None]:
    """The rung that the evidence adds up to, and since when. What was refused counts again only when it comes again."""
    claimed, linked, confirmed, reported = _words(progress)
    confirmed = max(filter(None, (confirmed, reported)), default=None)
    for name, at, made_at in (
        ("confirmed", confirmed, None), ("linked", linked, progress.link_made_at),
        ("claimed", claimed, progress.claim_made_at),
    ):  # fmt: skip
        if at is not None:
            return name, made_at or at
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


def _latest(old: datetime | None, new: datetime) -> datetime:
    return new if old is None else max(old, new)
