"""The QR sheet of a course."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from courses.catalogue.courses import course_of
from courses.printing.printable import printable
from courses.printing.unchecked import note_unchecked
from courses.signed_in import SignedIn
from portal.api.failures import FAILURES, NOT_PUBLISHABLE
from portal.platforms import Platform
from portal.preflight.gate import left_out, unpublishable
from portal.printing.sheets import DEFAULT_LAYOUT, check_layout, sheet_file
from portal.settings import Settings


@get("/courses/{course_id:uuid}/sheet.pdf", media_type="application/pdf", responses=FAILURES | {409: NOT_PUBLISHABLE})
async def sheet(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    layout: FromQuery[str] = DEFAULT_LAYOUT,
    personal: FromQuery[bool] = False,
    unchecked: FromQuery[bool] = False,
    only_publishable: FromQuery[bool] = False,
) -> Response[bytes]:
    """A slip for each lesson that is shared, or with `personal` for each student and lesson; `layout` is a name.

    Lessons that their platform would refuse: without a choice the answer is 409 with the `reasons`; `only_publishable`
    leaves them out, `unchecked` (for those who may write in the course) prints them all the same, which the course's log
    says of each. Its fixed texts are in the language that `Accept-Language` asks for.
    """
    course = await course_of(person, course_id, "write" if unchecked else "read")
    check_layout(layout)
    found = await printable(course.id)
    if not unchecked:
        found = found.without(
            await left_out(settings, platforms, found.shared, only_publishable=only_publishable)
        )  # fmt: skip
    data = await sheet_file(settings, found, course.title, layout, personal)
    if unchecked:
        refused = await unpublishable(settings, platforms, found.shared)
        await note_unchecked(person, course.id, [each.lesson for each in refused], "API: unchecked=true")
    headers = {"Content-Disposition": f'attachment; filename="sheet-{layout}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)


routes = [sheet]
