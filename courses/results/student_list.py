"""The students of a course as a list: searched, filtered, sorted, a page of them, each with the marks of the latest lessons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from courses.database import reads_apart
from courses.paging import page_of
from courses.results.completion import completion
from courses.results.narrowing import NO_GROUP, by_name
from courses.results.values import Cell, LessonHead, StudentRow
from courses.students.matching import Sought
from courses.students.roster import left_students
from courses.students.values import StudentInfo
from courses.tables.roster import Student

#: students on a page, and lessons whose marks are in a row
PAGE, MARKS = 50, 10
#: whom a list shows: everybody enrolled, who is late, has no phone yet, or has left
SHOWN = ("", "late", "no_phone", "left")
SORTS = ("number", "name", "group", "done")


@dataclass(frozen=True)
class StudentFilter:
    """`shown` is one of SHOWN, `group` a group or NO_GROUP, `sort` one of SORTS; with `down` the last comes first."""

    text: str = ""
    shown: str = ""
    group: str = ""
    sort: str = SORTS[0]
    down: bool = False


@dataclass(frozen=True)
class StudentLine:
    """A row: `cells` are those of the latest lessons, `done` of `asked` lessons; `late` counts lessons that are not done."""

    student: StudentInfo
    cells: Sequence[Cell]
    done: int
    asked: int
    late: int
    has_phone: bool


@dataclass(frozen=True)
class StudentPage:
    """Some of those who are found; `counts` are of everybody, by SHOWN, `order` the ids of all who are found."""

    lines: Sequence[StudentLine]
    lessons: Sequence[LessonHead]
    order: Sequence[UUID]
    counts: Mapping[str, int]
    groups: Sequence[str]
    page: int
    pages: int

    @property
    def found(self) -> int:
        return len(self.order)


async def student_page(course_id: UUID, wanted: StudentFilter, page: int = 1) -> StudentPage:
    """A page of the list, in six queries; a page too far is the last."""
    whole = await completion(course_id)
    phoneless = await _without_phone(course_id)
    gone = [StudentRow(student, {}) for student in await left_students(course_id)]
    lines = [_line(row, whole.lessons, row.student.id not in phoneless) for row in whole.rows]
    left = [_line(row, (), False) for row in gone]
    counts = {
        "": len(lines), "late": sum(line.late > 0 for line in lines), "left": len(left),
        "no_phone": sum(not line.has_phone for line in lines),
    }  # fmt: skip
    found = _sorted(_found(left if wanted.shown == "left" else lines, wanted), wanted)
    at = page_of(len(found), PAGE, page)
    groups = sorted({line.student.group for line in lines if line.student.group})
    return StudentPage(
        found[at.offset : at.offset + PAGE], whole.lessons[-MARKS:], [line.student.id for line in found], counts,
        groups, at.page, at.pages,
    )  # fmt: skip


def _line(row: StudentRow, lessons: Sequence[LessonHead], has_phone: bool) -> StudentLine:
    cells = list(row.cells.values())
    latest = [row.cells[lesson.id] for lesson in lessons[-MARKS:]]
    done = sum(cell.state == "done" for cell in cells)
    asked = sum(cell.state != "excused" for cell in cells)
    late = sum(cell.late and cell.state not in ("done", "excused") for cell in cells)
    return StudentLine(row.student, latest, done, asked, late, has_phone)


def _found(lines: Collection[StudentLine], wanted: StudentFilter) -> list[StudentLine]:
    sought, group = Sought(wanted.text), "" if wanted.group == NO_GROUP else wanted.group
    return [
        line
        for line in lines
        if (wanted.shown != "late" or line.late)
        and (wanted.shown != "no_phone" or not line.has_phone)
        and (not wanted.group or line.student.group == group)
        and sought.finds(line.student.number, line.student.name)
    ]


def _sorted(lines: list[StudentLine], wanted: StudentFilter) -> list[StudentLine]:
    """They come by number; sorting keeps that order among equals."""

    def key(line: StudentLine) -> Any:
        match wanted.sort:
            case "name":
                return by_name(line.student.name)
            case "group":
                return not line.student.group, by_name(line.student.group)
            case _:
                return line.done

    if wanted.sort == SORTS[0]:
        return lines[::-1] if wanted.down else lines
    return sorted(lines, key=key, reverse=wanted.down)


@reads_apart
async def _without_phone(course_id: UUID) -> set[UUID]:
    """Who is enrolled and of whom no phone has said or reported anything."""
    rows = await Student.raw(
        "SELECT id FROM student WHERE course = {} AND left_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM event WHERE event.student = student.id AND event.device IS NOT NULL)"
        " AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.student = student.id AND claim.undone_at IS NULL)",
        course_id,
    )
    return {row["id"] if isinstance(row["id"], UUID) else UUID(row["id"]) for row in rows}
