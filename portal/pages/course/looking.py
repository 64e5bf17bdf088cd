"""Which posts of a course wait for a teacher's look, and the reasons for sending back that are offered."""

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from courses.catalogue.courses import course_of
from courses.errors import Invalid
from courses.results.looking import REASONS, set_looking
from courses.signed_in import SignedIn
from portal.pages.course._settings import settings_page
from portal.web.forms import Form, errors_of, one


@post("/courses/{course_id:uuid}/looking", status_code=303, include_in_schema=False)
async def choose(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]
) -> Redirect | Template:
    """Set both."""
    course = await course_of(person, course_id, "own")
    reasons = [one(data, f"reason{number}") for number in range(1, REASONS + 1)]
    try:
        await set_looking(person, course, one(data, "looking"), reasons)
    except Invalid as error:
        typed = one(data, "looking"), reasons
        return await settings_page(person, course, errors=errors_of(error), looking=typed)
    return Redirect(f"/courses/{course.id}/edit", query_params={"done": "saved"}, status_code=303)


routes = [choose]
