"""Who has not done what is due or will be: counted in the database by each lesson's own rule, over many courses at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from courses.catalogue.shown import SHOWN
from courses.clock import now
from courses.database import reads_apart
from courses.events.done import FROM, DoneRule
from courses.events.ladder import RANK, RUNGS
from courses.lessons.done_counts import RULE_COLUMNS, rule_of
from courses.tables.events import Publication
from courses.tables.lessons import Lesson

#: what was due longer ago is no news
RECENT = timedelta(days=28)
#: so many late lessons make somebody fall behind
BEHIND = 2


@dataclass(frozen=True)
class Behind:
    """A student with `late` lessons; `heard_at` is the last word of any phone of theirs."""

    course: UUID
    student: UUID
    name: str
    late: int
    heard_at: datetime | None


@dataclass(frozen=True)
class FallingBehind:
    """The first few, most late first, and how many they are in all."""

    students: Sequence[Behind]
    count: int


@reads_apart
async def falling_behind(courses: Collection[UUID], most: int) -> FallingBehind:
    """Students of these courses with BEHIND or more lessons that were due lately and are not done. In three queries."""
    moment = now()
    rows = await Lesson.select(Lesson.id, *RULE_COLUMNS).where(
        SHOWN, Lesson.course.is_in(list(courses)), Lesson.due_at < moment, Lesson.due_at > moment - RECENT
    ) if courses else []  # fmt: skip
    if not rows:
        return FallingBehind((), 0)
    undone, values = _undone({row["id"]: rule_of(row) for row in rows})
    found = await Publication.raw(
        "SELECT course, student, name, number, COUNT(*) AS late, COUNT(*) OVER () AS count"  # noqa: S608 -- constants
        f" FROM ({undone}) AS undone GROUP BY course, student, name, number HAVING COUNT(*) >= {BEHIND}"
        " ORDER BY COUNT(*) DESC, number, student LIMIT {}",
        *values,
        most,
    )
    students = [UUID(str(row["student"])) for row in found]
    heard = await _heard(students)
    return FallingBehind(
        [
            Behind(UUID(str(row["course"])), student, row["name"], int(row["late"]), heard.get(student))
            for row, student in zip(found, students, strict=True)
        ],
        int(found[0]["count"]) if found else 0,
    )


@reads_apart
async def still_to_do(rules: Mapping[UUID, DoneRule]) -> dict[UUID, int]:
    """By lesson, how many of the enrolled have not done it; who is excused is no such one. In one query."""
    if not rules:
        return {}
    undone, values = _undone(rules)
    rows = await Publication.raw(f"SELECT lesson, COUNT(*) AS count FROM ({undone}) AS undone GROUP BY lesson", *values)  # noqa: S608
    return dict.fromkeys(rules, 0) | {UUID(str(row["lesson"])): int(row["count"]) for row in rows}


def _undone(rules: Mapping[UUID, DoneRule]) -> tuple[str, list[object]]:
    """A row for each enrolled student and lesson that is neither done nor excused; lessons of one rule go together."""
    alike: dict[tuple[str, tuple[str, ...]], list[UUID]] = {}
    for lesson, rule in rules.items():
        alike.setdefault((rule.rung, rule.platforms if rule.which != "any" else ()), []).append(lesson)
    parts, values = [], []
    for (rung, platforms), lessons in alike.items():
        rungs = ", ".join(f"'{name}'" for name in RUNGS[RANK[rung] :])
        # The first of the two conditions is that of the index `publication_done`.
        done = (
            f"FROM publication WHERE publication.rung IN {FROM} AND publication.rung IN ({rungs})"
            " AND publication.student = student.id AND publication.lesson = lesson.id"
        )
        if platforms:
            short = f"(SELECT COUNT(*) {done} AND publication.platform IN ({_places(platforms)})) < {len(platforms)}"
        else:
            short = f"NOT EXISTS (SELECT 1 {done})"
        parts.append(
            "SELECT lesson.id AS lesson, lesson.course AS course, student.id AS student, student.name AS name,"  # noqa: S608
            " student.number AS number"
            " FROM lesson CROSS JOIN student WHERE student.course = lesson.course AND student.left_at IS NULL"
            f" AND lesson.id IN ({_places(lessons)})"
            " AND NOT EXISTS (SELECT 1 FROM excuse WHERE excuse.student = student.id AND excuse.lesson = lesson.id"
            f" AND excuse.undone_at IS NULL) AND {short}"
        )
        values += [*lessons, *platforms]
    return " UNION ALL ".join(parts), values


async def _heard(students: Sequence[UUID]) -> dict[UUID, datetime]:
    if not students:
        return {}
    rows = await Publication.select(Publication.student, Publication.changed_at).where(
        Publication.student.is_in(list(students)), Publication.changed_at.is_not_null()
    ).order_by(Publication.changed_at)  # fmt: skip
    return {row["student"]: row["changed_at"] for row in rows}


def _places(values: Sequence[object]) -> str:
    return ", ".join(["{}"] * len(values))
