"""What somebody looks for: a page that works without scripts, and the same as JSON for the palette."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from courses.results.search import Found, search
from courses.signed_in import SignedIn
from courses.students.matching import SEARCH_LENGTH
from portal.i18n import gettext as _
from portal.web.typed import read_id
from portal.words.commands import Command, commands


@get("/search", include_in_schema=False)
async def show(person: NamedDependency[SignedIn], q: FromQuery[str] = "", course: FromQuery[str] = "") -> Template:
    """What is found, and what can be done, by the words in the address."""
    found = await search(person, q, read_id(course))
    groups = _groups(found, commands(person, found, q))
    context = {"person": person, "text": q[:SEARCH_LENGTH].strip(), "groups": groups}
    return Template("search/show.html", context=context)


@get("/search.json", include_in_schema=False)
async def show_json(
    person: NamedDependency[SignedIn], q: FromQuery[str] = "", course: FromQuery[str] = ""
) -> Response[dict[str, Any]]:
    """The same in groups of lines: `href`, `text`, `more` and `aside`."""
    found = await search(person, q, read_id(course))
    groups = _groups(found, commands(person, found, q))
    return Response({"groups": groups}, headers={"Cache-Control": "private, no-store"})


def _groups(found: Found, can: list[Command]) -> list[dict[str, Any]]:
    groups = (
        (_("Students"), [
            _line(f"/courses/{each.course.id}/students/{each.id}", each.name, each.number, each.course.title)
            for each in found.students
        ]),
        (_("Lessons"), [
            _line(f"/lessons/{each.id}", each.title, _("by its code") if each.by_code else "", each.course.title)
            for each in found.lessons
        ]),
        (_("Courses"), [
            _line(f"/courses/{each.id}", each.title, _("archived") if each.archived else "", each.term)
            for each in found.courses
        ]),
        (_("Do"), [_line(each.address, each.words, "", each.course) for each in can]),
    )  # fmt: skip
    return [{"name": name, "lines": lines} for name, lines in groups if lines]


def _line(href: str, text: str, more: str = "", aside: str = "") -> dict[str, str]:
    return {"href": href, "text": text, "more": more, "aside": aside}


routes: list[ControllerRouterHandler] = [show, show_json]
