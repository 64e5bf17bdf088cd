"""Who reached what in a course."""

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from courses.catalogue.courses import course_of
from courses.database import reads_apart
from courses.results.completion import completion
from courses.signed_in import SignedIn
from portal.api.answers import DoneAnswer, done_answer
from portal.api.failures import FAILURES


class CellAnswer(Struct):
    """How far a student came with a lesson: the best rung over all platforms, on which one, and since when.

    A time that is doubtful is when it arrived: the phone gave one that cannot be.
    `state` is done, begun, stuck, not_begun or excused; `late` says that it was done, or is not done, after it was due.
    """

    rung: str
    platform: str | None
    at: datetime | None
    note_url: str | None
    state: str
    late: bool
    excused: bool
    done_at: datetime | None
    at_doubtful: bool
    done_at_doubtful: bool


class RowAnswer(Struct):
    """A student with every lesson, by the lesson's id."""

    number: str
    name: str
    lessons: dict[UUID, CellAnswer]


class ColumnAnswer(Struct):
    """A lesson, how many of the enrolled are on each rung, and how many have done it by its rule."""

    id: UUID
    title: str
    due_at: datetime | None
    totals: dict[str, int]
    done: int
    done_rule: DoneAnswer


class CompletionAnswer(Struct):
    """Everyone enrolled × every lesson; `totals` counts student × lesson on each rung, also when `rung` chose rows.

    `done` counts those that are done, each by its lesson's rule.
    """

    students: list[RowAnswer]
    lessons: list[ColumnAnswer]
    totals: dict[str, int]
    done: int


@get("/courses/{course_id:uuid}/completion", responses=FAILURES)
async def show(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    rung: FromQuery[str | None] = None,
    lesson: FromQuery[UUID | None] = None,
) -> CompletionAnswer:
    """Who published: with `rung`, those who are on it with any lesson, or with `lesson`."""
    course = await course_of(person, course_id)
    return await _answer(course.id, rung, lesson)


@reads_apart
async def _answer(course_id: UUID, rung: str | None, lesson: UUID | None) -> CompletionAnswer:
    found = await completion(course_id, rung, lesson)
    rows = [
        RowAnswer(
            row.student.number,
            row.student.name,
            {
                lesson: CellAnswer(
                    cell.rung,
                    cell.platform,
                    cell.at,
                    cell.note_url,
                    cell.state,
                    cell.late,
                    cell.excuse is not None,
                    cell.done_at,
                    cell.doubtful,
                    cell.done_doubtful,
                )
                for lesson, cell in row.cells.items()
            },
        )
        for row in found.rows
    ]
    columns = [
        ColumnAnswer(
            lesson.id,
            lesson.title,
            lesson.due_at,
            dict(found.by_lesson[lesson.id]),
            found.done[lesson.id],
            done_answer(lesson.done),
        )
        for lesson in found.lessons
    ]
    return CompletionAnswer(rows, columns, dict(found.overall), sum(found.done.values()))


routes = [show]
