"""Students of a course: enrol many at once, list them."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath
from msgspec import Struct

from courses.catalogue.courses import course_of
from courses.errors import Invalid, Message
from courses.signed_in import SignedIn
from courses.students.lists import parse_roster
from courses.students.reading import Entry, check_entries, decode_roster
from courses.students.roster import add_students, students_of
from portal.api.answers import StudentAnswer, student_answer
from portal.api.bodies import read_json, require
from portal.api.failures import FAILURES, PROBLEMS_TOLD


class NewStudent(Struct, forbid_unknown_fields=True):
    """A student as a program writes one; numbers may be JSON numbers."""

    number: str | int
    name: str
    #: none said leaves it as it is, "" takes it off
    group: str | None = None


class NewAlias(Struct, forbid_unknown_fields=True):
    """The same in a course of made-up names, which needs no name and keeps none."""

    number: str | int
    name: str = ""
    group: str | None = None


class ImportAnswer(Struct):
    """What an import did; who had left and came back counts as added."""

    added: int
    renamed: int
    unchanged: int


@dataclass
class TakesRoster(Operation):
    """Documents the two types of body."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING)
        number = Schema(one_of=[text, Schema(type=OpenAPIType.INTEGER)])
        student = Schema(
            type=OpenAPIType.OBJECT, properties={"number": number, "name": text, "group": text}, required=["number", "name"],
            additional_properties=False,
        )  # fmt: skip
        self.request_body = RequestBody(
            required=True,
            description="Students as a JSON array, or as CSV lines of number, name and group.",
            content={
                "application/json": OpenAPIMediaType(schema=Schema(type=OpenAPIType.ARRAY, items=student)),
                "text/csv": OpenAPIMediaType(schema=text),
            },
        )


@post("/courses/{course_id:uuid}/students", status_code=200, responses=FAILURES, operation_class=TakesRoster)
async def enrol(
    request: Request[Any, Any, Any], person: NamedDependency[SignedIn], course_id: FromPath[UUID]
) -> ImportAnswer:
    """Enrol all or, when a line is bad, none; a number that is known takes the new name.

    In a course of made-up names no name is needed, and one that is sent is not kept.
    """
    course = await course_of(person, course_id, "write")
    done = await add_students(person, course.id, await _entries(request, names=not course.aliases))
    return ImportAnswer(done.added, done.renamed, done.unchanged)


async def _entries(request: Request[Any, Any, Any], names: bool) -> list[Entry]:
    # In a thread: a body of nothing but bad lines takes seconds.
    match request.content_type[0]:
        case "application/json":
            return await asyncio.to_thread(_from_json, await read_json(request), names)
        case "text/csv":
            return await asyncio.to_thread(_from_csv, await request.body(), names)
    raise HTTPException(status_code=415)


def _from_csv(data: bytes, names: bool) -> list[Entry]:
    return parse_roster(decode_roster(data)[0], names)


def _from_json(rows: Any, names: bool) -> list[Entry]:
    """Raises Invalid; in RosterInvalid a "line" is a place in the array, from 1."""
    if not isinstance(rows, list):
        raise Invalid({"body": Message("Send a JSON array of students.")})
    problems: dict[str, Message] = {}
    for line, row in enumerate(rows, start=1):
        try:
            require(row, NewStudent if names else NewAlias)
        except Invalid as error:
            problems |= {f"{line}.{name}": problem for name, problem in error.fields.items()}
        if len(problems) >= PROBLEMS_TOLD:
            break
    if problems:
        raise Invalid(problems)
    entries = (
        (line, str(row["number"]), row.get("name", ""), row.get("group")) for line, row in enumerate(rows, start=1)
    )
    return check_entries(entries, names=names)


@get("/courses/{course_id:uuid}/students", responses=FAILURES)
async def index(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> list[StudentAnswer]:
    """The roster by number, 2 before 10."""
    course = await course_of(person, course_id)
    return [student_answer(student) for student in await students_of(course.id)]


routes = [enrol, index]
