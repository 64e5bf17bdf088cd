"""Who reached what: students × lessons, narrowed and sorted by the address, and the same as a file."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from markupsafe import Markup

from courses.catalogue import course_of
from courses.clock import now
from courses.completion import completion, completion_table
from courses.exports import csv_bytes
from courses.matrix import matrix
from courses.people import SignedIn
from courses.publishing import RUNGS
from portal.i18n import gettext as _
from portal.local_times import short_moment
from portal.matrix_filters import query_of, read_page, read_wanted
from portal.matrix_words import SORTS, STATE_MEANINGS, STATES
from portal.settings import Settings
from portal.templating import rung_name

#: on a page: 200 students × 40 lessons; more would make a browser wait
CELLS = 8_000
#: students on a page, however many lessons there are
FEWEST = 20


@get("/courses/{course_id:uuid}/completion", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    settings: NamedDependency[Settings],
) -> Template:
    """Students × lessons: rows that have a cell of the state and rung in the address, of its group, lesson and student."""
    course = await course_of(person, course_id)
    wanted = read_wanted(request.query_params)
    whole = await completion(course.id)
    found = matrix(whole, wanted)
    rows = max(FEWEST, CELLS // max(1, len(found.lessons)))
    pages = max(1, -(-len(found.rows) // rows))
    page = min(read_page(request.query_params), pages)
    zone = ZoneInfo(settings.time_zone)
    context = {
        "person": person, "course": course, "whole": whole, "found": found, "wanted": wanted,
        "rows": found.rows[(page - 1) * rows : page * rows], "page": page, "pages": pages,
        "link": lambda page=1, **changes: f"?{query_of(wanted, page, **changes)}",
        "names": {name: rung_name(name) for name in RUNGS}, "states": {name: say() for name, say in STATES.items()},
        "meanings": {name: say() for name, say in (STATE_MEANINGS | MEANINGS).items()},
        "sorts": {name: say() for name, say in SORTS.items()}, "sort": ("-" if wanted.down else "") + wanted.sort,
        "short_time": _short_time(zone), "due": lambda at: short_moment(at, zone), "overdue": lambda at: at < now(),
    }  # fmt: skip
    return Template("completion/show.html", context=context)


def _short_time(zone: ZoneInfo) -> Callable[[datetime], Markup]:
    """Times for thousands of cells; Babel's formats would take a second for a large course."""
    year = now().year

    def short_time(at: datetime) -> Markup:
        local = at.astimezone(zone)
        shape = "%m-%d %H:%M" if local.year == year else "%Y-%m-%d"
        # Digits alone, nothing to escape.
        return Markup(f'<time datetime="{local.isoformat(timespec="seconds")}">{local.strftime(shape)}</time>')  # noqa: S704

    return short_time


#: what each rung is evidence of, as people read it
MEANINGS: dict[str, Callable[[], str]] = {
    "not_started": lambda: _("Nothing has been heard of this student and lesson."),
    "scanned": lambda: _("The student's phone opened the lesson's link."),
    "previewed": lambda: _("The student looked at the preview."),
    "launched": lambda: _("The phone handed the post over to the platform's app. What happened there is not known."),
    "failed": lambda: _("The platform refused, or its app did not open. Its words are in the cell's page."),
    "claimed": lambda: _("The student says so. Nobody has checked it."),
    "linked": lambda: _("The student gave the address of a note. It has the form of one; nobody has opened it."),
    "confirmed": lambda: _("An instructor has looked, or the platform itself reported it."),
}


@get("/courses/{course_id:uuid}/completion.csv", include_in_schema=False)
async def download(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Response[bytes]:
    """Everyone enrolled and every lesson, for a spreadsheet."""
    course = await course_of(person, course_id)
    table = completion_table(await completion(course.id), _title)
    headers = {"Content-Disposition": 'attachment; filename="completion.csv"'}
    return Response(csv_bytes(table), media_type="text/csv", headers=headers)


def _title(text: str) -> str:
    titles = {"Number": _("Number"), "Name": _("Name"), "time (UTC)": _("time (UTC)"), "note": _("note")}
    return rung_name(text) if text in RUNGS else titles[text]


routes = [show, download]
