"""The QR sheet of a course."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from courses.catalogue import course_of
from courses.people import SignedIn
from portal.api.failures import FAILURES
from portal.settings import Settings
from portal.sheet_files import DEFAULT_LAYOUT, sheet_file


@get("/courses/{course_id:uuid}/sheet.pdf", media_type="application/pdf", responses=FAILURES)
async def sheet(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    layout: FromQuery[str] = DEFAULT_LAYOUT,
    personal: FromQuery[bool] = False,
) -> Response[bytes]:
    """A slip for each lesson that is shared, or with `personal` for each student and lesson; `layout` is a name.

    Its fixed texts are in the language that `Accept-Language` asks for.
    """
    course = await course_of(person, course_id)
    data = await sheet_file(settings, course.id, course.title, layout, personal)
    headers = {"Content-Disposition": f'attachment; filename="sheet-{layout}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)


routes = [sheet]
