"""What waits for an instructor's look: students × lessons whose best cell is only said or shown, over all the person's courses.

Looked up when read, never stored: whatever the cell becomes, confirmed, sent back or excused, it waits no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.catalogue.roles import ROLES, may
from courses.database import reads_apart
from courses.results.same_notes import SHARED_SQL
from courses.signed_in import SignedIn
from courses.tables.courses import Membership
from courses.tables.events import Publication

#: what may wait: all, notes with a link, words without one
KINDS = ("", "links", "words")
_RUNGS = {"links": "linked", "words": "claimed"}
#: a badge says no more than "99+"
BADGE = 99
#: nor does the count of a queue than "999+"
COUNTED = 999
#: a queue is looked through from its beginning; more come as these are decided
QUEUE = 500
#: whose notes are read at once, so that those of 200 are not sorted for the first few
COURSES = 25

#: roles whose courses' notes wait for them
MARKING = tuple(role for role in ROLES if may(role, "mark"))
#: of another platform, and better: a higher rung, or the same one earlier
_BETTER = (
    "better.rung = 'confirmed' OR (better.rung = 'linked' AND publication.rung = 'claimed') OR (better.rung = publication.rung"
    " AND (better.at < publication.at OR (better.at = publication.at AND better.platform < publication.platform)))"
)
# A lesson that asks for a confirmation is done with one alone, so its course's setting leaves nothing of it out.
# CROSS JOIN keeps SQLite from beginning with what waits in the courses of others.
_WAITS = (
    "FROM membership CROSS JOIN course CROSS JOIN lesson CROSS JOIN publication"  # noqa: S608 -- our own constants
    " JOIN student ON student.id = publication.student AND student.left_at IS NULL"
    f" WHERE membership.person = {{}} AND membership.role IN {MARKING}"
    " AND course.id = membership.course AND course.archived_at IS NULL"
    " AND lesson.course = course.id AND lesson.deleted_at IS NULL AND lesson.template = FALSE"
    " AND publication.lesson = lesson.id AND publication.rung IN ('claimed', 'linked')"
    " AND (course.look_at = 'every' OR (course.look_at = 'words' AND publication.rung = 'claimed')"
    " OR lesson.done_rung = 'confirmed')"
    " AND NOT EXISTS (SELECT 1 FROM publication AS better WHERE better.student = publication.student"
    f" AND better.lesson = publication.lesson AND better.id <> publication.id AND ({_BETTER}))"
    " AND NOT EXISTS (SELECT 1 FROM excuse WHERE excuse.student = publication.student AND excuse.lesson = publication.lesson"
    " AND excuse.undone_at IS NULL)"
)

_COLUMNS = (
    "publication.id AS id, course.id AS course, course.title AS course_title, lesson.id AS lesson,"
    " lesson.title AS title, student.id AS student, student.name AS name, student.number AS number,"
    " publication.rung AS rung, publication.platform AS platform, publication.at AS at"
)


@dataclass(frozen=True)
class Wanted:
    """Which of it is meant; all that is given must hold. `kind` is one of KINDS."""

    kind: str = ""
    course: UUID | None = None
    lesson: UUID | None = None
    student: UUID | None = None


@dataclass(frozen=True)
class Waiting:
    """One student × lesson, and since when; `rung` is "claimed" or "linked". `id` is of the row behind it."""

    id: UUID
    course: UUID
    course_title: str
    lesson: UUID
    title: str
    student: UUID
    name: str
    number: str
    rung: str
    platform: str
    at: datetime


@dataclass(frozen=True)
class LessonWaits:
    """How many notes of a lesson wait, with a link and without one, and since when the first of them does."""

    course: UUID
    course_title: str
    lesson: UUID
    title: str
    links: int
    words: int
    oldest: datetime

    @property
    def count(self) -> int:
        """Both together."""
        return self.links + self.words


@reads_apart
async def waiting(person: SignedIn, wanted: Wanted = Wanted()) -> list[Waiting]:
    """By course, the newest course first, and there the oldest first; at most QUEUE. One query for COURSES courses."""
    where, values = _where(person, wanted)
    found: list[Waiting] = []
    courses = await _marked_courses(person) if wanted.course is None else [wanted.course]
    for start in range(0, len(courses), COURSES):
        some = courses[start : start + COURSES]
        rows = await Publication.raw(
            f"SELECT {_COLUMNS} {where}"
            f" AND course.id IN ({', '.join(['{}'] * len(some))})"
            " ORDER BY course.created_at DESC, course.id, publication.at, student.id, lesson.id LIMIT {}",
            *values,
            *some,
            QUEUE - len(found),
        )
        found += _found(rows)
        if len(found) == QUEUE:
            break
    return found


async def _marked_courses(person: SignedIn) -> list[UUID]:
    """Those in which the person may mark, the newest first."""
    rows = await Membership.select(Membership.course).where(
        Membership.person == person.id, Membership.role.is_in(list(MARKING)), Membership.course.archived_at.is_null()
    ).order_by(Membership.course.created_at, ascending=False).order_by(Membership.course)  # fmt: skip
    return [row["course"] for row in rows]


@reads_apart
async def waiting_counts(person: SignedIn, wanted: Wanted = Wanted()) -> dict[str, int]:
    """How many there are of each of KINDS, whichever is wanted; each counted no further than one more than COUNTED."""
    where, values = _where(person, replace(wanted, kind=""))
    counts = {}
    for kind, rung in _RUNGS.items():
        rows = await Publication.raw(
            f"SELECT COUNT(*) AS count FROM (SELECT 1 {where} AND publication.rung = '{rung}' LIMIT {COUNTED + 1}) AS found",  # noqa: S608
            *values,
        )
        counts[kind] = int(rows[0]["count"])
    return {"": min(sum(counts.values()), COUNTED + 1)} | counts


async def waiting_count(person: SignedIn, wanted: Wanted) -> int:
    """How many there are in all, no further than one more than COUNTED."""
    return (await waiting_counts(person, wanted))[""]


@reads_apart
async def waiting_by_lesson(person: SignedIn, wanted: Wanted = Wanted()) -> list[LessonWaits]:
    """How many wait of each lesson of which some do, the one that waits longest first. In one query."""
    where, values = _where(person, wanted)
    rows = await Publication.raw(
        "SELECT course.id AS course, course.title AS course_title, lesson.id AS lesson, lesson.title AS title,"
        " SUM(CASE publication.rung WHEN 'linked' THEN 1 ELSE 0 END) AS links,"
        f" SUM(CASE publication.rung WHEN 'claimed' THEN 1 ELSE 0 END) AS words, MIN(publication.at) AS oldest {where}"
        " GROUP BY course.id, course.title, lesson.id, lesson.title",
        *values,
    )
    found = [LessonWaits(**row | _typed(row, "course", "lesson", at="oldest")) for row in rows]
    return sorted(found, key=lambda each: (each.oldest, str(each.lesson)))


@reads_apart
async def waiting_badge(person: SignedIn) -> int | None:
    """How many wait in all, counted no further than one more than BADGE; None for who may mark in no course. In one query."""
    where, values = _where(person, Wanted())
    rows = await Publication.raw(
        f"SELECT COUNT(*) AS count, EXISTS (SELECT 1 FROM membership WHERE membership.person = {{}}"  # noqa: S608
        f" AND membership.role IN {MARKING}) AS marks FROM (SELECT 1 {where} LIMIT {BADGE + 1}) AS found",
        person.id,
        *values,
    )
    return int(rows[0]["count"]) if rows[0]["marks"] else None


@reads_apart
async def waiting_doubles(person: SignedIn) -> list[Waiting]:
    """Those whose note another student's names, too, or the student's own of another lesson; the oldest first, at most QUEUE."""
    where, values = _where(person, Wanted("links"))
    return _found(
        await Publication.raw(
            f"SELECT {_COLUMNS} {where} AND {SHARED_SQL} ORDER BY publication.at, student.id, lesson.id LIMIT {{}}",
            *values,
            QUEUE,
        )
    )


def _where(person: SignedIn, wanted: Wanted) -> tuple[str, Sequence[object]]:
    where, values = _WAITS, [person.id]
    for condition, value in (
        (" AND course.id = {}", wanted.course), (" AND lesson.id = {}", wanted.lesson), (" AND student.id = {}", wanted.student),
    ):  # fmt: skip
        if value is not None:
            where += condition
            values.append(value)
    if wanted.kind in _RUNGS:
        where += f" AND publication.rung = '{_RUNGS[wanted.kind]}'"
    return where, values


def _found(rows: Sequence[dict[str, Any]]) -> list[Waiting]:
    return [Waiting(**row | _typed(row, "id", "course", "lesson", "student")) for row in rows]


def _typed(row: dict[str, Any], *ids: str, at: str = "at") -> dict[str, Any]:
    """What SQLite gives as text."""
    moment = row[at]
    return {name: UUID(str(row[name])) for name in ids} | {
        at: datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    }
