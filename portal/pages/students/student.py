"""A student for instructors: how far with each lesson, what happened, whose phone; and what can be done."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.audit import entries_about
from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import Invalid
from courses.results.completion import row_of, student_events
from courses.results.student_list import student_page
from courses.signed_in import SignedIn
from courses.students.phones import phones_of
from courses.students.pins import with_pin
from courses.students.roster import find_student_by_id, remove_student, rename_student, return_student
from courses.students.values import StudentInfo
from portal.pages.students._list import marks_writer
from portal.platforms import Platform
from portal.results.student_filters import read_student_filter, student_query
from portal.settings import Settings
from portal.student.pin_tries import locked
from portal.web.apart import page_apart
from portal.web.forms import Form, errors_of, no_errors, one
from portal.words.audit_log import lines
from portal.words.kinds import KINDS

#: entries of the log that are shown of one student
TRAIL = 50


@get("/courses/{course_id:uuid}/students/{student_id:uuid}", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Response[bytes]:
    """The lessons, with what can be done; the list's filters in the address say who is before and after."""
    course = await course_of(person, course_id)
    student = await find_student_by_id(course.id, student_id)
    return await page_apart(request, lambda: _page(request, person, settings, course, student, done=done))


@get("/courses/{course_id:uuid}/students/{student_id:uuid}/events", include_in_schema=False)
async def events(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
) -> Response[bytes]:
    """What was reported and decided, over all lessons, and what was changed on the list."""
    course = await course_of(person, course_id)
    student = await find_student_by_id(course.id, student_id)

    async def page() -> Template:
        trail = await lines(settings, await entries_about(course.id, [student.id], TRAIL))
        context = {
            "person": person, "course": course, "student": student, "events": await student_events(student.id),
            "trail": trail, "kinds": {kind: name() for kind, name in KINDS.items()}, "platforms": platforms,
        }  # fmt: skip
        return Template("students/student/events.html", context=context)

    return await page_apart(request, page)


@post("/courses/{course_id:uuid}/students/{student_id:uuid}", status_code=303, include_in_schema=False)
async def rename(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Response[bytes]:
    """Give a student another name."""
    course = await course_of(person, course_id, "write")
    group = one(data, "group") if "group" in data else None
    try:
        student = await rename_student(person, course.id, student_id, one(data, "name"), group)
    except Invalid as error:
        student = await find_student_by_id(course.id, student_id)
        wrong: dict[str, Any] = {"typed": {"name": one(data, "name"), "group": group}, "errors": errors_of(error)}
        return await page_apart(request, lambda: _page(request, person, settings, course, student, 422, **wrong))
    return _to(course, student.id, "renamed")


@post("/courses/{course_id:uuid}/students/{student_id:uuid}/removal", status_code=303, include_in_schema=False)
async def remove(person: NamedDependency[SignedIn], course_id: FromPath[UUID], student_id: FromPath[UUID]) -> Redirect:
    """Take a student off the roster; the notice offers to undo it."""
    course = await course_of(person, course_id, "write")
    await remove_student(person, course.id, student_id)
    query = {"done": "removed", "student": str(student_id)}
    return Redirect(f"/courses/{course.id}/roster", query_params=query, status_code=303)


@post("/courses/{course_id:uuid}/students/{student_id:uuid}/return", status_code=303, include_in_schema=False)
async def take_back(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], student_id: FromPath[UUID]
) -> Redirect:
    """Undo a removal."""
    course = await course_of(person, course_id, "write")
    await return_student(person, course.id, student_id)
    return _to(course, student_id, "returned")


def _to(course: CourseInfo, student: UUID, done: str) -> Redirect:
    return Redirect(f"/courses/{course.id}/students/{student}", query_params={"done": done}, status_code=303)


async def _page(
    request: Request[Any, Any, Any],
    person: SignedIn,
    settings: Settings,
    course: CourseInfo,
    student: StudentInfo,
    status_code: int = 200,
    **more: Any,
) -> Template:
    wanted = read_student_filter(request.query_params)
    found = await student_page(course.id, wanted)
    lessons, row = await row_of(course.id, student)
    has_pin = await with_pin(course.id)
    place = found.order.index(student.id) if student.id in found.order else -1
    context = {
        "person": person, "course": course, "student": student, "lessons": lessons, "cells": row.cells,
        "marks": marks_writer(), "phones": (await phones_of(course.id)).get(student.id, []),
        "before": found.order[place - 1] if place > 0 else None,
        "after": found.order[place + 1] if 0 <= place < len(found.order) - 1 else None,
        "query": student_query(wanted), "groups": found.groups, "alone": found.counts[""] < 2,
        "has_pin": student.id in has_pin, "locked": student.id in await locked(settings, has_pin),
        "typed": None, "errors": no_errors(), "done": "",
    }  # fmt: skip
    return Template("students/student/show.html", context=context | more, status_code=status_code)


routes = [show, events, rename, remove, take_back]
