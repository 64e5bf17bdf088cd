"""What stands at the side of every page: the courses of a person, and what the present one has."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from courses.catalogue.roles import Right, may
from courses.tables.courses import Membership

#: courses beside the present one
OTHERS = 7
_NOWHERE = UUID(int=0)
#: of the present course alone: the others have a line each
_COUNTS = {
    "lessons": "lesson WHERE lesson.course = course.id AND lesson.deleted_at IS NULL AND NOT lesson.template",
    "templates": "lesson WHERE lesson.course = course.id AND lesson.deleted_at IS NULL AND lesson.template",
    "students": "student WHERE student.course = course.id AND student.left_at IS NULL",
    "prints": "print_run WHERE print_run.course = course.id",
    "members": "membership AS other WHERE other.course = course.id",
}


@dataclass(frozen=True)
class RailCourse:
    """A course of the person; the counts are those of the present course, 0 for any other."""

    id: UUID
    title: str
    term: str
    role: str
    archived: bool
    lessons: int = 0
    templates: int = 0
    students: int = 0
    prints: int = 0
    members: int = 0

    def may(self, right: Right) -> bool:
        """Whether the person has a right here."""
        return may(self.role, right)


@dataclass(frozen=True)
class Rail:
    """The present course, if the page is about one, and the others, the last changed first."""

    present: RailCourse | None = None
    others: tuple[RailCourse, ...] = ()


async def rail_of(person_id: UUID, present: UUID | None) -> Rail:
    """In one query; a course that is not the person's is no present one."""
    counts = ", ".join(
        f"CASE WHEN course.id = {{}} THEN (SELECT COUNT(*) FROM {rows}) ELSE 0 END AS {name}"  # noqa: S608 -- so is this
        for name, rows in _COUNTS.items()
    )
    here = present or _NOWHERE
    rows: list[dict[str, Any]] = await Membership.raw(
        "SELECT course.id AS id, course.title AS title, course.term AS term, membership.role AS role,"  # noqa: S608 -- of our own constants
        f" course.archived_at IS NOT NULL AS archived, {counts}"
        " FROM membership JOIN course ON course.id = membership.course WHERE membership.person = {}"
        " AND (course.archived_at IS NULL OR course.id = {})"
        f" ORDER BY CASE WHEN course.id = {{}} THEN 0 ELSE 1 END, course.updated_at DESC, course.id LIMIT {OTHERS + 1}",
        *[here] * len(_COUNTS),
        person_id,
        here,
        here,
    )
    found = [RailCourse(**row | {"id": UUID(str(row["id"])), "archived": bool(row["archived"])}) for row in rows]
    if found and found[0].id == present:
        return Rail(found[0], tuple(found[1:]))
    return Rail(None, tuple(found[:OTHERS]))
