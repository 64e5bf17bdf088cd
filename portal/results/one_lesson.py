"""One lesson's part of a completion list, a line for each student, in the order in which somebody asks for something."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from courses.clock import now
from courses.results.narrowing import CompletionFilter, Narrowed, narrow, to_review
from courses.results.values import Cell, Completion, LessonHead
from courses.students.values import StudentInfo
from portal.results.cells import time_writer
from portal.words.marks import MARKS, mark_of_cell
from portal.words.rungs import rung_name

#: in this order
GROUPS = ("review", "stuck", "open", "done", "excused")


class LessonLine(NamedTuple):
    """A student: of which of GROUPS, the mark and its words, since when."""

    group: str
    student: StudentInfo
    mark: str
    word: str
    at: str
    late: bool


@dataclass(frozen=True)
class OneLesson:
    """`before` and `after` are its neighbours in the course; `counts` has the lines of each group."""

    found: Narrowed
    lesson: LessonHead
    before: UUID | None
    after: UUID | None
    lines: list[LessonLine]
    counts: Mapping[str, int]


def one_lesson(whole: Completion, wanted: CompletionFilter, zone: ZoneInfo) -> OneLesson:
    """The lesson that is wanted, else the newest that is open. Raises NotFound for one that is not in the course."""
    moment = now()
    of_all = [lesson.id for lesson in whole.lessons]
    newest = [lesson.id for lesson in whole.lessons if lesson.is_open(moment)] or of_all
    found = narrow(whole, replace(wanted, lesson=wanted.lesson or newest[-1]))
    lesson, written = found.lessons[0], time_writer(zone)
    lines = [
        LessonLine(
            _group(cell), row.student, mark := mark_of_cell(cell), MARKS[mark]() if mark else rung_name(cell.rung),
            written(cell.at) if cell.at else "", cell.late,
        )
        for row in found.rows
        if found.wanted.means(cell := row.cells[lesson.id])
    ]  # fmt: skip
    place = of_all.index(lesson.id)
    return OneLesson(
        found, lesson, of_all[place - 1] if place else None, [*of_all, None][place + 1],
        sorted(lines, key=lambda line: GROUPS.index(line.group)),
        {group: sum(line.group == group for line in lines) for group in GROUPS},
    )  # fmt: skip


def _group(cell: Cell) -> str:
    if to_review(cell):
        return "review"
    return cell.state if cell.state in GROUPS else "open"
