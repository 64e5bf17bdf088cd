"""Courses: list, create, edit, archive. The page of one course is its lessons' (portal/pages/lessons/lesson.py)."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.catalogue.courses import archive_course, course_of, courses_of, create_course, edit_course
from courses.errors import Invalid, NotFound
from courses.signed_in import SignedIn
from portal.pages.course._settings import FIELDS, settings_page
from portal.web.forms import Form, errors_of, no_errors, one
from portal.web.typed import lookup_id


@get("/courses", include_in_schema=False)
async def index(
    person: NamedDependency[SignedIn],
    archived: FromQuery[str] = "",
    done: FromQuery[str] = "",
    course: FromQuery[str] = "",
) -> Template:
    """The courses in which the person works; those that are put away with `?archived=1`."""
    shown = await courses_of(person, archived=archived == "1")
    # Which course a notice is about, if it is one of the person's.
    about = await _mine(person, course) if done in ("archived", "restored") else None
    context = {"person": person, "courses": shown, "archived": archived == "1", "done": done, "about": about}
    return Template("course/courses/index.html", context=context)


async def _mine(person: SignedIn, course: str) -> object | None:
    try:
        return await course_of(person, lookup_id(course))
    except NotFound:
        return None


@get("/courses/new", include_in_schema=False)
async def new(person: NamedDependency[SignedIn]) -> Template:
    """The empty form."""
    return Template("course/courses/new.html", context={"person": person, "values": {}, "errors": no_errors()})


@post("/courses", status_code=303, include_in_schema=False)
async def create(person: NamedDependency[SignedIn], data: URLEncodedBody[Form]) -> Redirect | Template:
    """Make a course and go there."""
    values = {name: one(data, name) for name in FIELDS}
    try:
        course = await create_course(person, **values)
    except Invalid as error:
        context = {"person": person, "values": values, "errors": errors_of(error)}
        return Template("course/courses/new.html", context=context, status_code=422)
    return Redirect(f"/courses/{course}", status_code=303)


@get("/courses/{course_id:uuid}/edit", include_in_schema=False)
async def edit(person: NamedDependency[SignedIn], course_id: FromPath[UUID], done: FromQuery[str] = "") -> Template:
    """The settings of a course."""
    course = await course_of(person, course_id, "own")
    return await settings_page(person, course, done=done)


@post("/courses/{course_id:uuid}", status_code=303, include_in_schema=False)
async def update(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]
) -> Redirect | Template:
    """Change title, term and description."""
    course = await course_of(person, course_id, "own")
    values = {name: one(data, name) for name in FIELDS}
    try:
        await edit_course(person, course, **values)
    except Invalid as error:
        return await settings_page(person, course, values, errors_of(error))
    return Redirect(f"/courses/{course.id}/edit", query_params={"done": "saved"}, status_code=303)


@post("/courses/{course_id:uuid}/archive", status_code=303, include_in_schema=False)
async def archive(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Redirect:
    """Put a course away; the notice offers to undo it."""
    course = await course_of(person, course_id, "own")
    await archive_course(person, course)
    return Redirect("/courses", query_params={"done": "archived", "course": str(course.id)}, status_code=303)


@post("/courses/{course_id:uuid}/restore", status_code=303, include_in_schema=False)
async def restore(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Redirect:
    """Take a course back."""
    course = await course_of(person, course_id, "own")
    await archive_course(person, course, archived=False)
    return Redirect("/courses", query_params={"done": "restored", "course": str(course.id)}, status_code=303)


routes = [index, new, create, edit, update, archive, restore]
