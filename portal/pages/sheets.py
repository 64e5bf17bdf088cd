"""The printed sheet of a course: what it will hold, and the PDF."""

from dataclasses import dataclass
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from courses.authoring import lessons_of
from courses.catalogue import CourseInfo, course_of
from courses.errors import Conflict, Message
from courses.people import SignedIn
from courses.roster import students_of
from portal.downloads import disposition
from portal.settings import Settings
from portal.share_urls import only_here
from portal.sheet_files import DEFAULT_LAYOUT, sheet_file
from portal.slips import shared_lessons
from print.layouts import LAYOUTS, Layout


@dataclass(frozen=True)
class Amount:
    """How much a layout prints: for the class, and personally."""

    layout: Layout
    slips: int
    pages: int
    personal_slips: int
    personal_pages: int


@get("/courses/{course_id:uuid}/sheet", include_in_schema=False)
async def options(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    layout: FromQuery[str] = DEFAULT_LAYOUT,
) -> Template:
    """Layout and kind of slips, each with what it comes to."""
    course = await course_of(person, course_id)
    shared = {lesson.id for lesson, _ in await shared_lessons(course.id)}
    students = len(await students_of(course.id))
    context = {
        "person": person,
        "course": course,
        "lessons": len(shared),
        "students": students,
        "left_out": [lesson for lesson in await lessons_of(course.id) if lesson.id not in shared],
        "amounts": [_amount(each, len(shared), students) for each in LAYOUTS.values()],
        "chosen": layout if layout in LAYOUTS else DEFAULT_LAYOUT,
        "only_here": only_here(settings),
    }
    return Template("sheets/options.html", context=context)


def _amount(layout: Layout, lessons: int, students: int) -> Amount:
    personal = lessons * students
    return Amount(layout, lessons, -(-lessons // layout.per_page), personal, -(-personal // layout.per_page))


@get("/courses/{course_id:uuid}/sheet.pdf", media_type="application/pdf", include_in_schema=False)
async def pdf(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    layout: FromQuery[str] = DEFAULT_LAYOUT,
    personal: FromQuery[bool] = False,
) -> Response[bytes]:
    """A slip for each shared lesson, or for each student and lesson."""
    course = await course_of(person, course_id)
    await _check_something(course, personal)
    data = await sheet_file(settings, course.id, course.title, layout, personal)
    name = disposition(f"{course.title} {layout}", "pdf", fallback=f"sheet-{layout}")
    return Response(data, media_type="application/pdf", headers={"Content-Disposition": name})


async def _check_something(course: CourseInfo, personal: bool) -> None:
    """Raises Conflict, saying what to do first."""
    if not await lessons_of(course.id):
        raise Conflict(Message("There is nothing to print yet. Write a lesson first."))
    if not await shared_lessons(course.id):
        raise Conflict(Message("No lesson of this course has a live link. Issue one on a lesson’s page first."))
    if personal and not await students_of(course.id):
        raise Conflict(Message("Personal slips need students. Add them to the course’s list first."))


routes = [options, pdf]
