"""The printed sheet of a course: what it will hold, and the PDF."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Template

from courses.authoring import LessonInfo, lessons_of
from courses.catalogue import CourseInfo, course_of
from courses.errors import Conflict, Invalid, Message
from courses.people import SignedIn
from courses.printing import checked_reason, note_unchecked
from courses.roster import students_of
from portal.downloads import disposition
from portal.forms import Form, errors_of, many, no_errors, one
from portal.lesson_filters import lesson_ids, named_lessons
from portal.platforms import Platform
from portal.preflight.gate import left_out, unpublishable
from portal.settings import Settings
from portal.share_urls import only_here
from portal.sheet_files import DEFAULT_LAYOUT, check_layout, sheet_file
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
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    layout: FromQuery[str] = DEFAULT_LAYOUT,
    lesson: FromQuery[list[UUID] | None] = None,
    found: FromQuery[str] = "",
) -> Template:
    """Layout and kind of slips, each with what it comes to; and what a platform would refuse.

    `lesson`: only these; `found`: only those that a list with this query finds.
    """
    course = await course_of(person, course_id)
    only = await named_lessons(course.id, lesson, found)
    return await _page(person, settings, platforms, course, layout, only=only, found=found)


@get("/courses/{course_id:uuid}/sheet.pdf", media_type="application/pdf", include_in_schema=False)
async def pdf(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    layout: FromQuery[str] = DEFAULT_LAYOUT,
    personal: FromQuery[bool] = False,
    only_publishable: FromQuery[bool] = False,
    lesson: FromQuery[list[UUID] | None] = None,
    found: FromQuery[str] = "",
) -> Response[bytes]:
    """A slip for each shared lesson, or for each student and lesson; `lesson` names some of them, `found` finds some.

    Those that would be refused are left out if asked for.
    """
    course = await course_of(person, course_id)
    check_layout(layout)
    await _check_something(course, personal)
    only = frozenset(await named_lessons(course.id, lesson, found))
    without = await left_out(settings, platforms, course.id, only_publishable=only_publishable, only=only)
    without = {*without, *await _unwanted(course, only)}
    return _download(course, layout, await sheet_file(settings, course.id, course.title, layout, personal, without))


@post("/courses/{course_id:uuid}/sheet.pdf", status_code=200, media_type="application/pdf", include_in_schema=False)
async def unchecked_pdf(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Response[bytes] | Template:
    """All shared lessons, also those that would be refused; who wanted it and why is written down."""
    course = await course_of(person, course_id, "write")
    layout, personal = one(data, "layout") or DEFAULT_LAYOUT, one(data, "personal") == "1"
    check_layout(layout)
    await _check_something(course, personal)
    found = one(data, "found")
    only = await named_lessons(course.id, lesson_ids(many(data, "lesson")), found)
    try:
        reason = checked_reason(one(data, "reason"))
    except Invalid as error:
        return await _page(person, settings, platforms, course, layout, error, one(data, "reason"), only, found)
    file = await sheet_file(settings, course.id, course.title, layout, personal, await _unwanted(course, only))
    shared = _named([lesson for lesson, _ in await shared_lessons(course.id)], only)
    refused = await unpublishable(settings, platforms, shared)
    await note_unchecked(person, course.id, [each.lesson for each in refused], reason)
    return _download(course, layout, file)


async def _page(
    person: SignedIn,
    settings: Settings,
    platforms: dict[str, Platform],
    course: CourseInfo,
    layout: str,
    error: Invalid | None = None,
    reason: str = "",
    only: Sequence[UUID] = (),
    found: str = "",
) -> Template:
    lessons = _named(await lessons_of(course.id), only)
    shared = _named([lesson for lesson, _ in await shared_lessons(course.id)], only)
    refused = await unpublishable(settings, platforms, shared)
    students, printed = len(await students_of(course.id)), len(shared) - len(refused)
    context = {
        "person": person,
        "course": course,
        "lessons": len(shared),
        "only": [lesson.id for lesson in lessons] if only else [],
        "found": found,
        "printed": printed,
        "students": students,
        "left_out": _without(lessons, shared),
        "refused": refused,
        "amounts": [_amount(each, printed, students) for each in LAYOUTS.values()],
        "chosen": layout if layout in LAYOUTS else DEFAULT_LAYOUT,
        "only_here": only_here(settings),
        "values": {"reason": reason},
        "errors": errors_of(error) if error else no_errors(),
    }
    return Template("sheets/options.html", context=context, status_code=422 if error else 200)


def _named(lessons: list[LessonInfo], only: Collection[UUID]) -> list[LessonInfo]:
    """Those that were named, all where none was."""
    only = frozenset(only)
    return [lesson for lesson in lessons if not only or lesson.id in only]


async def _unwanted(course: CourseInfo, only: Collection[UUID]) -> set[UUID]:
    """What is not to be printed because other lessons were named."""
    only = frozenset(only)
    return {lesson.id for lesson in await lessons_of(course.id) if lesson.id not in only} if only else set()


def _without(lessons: list[LessonInfo], shared: list[LessonInfo]) -> list[LessonInfo]:
    there = {lesson.id for lesson in shared}
    return [lesson for lesson in lessons if lesson.id not in there]


def _amount(layout: Layout, lessons: int, students: int) -> Amount:
    personal = lessons * students
    return Amount(layout, lessons, -(-lessons // layout.per_page), personal, -(-personal // layout.per_page))


async def _check_something(course: CourseInfo, personal: bool) -> None:
    """Raises Conflict, saying what to do first."""
    if not await lessons_of(course.id):
        raise Conflict(Message("There is nothing to print yet. Write a lesson first."))
    if not await shared_lessons(course.id):
        raise Conflict(Message("No lesson of this course has a live link. Issue one on a lesson’s page first."))
    if personal and not await students_of(course.id):
        raise Conflict(Message("Personal slips need students. Add them to the course’s list first."))


def _download(course: CourseInfo, layout: str, data: bytes) -> Response[bytes]:
    name = disposition(f"{course.title} {layout}", "pdf", fallback=f"sheet-{layout}")
    return Response(data, media_type="application/pdf", headers={"Content-Disposition": name})


routes = [options, pdf, unchecked_pdf]
