"""Duplicate a lesson or a course, and make templates."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import Invalid
from courses.lessons.authoring import lesson_of
from courses.lessons.copying import copy_course, copy_lesson, set_template
from courses.lessons.listing import facets
from courses.signed_in import SignedIn
from portal.lessons.filters import copy_title
from portal.web.forms import Form, errors_of, no_errors, one


@post("/lessons/{lesson_id:uuid}/copies", status_code=303, include_in_schema=False)
async def copy(person: NamedDependency[SignedIn], lesson_id: FromPath[UUID], data: URLEncodedBody[Form]) -> Redirect:
    """A copy, opened in the editor: of a lesson, of a template (`template`), or a lesson that starts from a template."""
    lesson = await lesson_of(person, lesson_id, "write")
    template = one(data, "template") == "1"
    title = copy_title(lesson.title) if template == lesson.template else lesson.title
    made = await copy_lesson(person, lesson, lesson.course, title, template=template)
    return Redirect(f"/lessons/{made}/edit", status_code=303)


@post("/lessons/{lesson_id:uuid}/template", status_code=303, include_in_schema=False)
async def make_template(
    person: NamedDependency[SignedIn], lesson_id: FromPath[UUID], data: URLEncodedBody[Form]
) -> Redirect:
    """With `template`, a template of a lesson that nobody has opened; without, a lesson of a template, with its link."""
    lesson = await lesson_of(person, lesson_id, "write")
    template = one(data, "template") == "1"
    await set_template(person, lesson, template)
    if template:
        return Redirect(f"/courses/{lesson.course}", query_params={"state": "template"}, status_code=303)
    return Redirect(f"/lessons/{lesson.id}", query_params={"done": "created"}, status_code=303)


@get("/courses/{course_id:uuid}/copies", include_in_schema=False)
async def new_course(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Template:
    """What the copy of a course is called, and what goes along."""
    course = await course_of(person, course_id, "write")
    return await _page(person, course, {"title": copy_title(course.title), "term": course.term})


@post("/courses/{course_id:uuid}/copies", status_code=303, include_in_schema=False)
async def copy_whole(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]
) -> Redirect | Template:
    """A course of the person's own with the lessons of this one."""
    course = await course_of(person, course_id, "write")
    values = {name: one(data, name) for name in ("title", "term")}
    try:
        made = await copy_course(person, course, **values)
    except Invalid as error:
        return await _page(person, course, values, error)
    return Redirect(f"/courses/{made}", status_code=303)


async def _page(person: SignedIn, course: CourseInfo, values: dict[str, str], error: Invalid | None = None) -> Template:
    context = {
        "person": person, "course": course, "values": values, "facets": await facets(course.id),
        "errors": errors_of(error) if error else no_errors(),
    }  # fmt: skip
    return Template("course/courses/copy.html", context=context, status_code=422 if error else 200)


routes = [copy, make_template, new_course, copy_whole]
