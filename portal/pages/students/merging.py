"""Two rows of a list that are one student."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import course_of
from courses.signed_in import SignedIn
from courses.students.merging import merge_students
from courses.students.roster import find_student_by_id, students_of
from portal.web.apart import page_apart
from portal.web.forms import Form, one
from portal.web.typed import read_id


@get("/courses/{course_id:uuid}/students/{student_id:uuid}/merge", include_in_schema=False)
async def ask_merge(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
    problem: FromQuery[str] = "",
) -> Response[bytes]:
    """Which student this one is too; what will be done, as it cannot be undone."""
    course = await course_of(person, course_id, "write")
    student = await find_student_by_id(course.id, student_id)

    async def page() -> Template:
        others = [other for other in await students_of(course.id) if other.id != student.id]
        context = {"person": person, "course": course, "student": student, "others": others, "problem": problem}
        return Template("students/roster/merge.html", context=context)

    return await page_apart(request, page)


@post("/courses/{course_id:uuid}/students/{student_id:uuid}/merge", status_code=303, include_in_schema=False)
async def merge(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect:
    """Put two rows of the list together, for good."""
    course = await course_of(person, course_id, "write")
    other = read_id(one(data, "kept"))
    if other is None:
        address = f"/courses/{course.id}/students/{student_id}/merge"
        return Redirect(address, query_params={"problem": "none"}, status_code=303)
    kept = await merge_students(person, course.id, student_id, other)
    address = f"/courses/{course.id}/students/{kept.id}"
    return Redirect(address, query_params={"done": "merged"}, status_code=303)


routes: list[ControllerRouterHandler] = [ask_merge, merge]
