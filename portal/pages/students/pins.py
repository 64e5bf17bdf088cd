"""PINs of a course's students: given to all who have none, shown once to be printed, and taken away."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import course_of
from courses.people.attempts import forget_tries
from courses.signed_in import SignedIn
from courses.students.pin_hashes import new_pins
from courses.students.pins import give_pins, take_pins, unlock_pin, with_pin, without_pin
from courses.students.roster import find_student_by_id, students_of
from portal.settings import Settings
from portal.student.pin_tries import student_tries
from portal.web.forms import Form, one
from portal.web.shown_once import show_once
from portal.web.typed import lookup_id, read_id
from portal.workers.threads import in_thread


@get("/courses/{course_id:uuid}/pins", include_in_schema=False)
async def show(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Template:
    """How many have one, and what it is for."""
    course = await course_of(person, course_id, "write")
    some, everybody = len(await with_pin(course.id)), len(await students_of(course.id))
    return Template(
        "students/pins/show.html", context={"person": person, "course": course, "some": some, "everybody": everybody}
    )


@post("/courses/{course_id:uuid}/pins", status_code=303, include_in_schema=False)
async def give(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
) -> Redirect:
    """To those who were chosen, in place of the one they have, or to all who have none; they are shown once, in this browser."""
    course = await course_of(person, course_id, "write")
    form = await request.form()
    chosen = {student for text in form.getall("student", []) if (student := read_id(str(text)))}
    students = (
        [each for each in await students_of(course.id) if each.id in chosen] if chosen else await without_pin(course.id)
    )
    made = await in_thread(new_pins, settings.keyring, len(students))
    given = await give_pins(person, course.id, students, made)
    await forget_tries(student_tries(settings, student.id) for student in students)
    if not given:
        return Redirect(f"/courses/{course.id}/roster", query_params={"done": "all-have-pins"}, status_code=303)
    content = {"course": str(course.id), "pins": {str(each.student.id): each.pin for each in given}}
    return await show_once(request, settings, person, "pins", f"/courses/{course.id}/roster", content)


@post("/courses/{course_id:uuid}/pins/removal", status_code=303, include_in_schema=False)
async def take(person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]) -> Redirect:
    """Of one student, who gets another one then, or of all."""
    course = await course_of(person, course_id, "write")
    student = one(data, "student")
    await take_pins(person, course.id, lookup_id(student) if student else None)
    return Redirect(f"/courses/{course.id}/roster", query_params={"done": "pins"}, status_code=303)


@post("/courses/{course_id:uuid}/students/{student_id:uuid}/pin-lock/removal", status_code=303, include_in_schema=False)
async def unlock(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
) -> Redirect:
    """After too many wrong PINs the student may try again."""
    course = await course_of(person, course_id, "mark")
    student = await find_student_by_id(course.id, student_id)
    await unlock_pin(person, course.id, student, student_tries(settings, student.id))
    address = f"/courses/{course.id}/students/{student.id}"
    return Redirect(address, query_params={"done": "unlocked"}, status_code=303)


routes: list[ControllerRouterHandler] = [show, give, take, unlock]
