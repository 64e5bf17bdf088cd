"""What goes on in a person's courses: lessons that are scanned right now, and causes that stopped several phones."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from courses.clock import now
from courses.database import reads_apart
from courses.events.done import USUAL
from courses.lessons.done_counts import tallies
from courses.tables.events import Publication

#: a lesson that so many students opened first within this time is under way
SCANS, WITHIN = 3, timedelta(minutes=15)
#: lessons at a time
LIVE = 2
#: a cause that stopped so many, within this time
PHONES, RECENT = 2, timedelta(days=7)


@dataclass(frozen=True)
class Live:
    """A lesson under way, and how many of the enrolled opened it, are done, and are stopped by a failure."""

    course: UUID
    lesson: UUID
    title: str
    enrolled: int
    scanned: int
    done: int
    stuck: int


@dataclass(frozen=True)
class Stopped:
    """A cause, one of `courses.events.causes.CAUSES`, by which several students of a course are stopped, and since when."""

    course: UUID
    cause: str
    students: int
    since: datetime


@reads_apart
async def live_lessons(courses: Collection[UUID]) -> list[Live]:
    """The busiest first; in one query, and three for each that there is."""
    since = now() - WITHIN
    rows = await Publication.raw(
        "SELECT lesson.id AS lesson, lesson.course AS course, lesson.title AS title"  # noqa: S608 -- constants
        # CROSS JOIN keeps SQLite to the index by the time of the change.
        " FROM publication CROSS JOIN lesson WHERE lesson.id = publication.lesson AND publication.changed_at > {}"
        f" AND publication.scanned_at > {{}} AND lesson.course IN ({_places(courses)}) AND lesson.deleted_at IS NULL"
        f" GROUP BY lesson.id, lesson.course, lesson.title HAVING COUNT(*) >= {SCANS} ORDER BY COUNT(*) DESC, lesson.id"
        f" LIMIT {LIVE}",
        since,
        since,
        *courses,
    ) if courses else []  # fmt: skip
    return [await _live(row) for row in rows]


async def _live(row: dict[str, Any]) -> Live:
    course, lesson = UUID(str(row["course"])), UUID(str(row["lesson"]))
    tally = (await tallies(course, {lesson: USUAL}))[lesson]
    return Live(
        course, lesson, row["title"], tally.enrolled, tally.enrolled - tally.rungs["not_started"], tally.done,
        tally.rungs["failed"],
    )  # fmt: skip


@reads_apart
async def stopped_by_one_cause(courses: Collection[UUID]) -> list[Stopped]:
    """Where it has not gone on since; the most students first. In one query."""
    rows = await Publication.raw(
        "SELECT lesson.course AS course, publication.cause AS cause, COUNT(DISTINCT publication.student) AS students,"  # noqa: S608
        " MIN(publication.failed_at) AS since FROM lesson CROSS JOIN publication WHERE publication.lesson = lesson.id"
        " AND publication.rung = 'failed' AND publication.cause IS NOT NULL AND publication.failed_at > {}"
        f" AND lesson.course IN ({_places(courses)}) AND lesson.deleted_at IS NULL"
        f" GROUP BY lesson.course, publication.cause HAVING COUNT(DISTINCT publication.student) >= {PHONES}",
        now() - RECENT,
        *courses,
    ) if courses else []  # fmt: skip
    found = [
        Stopped(
            UUID(str(row["course"])), row["cause"], int(row["students"]),
            datetime.fromisoformat(row["since"]) if isinstance(row["since"], str) else row["since"],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-each.students, str(each.course), each.cause))


def _places(values: Collection[object]) -> str:
    return ", ".join(["{}"] * len(values))
