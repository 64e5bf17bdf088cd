"""Made-up names: whether the students of a course go by them."""

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler
from obstore.store import ObjectStore

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import Message
from courses.privacy.aliasing import take_names, use_aliases
from courses.signed_in import SignedIn
from courses.students.roster import has_students
from portal.i18n import say
from portal.pages.course._settings import settings_page
from portal.web.forms import Form, one


@post("/courses/{course_id:uuid}/aliases", status_code=303, include_in_schema=False)
async def hide(
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Replace all names by made-up ones, for good; a list that has some is confirmed first."""
    course = await course_of(person, course_id, "own")
    if await has_students(course.id) and one(data, "sure") != "1":
        problem = say(Message("Tick the box: the names that are on the list now cannot be brought back."))
        return await settings_page(person, course, errors={"aliases": problem})
    await use_aliases(person, store, course.id)
    return _back(course)


@post("/courses/{course_id:uuid}/aliases/removal", status_code=303, include_in_schema=False)
async def take(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Redirect:
    """Lists may bring names again."""
    course = await course_of(person, course_id, "own")
    await take_names(person, course.id)
    return _back(course)


def _back(course: CourseInfo) -> Redirect:
    return Redirect(f"/courses/{course.id}/edit", query_params={"done": "saved"}, status_code=303)


routes: list[ControllerRouterHandler] = [hide, take]
