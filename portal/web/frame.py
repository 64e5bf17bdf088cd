"""The frame of a page: what its rail holds is read for every page of somebody signed in, in two queries."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.response import Template

from courses.catalogue.rail import Rail, rail_of
from courses.results.waiting import waiting_badge
from courses.signed_in import SignedIn

#: fill the screen by themselves
BARE = ("sharing/present/show.html", "sharing/wall/show.html")
#: of a page for which nothing was read: of a failure, perhaps of the database
NO_RAIL = Rail()


async def framed(response: Response[Any]) -> Response[Any]:
    """The same, with `rail` and `to_review` for the template where it is a whole page and somebody is signed in."""
    if isinstance(response, Template) and _has_frame(response):
        person = response.context["person"]
        response.context["rail"] = await rail_of(person.id, _course_of(response.context))
        response.context["to_review"] = await waiting_badge(person)
    return response


def _has_frame(page: Template) -> bool:
    name = page.template_name or ""
    part = name.rpartition("/")[2].startswith("_")
    return isinstance(page.context.get("person"), SignedIn) and not part and name not in BARE


def _course_of(context: dict[str, Any]) -> UUID | None:
    course, lesson = context.get("course"), context.get("lesson")
    found = getattr(course, "id", None) or getattr(lesson, "course", None)
    return found if isinstance(found, UUID) else None
