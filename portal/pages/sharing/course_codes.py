"""All codes of a course, one file each."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Stream, Template

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import Invalid
from courses.printing.printable import Printable, printable
from courses.signed_in import SignedIn
from portal.lessons.filters import named_lessons
from portal.printing.code_files import codes_zip, course_codes
from portal.printing.code_sizes import DPIS, least_size, read_size
from portal.settings import Settings
from portal.sharing.addresses import only_here, share_url
from portal.web.downloads import disposition
from portal.web.forms import errors_of, no_errors
from portal.workers.codes import CodeSize

USUAL = {"format": "png", "size": "40", "dpi": "300", "personal": "0"}


@get("/courses/{course_id:uuid}/codes", include_in_schema=False)
async def options(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    lesson: FromQuery[list[UUID] | None] = None,
    found: FromQuery[str] = "",
) -> Template:
    """Kind and size; `lesson`: only these, `found`: only those that a list with this query finds."""
    course = await course_of(person, course_id)
    only = await named_lessons(course.id, lesson, found)
    shared = (await printable(course.id)).only(only)
    return _page(person, settings, course, shared, only, found, USUAL)


@get("/courses/{course_id:uuid}/codes.zip", include_in_schema=False)
async def archive(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    format: FromQuery[str] = "png",  # as in the address
    size: FromQuery[str] = "",
    dpi: FromQuery[str] = "",
    personal: FromQuery[bool] = False,
    lesson: FromQuery[list[UUID] | None] = None,
    found: FromQuery[str] = "",
) -> Stream | Template:
    """Files of `size` mm named by lesson, with `personal` by lesson and student; sent as they are drawn."""
    course = await course_of(person, course_id)
    only = await named_lessons(course.id, lesson, found)
    shared = (await printable(course.id)).only(only)
    files = course_codes(shared, personal)
    try:
        wanted = read_size(format, size, dpi)
        wanted.check(share_url(settings, files[0].link, files[0].seat))
    except Invalid as error:
        typed = {"format": format, "size": size, "dpi": dpi, "personal": "1" if personal else "0"}
        return _page(person, settings, course, shared, only, found, USUAL | typed, error)
    name = disposition(f"QR {course.title}", "zip", fallback="codes")
    chunks = codes_zip(settings, files, wanted)
    return Stream(chunks, media_type="application/zip", headers={"Content-Disposition": name})


def _page(
    person: SignedIn,
    settings: Settings,
    course: CourseInfo,
    shared: Printable,
    only: list[UUID],
    found: str,
    values: dict[str, str],
    error: Invalid | None = None,
) -> Template:
    lessons, students = shared.shared, shared.students
    # The longest address that a student's code can have: the seat takes as much room whatever it is.
    sample = share_url(settings, shared.links[lessons[0].id], 0 if students else None) if lessons else ""
    context = {
        "person": person,
        "course": course,
        "only": only,
        "found": found,
        "lessons": len(lessons),
        "students": len(students),
        "least": least_size(sample) if sample else CodeSize().side,
        "dpis": DPIS,
        "only_here": only_here(settings),
        "values": values,
        "errors": errors_of(error) if error else no_errors(),
    }
    return Template("sharing/codes/show.html", context=context, status_code=422 if error else 200)


routes = [options, archive]
