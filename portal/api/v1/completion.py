"""Who reached what in a course."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
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
from courses.events.ladder import RUNGS
from courses.results.completion import completion_in_parts
from courses.results.values import Cell, Completion, LessonHead
from courses.signed_in import SignedIn
from portal.api.answers import DoneAnswer, done_answer
from portal.api.failures import FAILURES
from portal.parts import Parts

#: among the counts of rungs, what is done by the lesson's rule
DONE_CELLS = "done"


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
    totals: dict[UUID, Counter[str]] = defaultdict(Counter)
    between, lessons = b'{"students":[', tuple[LessonHead, ...]()
    async for part in completion_in_parts(course_id, rung, lesson):
        lessons = part.lessons
        if rows := await asyncio.to_thread(_rows, part, totals):
            yield between + rows
            between = b","
    yield (b"" if between == b"," else between) + b"]," + msgspec.json.encode(_end(lessons, totals))[1:]


def _rows(part: Completion, totals: dict[UUID, Counter[str]]) -> bytes:
    """Of each a RowAnswer, with commas between; everyone is added to the totals, DONE_CELLS among them."""
    # Nearly all cells of a large course are the same few, in which nothing has happened.
    known: dict[int, msgspec.Raw] = {}
    for row in part.rows:
        for cell in row.cells.values():
            if id(cell) not in known:
                known[id(cell)] = msgspec.Raw(msgspec.json.encode(_cell(cell)))
    for each in part.lessons:
        totals[each.id].update(part.by_lesson[each.id])
        totals[each.id][DONE_CELLS] += part.done[each.id]
    lines = [
        {
            "number": row.student.number,
            "name": row.student.name,
            "lessons": {lesson: known[id(cell)] for lesson, cell in row.cells.items()},
        }
        for row in part.rows
    ]
    return msgspec.json.encode(lines)[1:-1]


def _cell(cell: Cell) -> CellAnswer:
    return CellAnswer(
        cell.rung, cell.platform, cell.at, cell.note_url, cell.state, cell.late, cell.excuse is not None, cell.done_at,
        cell.doubtful, cell.done_doubtful,
    )  # fmt: skip


def _end(lessons: Sequence[LessonHead], totals: Mapping[UUID, Counter[str]]) -> dict[str, Any]:
    """What a CompletionAnswer has beside its rows."""
    columns = [
        ColumnAnswer(
            each.id, each.title, each.due_at, {name: totals[each.id][name] for name in RUNGS},
            totals[each.id][DONE_CELLS], done_answer(each.done),
        )
        for each in lessons
    ]  # fmt: skip
    overall = {name: sum(column.totals[name] for column in columns) for name in RUNGS}
    return {"lessons": columns, "totals": overall, "done": sum(column.done for column in columns)}


routes = [show]
