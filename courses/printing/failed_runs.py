"""Print runs that failed and that no later one has made up for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from courses.clock import now
from courses.tables.printing import PrintRun

#: what failed longer ago is no news
RECENT = timedelta(days=7)


@dataclass(frozen=True)
class FailedRun:
    """The last run of a course, which failed; `number` is its number there."""

    id: UUID
    course: UUID
    number: int
    at: datetime


async def failed_runs(courses: Collection[UUID]) -> list[FailedRun]:
    """Of these courses, the newest first; in one query."""
    if not courses:
        return []
    rows = await PrintRun.select(PrintRun.id, PrintRun.course, PrintRun.number, PrintRun.created_at, PrintRun.state).where(
        PrintRun.course.is_in(list(courses)), PrintRun.created_at > now() - RECENT,
        PrintRun.state.is_in(["failed", "done"]),
    ).order_by(PrintRun.number)  # fmt: skip
    last = {row["course"]: row for row in rows}
    found = [
        FailedRun(row["id"], row["course"], row["number"], row["created_at"])
        for row in last.values()
        if row["state"] == "failed"
    ]
    return sorted(found, key=lambda run: run.at, reverse=True)
