"""What lessons of several courses have before them: when they open, are due and close."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from courses.catalogue.shown import SHOWN
from courses.clock import now
from courses.events.done import DoneRule
from courses.lessons.done_counts import RULE_COLUMNS, rule_of
from courses.tables.lessons import Lesson
from courses.tables.links import Link
from courses.tables.printing import PrintRun

AHEAD = timedelta(days=7)
KINDS = ("opens", "due", "closes")


@dataclass(frozen=True)
class Upcoming:
    """A lesson that opens, is due or closes; `unprinted` in a course that prints where no slip of it is printed yet."""

    lesson: UUID
    title: str
    course: UUID
    kind: str
    at: datetime
    rule: DoneRule
    unprinted: bool = False


async def upcoming(courses: Collection[UUID], most: int, ahead: timedelta = AHEAD) -> list[Upcoming]:
    """What comes next, the first first; in up to three queries."""
    moment = now()
    columns = dict(zip(KINDS, (Lesson.opens_at, Lesson.due_at, Lesson.closes_at), strict=True))
    opens, due, closes = ((column > moment) & (column <= moment + ahead) for column in columns.values())
    rows = await Lesson.select(
        Lesson.id, Lesson.title, Lesson.course, *columns.values(), *RULE_COLUMNS
    ).where(SHOWN, Lesson.course.is_in(list(courses)), opens | due | closes) if courses else []  # fmt: skip
    found = [
        Upcoming(row["id"], row["title"], row["course"], kind, row[column._meta.name], rule_of(row))
        for row in rows
        for kind, column in columns.items()
        if row[column._meta.name] is not None and moment < row[column._meta.name] <= moment + ahead
    ]
    found = sorted(found, key=lambda each: (each.at, KINDS.index(each.kind), str(each.lesson)))[:most]
    return await _with_paper(found)


async def _with_paper(found: list[Upcoming]) -> list[Upcoming]:
    if not found:
        return []
    printing = set(
        await PrintRun.select(PrintRun.course).where(PrintRun.course.is_in([each.course for each in found]))
        .distinct().output(as_list=True)
    )  # fmt: skip
    if not printing:
        return found
    printed = set(
        await Link.select(Link.lesson).where(Link.lesson.is_in([each.lesson for each in found]), Link.run.is_not_null())
        .distinct().output(as_list=True)
    )  # fmt: skip
    return [replace(each, unprinted=each.course in printing and each.lesson not in printed) for each in found]
