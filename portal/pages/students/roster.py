"""The students of a course: found, filtered, a page at a time."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import NotFound
from courses.signed_in import SignedIn
from courses.students.roster import find_student_by_id
from portal.i18n import ngettext
from portal.pages.students._list import list_page
from portal.results.student_filters import read_student_filter
from portal.settings import Settings
from portal.web.apart import page_apart
from portal.web.shown_once import still_to_keep
from portal.web.typed import lookup_id, read_moment, read_number, read_page

#: a request for the list alone, of the script that searches as one types
PART = "x-part"


@get("/courses/{course_id:uuid}/roster", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    done: FromQuery[str] = "",
    student: FromQuery[str] = "",
    at: FromQuery[str] = "",
    n: FromQuery[str] = "",
) -> Response[bytes]:
    """The list as its address asks for it; `done` and what is beside it say what a notice is about."""
    course = await course_of(person, course_id)
    params = request.query_params
    wanted, page = read_student_filter(params), read_page(params.get("page", ""))
    if request.headers.get(PART) == "list":
        return await page_apart(request, lambda: list_page(person, settings, course, wanted, page, part=True))
    said: dict[str, Any] = {
        "imported": _imported(request) if done == "imported" else "",
        "about": await _student(course, student) if done == "removed" else None, "done": done,
        "to_keep": await still_to_keep(request, settings, person, f"/courses/{course.id}/roster"),
        "undo": at if done == "left" and read_moment(at) else None, "count": read_number(n) or 0,
    }  # fmt: skip
    return await page_apart(request, lambda: list_page(person, settings, course, wanted, page, **said))


def _imported(request: Request[Any, Any, Any]) -> str:
    """The result of an import as a sentence, from the numbers that the address brings."""
    added, renamed, unchanged = (
        read_number(request.query_params.get(name, "0")) for name in ("added", "renamed", "unchanged")
    )
    if added is None or renamed is None or unchanged is None:
        return ""
    return " · ".join((
        ngettext("{count} student added", "{count} students added", added).format(count=added),
        ngettext("{count} renamed", "{count} renamed", renamed).format(count=renamed),
        ngettext("{count} unchanged", "{count} unchanged", unchanged).format(count=unchanged),
    ))  # fmt: skip


async def _student(course: CourseInfo, student: str) -> object | None:
    try:
        return await find_student_by_id(course.id, lookup_id(student))
    except NotFound:
        return None


routes: list[ControllerRouterHandler] = [show]
