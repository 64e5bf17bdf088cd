"""A course in figures: rungs over time, how far each lesson came, and what went wrong. All from the publications."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from courses.database import reads_apart
from courses.events.causes import cause_of_row
from courses.events.ladder import RANK, RUNGS
from courses.lessons.done_counts import Tally, tallies
from courses.lessons.listing import lesson_titles
from courses.tables.events import Publication
from courses.tables.roster import Student

#: the rungs that are a step forward; "failed" is none, but who failed has launched
STEPS = ("scanned", "previewed", "launched", "claimed", "linked", "confirmed")
_TIMES = {rung: f"{rung}_at" for rung in RUNGS[1:]}
#: widths of the intervals in which progress is counted, and the most intervals that one plot has
WIDTHS = (timedelta(minutes=10), timedelta(hours=1), timedelta(days=1), timedelta(days=7))
MOST = 100


@dataclass(frozen=True)
class Climb:
    """How many student × lesson had reached each of STEPS, or a higher one, by the end of each interval.

    `ends` are those ends; `width` is their distance. Empty where nothing has been reported.
    """

    ends: tuple[datetime, ...]
    width: timedelta
    steps: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Funnel:
    """A lesson's way: of `enrolled` students how many stand on each rung (`counts`), and how many came to each step."""

    lesson: UUID
    title: str
    enrolled: int
    counts: Mapping[str, int]
    reached: Mapping[str, int]


@dataclass(frozen=True)
class Cause:
    """What went wrong: students × lessons that it happened to, and those of them that stand there still."""

    cause: str
    publications: int
    still: int


@dataclass(frozen=True)
class Statistics:
    """All of a course's figures as of one moment; `causes` the most frequent first."""

    enrolled: int
    climb: Climb
    funnels: tuple[Funnel, ...]
    causes: tuple[Cause, ...]


@reads_apart
async def statistics(course_id: UUID, zone: ZoneInfo, until: datetime) -> Statistics:
    """The figures of who is enrolled, with the lessons that are neither deleted nor templates, in six queries.

    Intervals begin at full hours and days of the zone.
    """
    lessons = await lesson_titles(course_id)
    found = await tallies(course_id)
    enrolled = await Student.count().where(Student.course == course_id, Student.left_at.is_null())
    rows = await Publication.select(
        Publication.student, Publication.lesson, Publication.rung, Publication.cause, Publication.failure,
        *(getattr(Publication, name) for name in _TIMES.values()),
    ).where(
        Publication.lesson.is_in(list(lessons)),
        Publication.student.is_in(
            Student.select(Student.id).where(Student.course == course_id, Student.left_at.is_null())
        ),
    ) if lessons else []  # fmt: skip
    funnels = [_funnel(lesson, title, enrolled, found.get(lesson, Tally()).rungs) for lesson, title in lessons.items()]
    return Statistics(enrolled, climb(rows, zone, until), tuple(funnels), causes(rows))


def _funnel(lesson: UUID, title: str, enrolled: int, counts: Counter[str]) -> Funnel:
    reached = {step: sum(counts[rung] for rung in RUNGS[RANK[step] :]) for step in STEPS}
    return Funnel(lesson, title, enrolled, {rung: counts[rung] for rung in RUNGS}, reached)


def climb(rows: Sequence[Mapping[str, Any]], zone: ZoneInfo, until: datetime) -> Climb:
    """Count publications' steps by the end of each interval; what was refused and not said again does not count.

    A step is reached when there is evidence of it or of a higher one, on whichever platform that was first.
    """
    first: dict[str, dict[tuple[UUID, UUID], datetime]] = {step: {} for step in STEPS}
    for row in rows:
        pair, earliest = (row["student"], row["lesson"]), None
        for rung in reversed(RUNGS[1 : RANK[row["rung"]] + 1]):
            at = row[_TIMES[rung]]
            earliest = min(filter(None, (earliest, at)), default=None)
            if rung in first and earliest is not None:
                first[rung][pair] = min(first[rung].get(pair, earliest), earliest)
    times = {step: sorted(pairs.values()) for step, pairs in first.items()}
    if not times["scanned"]:
        return Climb((), WIDTHS[0], dict.fromkeys(STEPS, ()))
    start, end = times["scanned"][0], max(until, *(found[-1] for found in times.values() if found))
    width = next((width for width in WIDTHS if (end - start) / width < MOST), WIDTHS[-1])
    ends = _ends(start, end, width, zone)
    steps = {step: tuple(bisect_right(found, at) for at in ends) for step, found in times.items()}
    return Climb(ends, width, steps)


def _ends(start: datetime, end: datetime, width: timedelta, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The ends of the intervals from `start` to `end`, on round times of the zone; the last is `end` itself."""
    local = start.astimezone(zone)
    at = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if width < timedelta(days=1):
        at += (local - at) // width * width
    ends = []
    while (at := at + width) < end:  # by the clock on the wall, so that days stay days in summer time
        ends.append(at.astimezone(UTC))
    return (*ends, end)


def causes(rows: Sequence[Mapping[str, Any]]) -> tuple[Cause, ...]:
    """Count students × lessons by the causes of what failed, each once on however many platforms."""
    failed: dict[str, set[tuple[UUID, UUID]]] = {}
    best: dict[tuple[UUID, UUID], int] = {}
    for row in rows:
        pair = row["student"], row["lesson"]
        best[pair] = max(best.get(pair, 0), RANK[row["rung"]])
        if row["failed_at"] is not None:
            failed.setdefault(cause_of_row(row["cause"], row["failure"]), set()).add(pair)
    found = [
        Cause(cause, len(pairs), sum(best[pair] == RANK["failed"] for pair in pairs)) for cause, pairs in failed.items()
    ]
    return tuple(sorted(found, key=lambda it: (-it.publications, it.cause)))
