"""Many students of a list at once: into a group, off the list, and on it again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.engine import ROWS
from courses.signed_in import SignedIn
from courses.students.comparing import tidy
from courses.students.reading import GROUP_MAX
from courses.students.roster import forget_seats
from courses.tables.roster import Student


@unit_of_work
async def put_in_group(by: SignedIn, course_id: UUID, students: Collection[UUID], group: str) -> int:
    """Give students of a course a group, "" for none; how many changed."""
    group = tidy(group)[:GROUP_MAX]
    changed = 0
    async with writing():
        for row in await _rows(course_id, students, left=False):
            if row["group"] != group:
                await Student.update({Student.group: group}).where(Student.id == row["id"])
                await record("student.rename", by, course=course_id, object=row["id"], label=row["name"])
                changed += 1
    forget_seats()
    return changed


@unit_of_work
async def remove_students(by: SignedIn, course_id: UUID, students: Collection[UUID]) -> tuple[int, datetime]:
    """Take students off the list at one moment, keeping what was recorded: how many, and that moment."""
    moment = now()
    async with writing():
        rows = await _rows(course_id, students, left=False)
        for row in rows:
            await Student.update({Student.left_at: moment}).where(Student.id == row["id"])
            await record("student.remove", by, course=course_id, object=row["id"], label=row["name"])
    forget_seats()
    return len(rows), moment


@unit_of_work
async def return_students(
    by: SignedIn, course_id: UUID, students: Collection[UUID] = (), at: datetime | None = None
) -> int:
    """Put students on the list again: these, or all who left at that moment; how many."""
    async with writing():
        if at is not None:
            mine = Student.course == course_id, Student.left_at == at
            students = await Student.select(Student.id).where(*mine).output(as_list=True)
        rows = await _rows(course_id, students, left=True)
        for row in rows:
            await Student.update({Student.left_at: None}).where(Student.id == row["id"])
            await record("student.return", by, course=course_id, object=row["id"], label=row["name"])
    forget_seats()
    return len(rows)


async def _rows(course_id: UUID, students: Collection[UUID], left: bool) -> list[dict[str, Any]]:
    """Of these students those of the course who are on its list, or have left it; never who was merged or erased."""
    found: list[dict[str, Any]] = []
    wanted = sorted(set(students))
    for start in range(0, len(wanted), ROWS):
        found += await Student.select(Student.id, Student.name, Student.group).where(
            Student.course == course_id, Student.id.is_in(wanted[start : start + ROWS]),
            Student.left_at.is_not_null() if left else Student.left_at.is_null(),
            Student.merged_into.is_null(), Student.erased_at.is_null(),
        )  # fmt: skip
    return found
