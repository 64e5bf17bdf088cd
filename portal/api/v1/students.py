"""Students of a course: enrol many at once, list them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from courses.catalogue.courses import course_of
from courses.database import reads_apart
from courses.encodings import ENCODINGS, Decoded
from courses.errors import Invalid, Message
from courses.signed_in import SignedIn
from courses.students.lists import Reading, read_list, read_rows
from courses.students.plan import plan_roster
from courses.students.reading import decode_roster
from courses.students.roster import add_students, students_of
from courses.students.separated import read_separated
from portal.api.answers import StudentAnswer, student_answer
from portal.api.bodies import read_json, require
from portal.api.failures import FAILURES, PROBLEMS_TOLD
from portal.i18n import say
from portal.workers.threads import in_thread


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


class ColumnAnswer(Struct):
    """What was taken for the "number", the "name" or the "group": the column from 1, and its title, "" for none."""

    role: str
    column: int
    title: str


class ImportAnswer(Struct):
    """What an import did, or with `dry_run` would do; who had left and came back counts as added.

    `doubts` are to be looked at, `left_out` is what was not kept of the list. `columns` and `encoding` say how CSV was read.
    """

    added: int
    renamed: int
    unchanged: int
    dry_run: bool
    doubts: list[str]
    left_out: list[str]
    columns: list[ColumnAnswer]
    encoding: str


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
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    dry_run: FromQuery[bool] = False,
    encoding: FromQuery[str] = "",
) -> ImportAnswer:
    """Enrol all or, when a line is bad, none; a number that is known takes the new name. With `dry_run` nothing is done.

    In a course of made-up names no name is needed, and one that is sent is not kept. CSV is read in `encoding`, else in the
    one that its bytes leave no doubt about; where they do, nobody is enrolled.
    """
    course = await course_of(person, course_id, "write")
    if encoding and encoding not in ENCODINGS:
        raise Invalid({"encoding": Message("Choose one of these encodings: {names}.", names=", ".join(ENCODINGS))})
    reading, used = await _read(request, not course.aliases, encoding)
    if dry_run:
        plan = await plan_roster(course.id, reading.entries, course.aliases)
        counts = len(plan.added) + len(plan.returned), len(plan.changed), plan.unchanged
    else:
        done = await add_students(person, course.id, reading.entries)
        counts = done.added, done.renamed, done.unchanged
    columns = [ColumnAnswer(column.role, column.place, column.title) for column in reading.columns]
    return ImportAnswer(*counts, dry_run, [*map(say, reading.doubts)], [*map(say, reading.left_out)], columns, used)


async def _read(request: Request[Any, Any, Any], names: bool, encoding: str) -> tuple[Reading, str]:
    # In a thread: a body of nothing but bad lines takes seconds.
    match request.content_type[0]:
        case "application/json":
            return await in_thread(_from_json, await read_json(request), names), ""
        case "text/csv":
            return await in_thread(_from_csv, await request.body(), names, encoding)
    raise HTTPException(status_code=415)


def _from_csv(data: bytes, names: bool, encoding: str) -> tuple[Reading, str]:
    decoded = decode_roster(data, encoding)
    _refuse_a_guess(decoded)
    return read_list(read_separated(decoded.text), names), decoded.encoding


def _refuse_a_guess(decoded: Decoded) -> None:
    if not decoded.sure:
        said = Message(
            "This list does not say its encoding. It may be {encoding}: send it as UTF-8, or say which with “?encoding=”, "
            "one of {names}.",
            encoding=ENCODINGS[decoded.encoding], names=", ".join(ENCODINGS),
        )  # fmt: skip
        raise Invalid({"encoding": said})


def _from_json(rows: Any, names: bool) -> Reading:
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
    return read_rows(
        [(line, str(row["number"]), row.get("name", ""), row.get("group")) for line, row in enumerate(rows, start=1)],
        names,
    )


@get("/courses/{course_id:uuid}/students", responses=FAILURES)
async def index(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> list[StudentAnswer]:
    """The roster by number, 2 before 10."""
    return await _answers((await course_of(person, course_id)).id)


@reads_apart
async def _answers(course_id: UUID) -> list[StudentAnswer]:
    return [student_answer(student) for student in await students_of(course_id)]


routes = [enrol, index]
