"""What done means for each lesson, and how many of the enrolled have done it or are on each rung; counted in the database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns.combination import WhereRaw

from courses.catalogue.shown import students_see
from courses.database import reads_apart
from courses.events.done import FROM, USUAL, DoneRule, is_done
from courses.events.ladder import RANK, RUNGS
from courses.tables.events import Publication
from courses.tables.lessons import Lesson
from courses.tables.roster import Student

#: what `rule_of` reads
RULE_COLUMNS = (Lesson.platforms, Lesson.done_which, Lesson.done_platforms, Lesson.done_rung)
_RANK = "CASE publication.rung " + " ".join(f"WHEN '{rung}' THEN {rank}" for rung, rank in RANK.items()) + " END"
_LEVELS = (RUNGS[0], *FROM)
_LEVEL = (
    "CASE publication.rung "
    + " ".join(f"WHEN '{rung}' THEN {at}" for at, rung in enumerate(FROM, start=1))
    + " ELSE 0 END"
)
#: under this name stands the best rung on whichever platform
_BEST = ""


@dataclass(frozen=True)
class Tally:
    """How many of the enrolled are on each rung with a lesson, whichever platform it is on, and how many have done it."""

    rule: DoneRule = USUAL
    rungs: Counter[str] = field(default_factory=Counter)
    done: int = 0

    @property
    def enrolled(self) -> int:
        """All of them."""
        return self.rungs.total()


def rule_of(row: Mapping[str, Any]) -> DoneRule:
    """Of a row with RULE_COLUMNS, over the lesson's platforms."""
    return stored_rule(row).over(msgspec.json.decode(row["platforms"]))


def stored_rule(row: Mapping[str, Any]) -> DoneRule:
    """As it was given."""
    return DoneRule(row["done_which"], tuple(msgspec.json.decode(row["done_platforms"])), row["done_rung"])


async def rule_of_lesson(lesson_id: UUID) -> DoneRule:
    """The usual one for a lesson that is not there."""
    row = await Lesson.select(*RULE_COLUMNS).where(Lesson.id == lesson_id).first()
    return rule_of(row) if row else USUAL


@reads_apart
async def tallies(course_id: UUID, rules: Mapping[UUID, DoneRule] | None = None) -> dict[UUID, Tally]:
    """Of the lessons with these rules, or of all that students see; in two or three queries."""
    if rules is None:
        rows = await Lesson.select(Lesson.id, *RULE_COLUMNS).where(students_see(course_id))
        rules = {row["id"]: rule_of(row) for row in rows}
    if not rules:
        return {}
    enrolled = await Student.count().where(Student.course == course_id, Student.left_at.is_null())
    rungs = {lesson: Counter({RUNGS[0]: enrolled}) for lesson in rules}
    done: Counter[UUID] = Counter()
    slugs = sorted({slug for rule in rules.values() if rule.which != "any" for slug in rule.platforms})
    for row in await _groups(course_id, list(rules), slugs):
        # A column of a sub-query comes back from SQLite as text.
        lesson = UUID(str(row["lesson"]))
        if row["best"]:
            rungs[lesson][RUNGS[row["best"]]] += row["students"]
            rungs[lesson][RUNGS[0]] -= row["students"]
        if is_done(rules[lesson], _reached(row["best"], int(row["levels"]), slugs)):
            done[lesson] += row["students"]
    return {lesson: Tally(rule, rungs[lesson], done[lesson]) for lesson, rule in rules.items()}


async def not_begun(lesson: UUID, course_id: UUID, most: int) -> list[tuple[UUID, str]]:
    """The first of the enrolled of whom nothing is known with a lesson, by number, but for those who are excused."""
    rows = await Student.select(Student.id, Student.name).where(
        Student.course == course_id,
        Student.left_at.is_null(),
        WhereRaw(
            "NOT EXISTS (SELECT 1 FROM publication WHERE publication.student = student.id AND publication.lesson = {})"
            " AND NOT EXISTS (SELECT 1 FROM excuse WHERE excuse.student = student.id AND excuse.lesson = {}"
            " AND excuse.undone_at IS NULL)",
            lesson,
            lesson,
        ),
    ).order_by(Student.number).limit(most)  # fmt: skip
    return [(row["id"], row["name"]) for row in rows]


async def _groups(course_id: UUID, lessons: list[UUID], slugs: list[str]) -> list[dict[str, Any]]:
    """How many students stand alike with a lesson: the best rung, and the level on each platform as digits to base four."""
    weights = " ".join(f"WHEN {{}} THEN {4**at}" for at in range(len(slugs)))
    levels = f"SUM({_LEVEL} * CASE publication.platform {weights} ELSE 0 END)" if slugs else "0"
    rows: list[dict[str, Any]] = await Publication.raw(
        "SELECT lesson, best, levels, COUNT(*) AS students FROM ("  # noqa: S608 -- made of our own constants
        f"SELECT publication.lesson AS lesson, publication.student AS student, MAX({_RANK}) AS best, {levels} AS levels"
        " FROM publication JOIN student ON student.id = publication.student"
        " WHERE publication.lesson IN (" + ", ".join(["{}"] * len(lessons)) + ")"
        " AND student.course = {} AND student.left_at IS NULL"
        " GROUP BY publication.lesson, publication.student) AS cells GROUP BY lesson, best, levels",
        *slugs,
        *lessons,
        course_id,
    )
    return rows


def _reached(best: int, levels: int, slugs: Sequence[str]) -> dict[str, str]:
    return {_BEST: RUNGS[best]} | {slug: _LEVELS[levels >> 2 * at & 3] for at, slug in enumerate(slugs)}
