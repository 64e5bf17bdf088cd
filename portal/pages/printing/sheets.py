"""The printed sheet of a course: what it will hold, and the PDF."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Template

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import Conflict, Invalid
from courses.printing.printable import printable
from courses.printing.unchecked import checked_reason, note_unchecked
from courses.printing.values import PERSONAL
from courses.signed_in import SignedIn
from portal.lessons.filters import lesson_ids, named_lessons
from portal.pages.printing._options import options_page
from portal.parts import Parts
from portal.platforms import Platform
from portal.preflight.gate import left_out, unpublishable
from portal.printing.choice import query_form, read_choice
from portal.printing.plan import plan_for
from portal.printing.sheets import DEFAULT_LAYOUT, check_layout, sheet_file
from portal.printing.suggested import begun
from portal.settings import Settings
from portal.web.apart import page_apart
from portal.web.downloads import disposition
from portal.web.forms import Form, many, one
from portal.workers.pool import NOT_NOW


@get("/courses/{course_id:uuid}/sheet", include_in_schema=False)
async def options(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
) -> Response[bytes]:
    """What is suggested or was chosen (by the address), what it comes to, and what a platform would refuse."""
    course = await course_of(person, course_id)
    form = query_form(request.query_params.multi_items())
    start = await begun(course.id, form, request.headers.get("accept-language", ""))
    plan = await plan_for(person, settings, platforms, course, start.choice)

    async def page() -> Template:
        return options_page(person, settings, course, plan, start=start)

    return await page_apart(request, page)


@get("/courses/{course_id:uuid}/sheet/preview.png", media_type="image/png", include_in_schema=False)
async def picture(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
) -> Response[bytes]:
    """The first page as it would be printed. Raises Conflict where nothing would."""
    course = await course_of(person, course_id)
    choice = read_choice(query_form(request.query_params.multi_items()))
    plan = await plan_for(person, parts.settings, parts.platforms, course, choice)
    if plan.problem:
        raise Conflict(plan.problem)
    drawn = await parts.previews.draw(course, plan)
    etag = f'"{sha256(drawn).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(drawn, media_type="image/png", headers=headers)


@get("/courses/{course_id:uuid}/sheet.pdf", media_type="application/pdf", include_in_schema=False)
async def pdf(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    layout: FromQuery[str] = DEFAULT_LAYOUT,
    personal: FromQuery[bool] = False,
    kind: FromQuery[str] = "",
    only_publishable: FromQuery[bool] = False,
    lesson: FromQuery[list[UUID] | None] = None,
    found: FromQuery[str] = "",
) -> Response[bytes]:
    """A slip for each shared lesson, or for each student and lesson; `lesson` names some of them, `found` finds some.

    Those that would be refused are left out if asked for.
    """
    course = await course_of(person, course_id)
    personal = personal or kind in PERSONAL
    check_layout(layout)
    every = await printable(course.id)
    every.check_sheet(personal)
    wanted = every.only(await named_lessons(course.id, lesson, found))
    refused = await left_out(settings, platforms, wanted.shared, only_publishable=only_publishable)
    file = await sheet_file(settings, wanted.without(refused), course.title, layout, personal)
    return _download(course, layout, file)


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
    every = await printable(course.id)
    every.check_sheet(personal)
    wanted = every.only(await named_lessons(course.id, lesson_ids(many(data, "lesson")), one(data, "found")))
    try:
        reason = checked_reason(one(data, "reason"))
        file = await sheet_file(settings, wanted, course.title, layout, personal)
    except (Invalid, *NOT_NOW) as error:
        plan = await plan_for(person, settings, platforms, course, read_choice(data))
        return options_page(person, settings, course, plan, error)
    refused = await unpublishable(settings, platforms, wanted.shared)
    await note_unchecked(person, course.id, [each.lesson for each in refused], reason)
    return _download(course, layout, file)


def _download(course: CourseInfo, layout: str, data: bytes) -> Response[bytes]:
    name = disposition(f"{course.title} {layout}", "pdf", fallback=f"sheet-{layout}")
    return Response(data, media_type="application/pdf", headers={"Content-Disposition": name})


routes = [options, picture, pdf, unchecked_pdf]
