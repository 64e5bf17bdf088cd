"""Who reached what in a course."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, SkipValidation
from litestar.response import Stream
from msgspec import Struct

from courses.catalogue.courses import course_of
from courses.results.completion import completion
from courses.results.export_tables import CELLS
from courses.results.values import Cell, Completion, StudentRow
from courses.signed_in import SignedIn
from portal.api.answers import DoneAnswer, done_answer
from portal.api.failures import FAILURES
from portal.parts import Parts


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


#: the answer is made in parts, so its type says nothing of them
FOUND = ResponseSpec(
    CompletionAnswer, generate_examples=False, description="Request fulfilled, document follows"
)  # fmt: skip


@get("/courses/{course_id:uuid}/completion", responses=FAILURES | {200: FOUND})
async def show(
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
    rung: FromQuery[str | None] = None,
    lesson: FromQuery[UUID | None] = None,
) -> Response[bytes] | Stream:
    """Who published: with `rung`, those who are on it with any lesson, or with `lesson`."""
    course = await course_of(person, course_id)
    return await parts.large_answers.answer(person.id, _json(course.id, rung, lesson), MediaType.JSON)


async def _json(course_id: UUID, rung: str | None, lesson: UUID | None) -> AsyncGenerator[bytes, None]:
    """A CompletionAnswer in parts: made at once that of a large course would take gigabytes. Raises Invalid, NotFound."""
    found = await completion(course_id, rung, lesson)
    step = max(1, CELLS // max(1, len(found.lessons)))
    # Nearly all cells of a large course are the same few, in which nothing has happened.
    known: dict[int, msgspec.Raw] = {}
    between = b'{"students":['
    for start in range(0, len(found.rows), step):
        yield between + await asyncio.to_thread(_rows, found.rows[start : start + step], known)
        between = b","
    end = b"]," if found.rows else between + b"],"
    yield end + (await asyncio.to_thread(lambda: msgspec.json.encode(_end(found))))[1:]


def _rows(rows: Sequence[StudentRow], known: dict[int, msgspec.Raw]) -> bytes:
    """Of each a RowAnswer, with commas between."""
    for row in rows:
        for cell in row.cells.values():
            if id(cell) not in known:
                known[id(cell)] = msgspec.Raw(msgspec.json.encode(_cell(cell)))
    lines = [
        {
            "number": row.student.number,
            "name": row.student.name,
            "lessons": {lesson: known[id(cell)] for lesson, cell in row.cells.items()},
        }
        for row in rows
    ]
    return msgspec.json.encode(lines)[1:-1]


def _cell(cell: Cell) -> CellAnswer:
    return CellAnswer(
        cell.rung, cell.platform, cell.at, cell.note_url, cell.state, cell.late, cell.excuse is not None, cell.done_at,
        cell.doubtful, cell.done_doubtful,
    )  # fmt: skip


def _end(found: Completion) -> dict[str, Any]:
    """What a CompletionAnswer has beside its rows."""
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
    return {"lessons": columns, "totals": found.overall, "done": sum(found.done.values())}


routes = [show]
