"""Names that are on several phones: which phones these are, and the way to take a name off one."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import CourseInfo, course_of
from courses.signed_in import SignedIn
from courses.students.claims import let_in
from courses.students.phones import phones_of, take_name_off
from courses.students.roster import students_of
from portal.web.apart import page_apart


@get("/courses/{course_id:uuid}/phones", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Response[bytes]:
    """Who is on more than one phone, and how many are on one and on none."""
    course = await course_of(person, course_id)
    return await page_apart(request, lambda: _page(person, course, done))


async def _page(person: SignedIn, course: CourseInfo, done: str) -> Template:
    students, phones = await students_of(course.id), await phones_of(course.id)
    counts = [len(phones.get(student.id, ())) for student in students]
    context = {
        "person": person, "course": course, "done": done, "one": counts.count(1), "without": counts.count(0),
        "shared": [(student, phones[student.id]) for student, count in zip(students, counts, strict=True) if count > 1],
    }  # fmt: skip
    return Template("students/phones/show.html", context=context)


@post("/courses/{course_id:uuid}/students/{student_id:uuid}/phones/{device:str}/removal", status_code=303,
      include_in_schema=False)  # fmt: skip
async def take_off(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], student_id: FromPath[UUID], device: FromPath[str]
) -> Redirect:
    """The phone is asked again who it is; what it reported is this student's no more."""
    course = await course_of(person, course_id, "mark")
    await take_name_off(person, course.id, student_id, device)
    return Redirect(f"/courses/{course.id}/phones", query_params={"done": "taken"}, status_code=303)


@post("/courses/{course_id:uuid}/students/{student_id:uuid}/phones/{device:str}/let-in", status_code=303,
      include_in_schema=False)  # fmt: skip
async def let_phone_in(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], student_id: FromPath[UUID], device: FromPath[str]
) -> Redirect:
    """The phone sees the student's full name and what other phones reported."""
    course = await course_of(person, course_id, "mark")
    await let_in(course.id, student_id, device, person)
    return Redirect(f"/courses/{course.id}/phones", query_params={"done": "let_in"}, status_code=303)


routes: list[ControllerRouterHandler] = [show, take_off, let_phone_in]
