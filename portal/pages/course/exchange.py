"""Import and export of a course: the files to download, and where a file is sent to be looked at."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation
from litestar.response import Redirect, Stream, Template
from obstore.store import ObjectStore

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import CourseError, Invalid, Message
from courses.exchange import runs
from courses.signed_in import SignedIn
from portal.exchange.course_files import archive_answer, list_answer
from portal.exchange.importing import present_lessons, read
from portal.lessons.filters import named_lessons
from portal.media.intake import UPLOAD_LIMIT
from portal.parts import Parts
from portal.settings import Settings
from portal.web.errors import retry_after, status_of
from portal.web.forms import errors_at, no_errors
from portal.web.multipart import multipart_form
from portal.workers.pool import NOT_NOW

NO_FILE = Message("Choose a zip archive or a CSV list.")


@get("/courses/{course_id:uuid}/exchange", include_in_schema=False)
async def show(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Template:
    """Both ways for a course."""
    return await _page(person, await course_of(person, course_id))


@get("/courses/{course_id:uuid}/export", media_type="application/zip", include_in_schema=False)
async def export(
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
    lesson: FromQuery[list[UUID] | None] = None,
    found: FromQuery[str] = "",
) -> Response[bytes] | Stream:
    """The archive: the whole course, or the lessons that the address names, or that a list with the query `found` finds."""
    course = await course_of(person, course_id)
    chosen = await named_lessons(course.id, lesson, found)
    return await archive_answer(parts.large_answers, person.id, parts.store, parts.settings, course, chosen)


@get("/courses/{course_id:uuid}/lessons.csv", media_type="text/csv", include_in_schema=False)
async def export_list(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    lesson: FromQuery[list[UUID] | None] = None,
    found: FromQuery[str] = "",
) -> Response[bytes]:
    """The texts of the lessons for a spreadsheet; which, as for the archive."""
    course = await course_of(person, course_id)
    return await list_answer(course, await named_lessons(course.id, lesson, found))


@post("/courses/{course_id:uuid}/imports", status_code=303, request_max_body_size=UPLOAD_LIMIT, include_in_schema=False)
async def send(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
) -> Redirect | Template:
    """Keep a file and look at it; nothing of the course changes yet."""
    course = await course_of(person, course_id, "write")
    try:
        run = await _keep(request, person, settings, store, course.id)
    except (Invalid, *NOT_NOW) as error:
        return await _page(person, course, error)
    return Redirect(f"/imports/{run}", status_code=303)


@get("/courses/import", include_in_schema=False)
async def new(person: NamedDependency[SignedIn]) -> Template:
    """Where an archive is sent that becomes a course of its own."""
    return Template("course/exchange/new.html", context={"person": person, "errors": no_errors()})


@post("/courses/import", status_code=303, request_max_body_size=UPLOAD_LIMIT, include_in_schema=False)
async def send_new(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
) -> Redirect | Template:
    """Keep a file and look at it; there is no course yet."""
    try:
        run = await _keep(request, person, settings, store, None)
    except (Invalid, *NOT_NOW) as error:
        context = {"person": person, "errors": errors_at("file", error)}
        return Template(
            "course/exchange/new.html", context=context, status_code=status_of(error), headers=retry_after(error)
        )
    return Redirect(f"/imports/{run}", status_code=303)


async def _keep(
    request: Request[Any, Any, Any], person: SignedIn, settings: Settings, store: ObjectStore, course_id: UUID | None
) -> UUID:
    """Raises Invalid without a file."""
    async with multipart_form(request) as (_, uploads):
        if len(uploads) != 1 or not uploads[0].path.exists() or not uploads[0].path.stat().st_size:
            raise Invalid({"file": NO_FILE})
        kind, contents = await read(settings, uploads[0].path, uploads[0].name)
        if course_id is None and kind == "csv":
            raise Invalid(
                {"file": Message("A list of lessons goes into a course. Open the course first, then import.")}
            )
        return await runs.open_run(store, person, course_id, uploads[0].name, kind, uploads[0].path, contents)


async def _page(person: SignedIn, course: CourseInfo, error: CourseError | None = None) -> Template:
    context = {
        "person": person,
        "course": course,
        "lessons": len(await present_lessons(course.id)),
        "errors": errors_at("file", error),
    }
    return Template(
        "course/exchange/show.html",
        context=context,
        status_code=status_of(error) if error else 200,
        headers=retry_after(error) if error else None,
    )


routes = [show, export, export_list, send, new, send_new]
