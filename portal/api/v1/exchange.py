"""A course as a file: export it, look at a file, import it."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery, SkipValidation
from litestar.response import Stream
from msgspec import Struct
from obstore.store import ObjectStore

from courses.catalogue.courses import course_of
from courses.encodings import ENCODINGS
from courses.errors import Invalid, Message
from courses.exchange import runs
from courses.exchange.plan import Action, Step
from courses.exchange.reading.found import Contents, Finding
from courses.signed_in import SignedIn
from portal.api.failures import FAILURES
from portal.exchange.course_files import archive_answer, list_answer
from portal.exchange.importing import ImportChoice, ImportFailed, do_import, import_plan, read
from portal.i18n import say
from portal.media.intake import UPLOAD_LIMIT
from portal.parts import Parts
from portal.settings import Settings
from portal.web.multipart import multipart_form

TYPES = {"application/zip": "zip", "text/csv": "csv"}


class FindingAnswer(Struct):
    """An "error" or a "warning", by file and line."""

    level: str
    file: str
    line: int | None
    message: str


class StepAnswer(Struct):
    """A lesson of the file: `known` is "new", "same" or "other", `action` what is done ("add", "replace", "skip")."""

    file: str
    line: int | None
    title: str
    known: str
    action: str
    errors: bool


class ImportedAnswer(Struct):
    """What came of it, or with `dry_run` would; nothing is written unless `imported` says so."""

    imported: bool
    encoding: str
    lessons: list[StepAnswer]
    findings: list[FindingAnswer]
    created: list[UUID] = []
    replaced: list[UUID] = []


@dataclass
class TakesFile(Operation):
    """Documents the body, which is read as it arrives."""

    def __post_init__(self) -> None:
        file = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        form = Schema(type=OpenAPIType.OBJECT, properties={"file": file}, required=["file"])
        self.request_body = RequestBody(
            required=True,
            description="An archive or a list, as it is or as the field “file” of a form.",
            content={
                "multipart/form-data": OpenAPIMediaType(schema=form),
                **{name: OpenAPIMediaType(schema=file) for name in TYPES},
            },
        )


@get("/courses/{course_id:uuid}/export", media_type="application/zip", responses=FAILURES)
async def export(
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
    lesson: FromQuery[list[UUID] | None] = None,
) -> Response[bytes] | Stream:
    """The course as an archive, or only the lessons that are named."""
    course = await course_of(person, course_id)
    return await archive_answer(parts.large_answers, person.id, parts.store, parts.settings, course, lesson)


@get("/courses/{course_id:uuid}/lessons.csv", media_type="text/csv", responses=FAILURES)
async def export_list(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], lesson: FromQuery[list[UUID] | None] = None
) -> Response[bytes]:
    """The texts of all lessons, or of those that are named."""
    return await list_answer(await course_of(person, course_id), lesson)


@post(
    "/courses/{course_id:uuid}/import", status_code=200, responses=FAILURES, request_max_body_size=UPLOAD_LIMIT,
    operation_class=TakesFile,
)  # fmt: skip
async def take(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    dry_run: FromQuery[bool] = False,
    good_only: FromQuery[bool] = False,
    known: FromQuery[Literal["skip", "add", "replace"]] = "skip",
    encoding: FromQuery[str] = "",
) -> Response[ImportedAnswer]:
    """Import all or nothing, with `good_only` all without errors; answers 422 with the reasons when nothing could be.

    `known` says what becomes of lessons whose titles are in the course already.
    """
    course = await course_of(person, course_id, "write")
    if encoding and encoding not in ENCODINGS:
        raise Invalid({"encoding": Message("Choose one of these encodings: {names}.", names=", ".join(ENCODINGS))})
    async with _file(request) as (path, name, kind):
        kind, contents = await read(settings, path, name, encoding, kind)
        chosen, problem = await import_plan(course.id, contents, ImportChoice({}, good_only, known))
        if dry_run or problem:
            wrong = not dry_run and (contents.refused or any(step.bad for step, _ in chosen))
            return _answer(contents, chosen, contents.findings, status=422 if wrong else 200)
        run = await runs.import_run(person, await runs.open_run(store, person, course.id, name, kind, path, contents))
    try:
        attempt = await runs.begin(run, 0)
        _, outcome = await do_import(store, person, run, attempt, contents, chosen, good_only)
    except ImportFailed as error:
        return _answer(contents, chosen, (*contents.findings, *error.findings), status=422)
    finally:
        await runs.let_go(store, run.id, run.kind)
    return _answer(contents, chosen, (*contents.findings, *outcome.findings), outcome)


@asynccontextmanager
async def _file(request: Request[Any, Any, Any]) -> AsyncIterator[tuple[Path, str, str]]:
    """The file on disk, its name, and "zip", "csv" or "" where nobody says. Raises Invalid, HTTPException."""
    kind = request.content_type[0]
    if kind == "multipart/form-data":
        async with multipart_form(request) as (_, uploads):
            if [upload.field for upload in uploads] != ["file"] or not uploads[0].path.exists():
                raise Invalid({"file": Message("Send one file, as the field “file”.")})
            yield uploads[0].path, uploads[0].name, ""
        return
    if kind not in TYPES:
        raise HTTPException(status_code=415)
    with tempfile.TemporaryDirectory(prefix="lessonlink-upload-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
        yield path, f"import.{TYPES[kind]}", TYPES[kind]


def _answer(
    contents: Contents, chosen: list[tuple[Step, Action]], findings: tuple[Finding, ...],
    outcome: runs.Outcome | None = None, status: int = 200,
) -> Response[ImportedAnswer]:  # fmt: skip
    lessons = [
        StepAnswer(step.lesson.file, step.lesson.line, step.lesson.title, step.known, action, step.bad)
        for step, action in chosen
    ]
    answers = [FindingAnswer(each.level, each.file, each.line, say(each.message)) for each in findings]
    body = ImportedAnswer(
        outcome is not None, contents.encoding, lessons, answers,
        list(outcome.created) if outcome else [], list(outcome.replaced) if outcome else [],
    )  # fmt: skip
    return Response(body, status_code=status)


routes = [export, export_list, take]
