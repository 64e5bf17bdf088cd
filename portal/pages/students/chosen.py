"""Many students of a list at once."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import CourseInfo, course_of
from courses.signed_in import SignedIn
from courses.students.many import put_in_group, remove_students, return_students
from portal.web.forms import Form, many, one
from portal.web.typed import read_id, read_moment

QUERY_LENGTH = 400


@post("/courses/{course_id:uuid}/students/group", status_code=303, include_in_schema=False)
async def to_group(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]
) -> Redirect:
    """Put those who were chosen into a group."""
    course = await course_of(person, course_id, "write")
    count = await put_in_group(person, course.id, _chosen(data), one(data, "to_group"))
    return _back(course, data, done="grouped", n=count)


@post("/courses/{course_id:uuid}/students/removal", status_code=303, include_in_schema=False)
async def leave(person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]) -> Redirect:
    """Take those who were chosen off the list; the notice offers to undo it."""
    course = await course_of(person, course_id, "write")
    count, at = await remove_students(person, course.id, _chosen(data))
    return _back(course, data, done="left", n=count, at=at.isoformat())


@post("/courses/{course_id:uuid}/students/return", status_code=303, include_in_schema=False)
async def come_back(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]
) -> Redirect:
    """Put those who were chosen on the list again, or all who left at a moment."""
    course = await course_of(person, course_id, "write")
    count = await return_students(person, course.id, _chosen(data), read_moment(one(data, "at")))
    return _back(course, data, done="back", n=count)


def _chosen(data: Form) -> list[UUID]:
    return [student for text in many(data, "student") if (student := read_id(text))]


def _back(course: CourseInfo, data: Form, **said: Any) -> Redirect:
    """To the list as it was filtered."""
    pairs = parse_qsl(one(data, "back")[:QUERY_LENGTH])
    kept = {name: value for name, value in pairs if name in ("q", "show", "group", "sort", "page")}
    query = kept | {name: str(value) for name, value in said.items()}
    return Redirect(f"/courses/{course.id}/roster", query_params=query, status_code=303)


routes: list[ControllerRouterHandler] = [to_group, leave, come_back]
