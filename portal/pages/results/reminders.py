"""What an instructor takes from the completion list to the class: a message, and a list on paper."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from courses.catalogue.courses import CourseInfo, course_of
from courses.clock import now
from courses.database import reads_apart
from courses.lessons.links import live_class_links
from courses.results.completion import completion
from courses.results.narrowing import OPEN, Narrowed, narrow
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.i18n import language, ngettext
from portal.results.filters import query_of, read_filter
from portal.settings import Settings
from portal.sharing.addresses import share_url_lower
from portal.web.apart import page_apart
from portal.web.downloads import disposition
from portal.words.causes import cause_name
from portal.words.done_rules import rules_words
from portal.words.reminders import message, parts_of
from portal.words.rungs import rung_name
from portal.words.states import STATES
from portal.words.times import short_moment
from portal.workers.lists import draw_list
from portal.workers.pool import in_worker
from print.lists import Line, ListTexts


@get("/courses/{course_id:uuid}/completion/reminder", include_in_schema=False)
async def remind(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
) -> Response[bytes]:
    """The message in both languages for those in the list as it is looked at; without a filter, who is not done."""
    course = await course_of(person, course_id)
    return await page_apart(request, lambda: _message(person, settings, course, request.query_params))


async def _message(person: SignedIn, settings: Settings, course: CourseInfo, params: Mapping[str, str]) -> Template:
    found = await _found(course, params, OPEN)
    links = await live_class_links([lesson.id for lesson in found.lessons])
    urls = {lesson: share_url_lower(settings, link) for lesson, link in links.items()}
    parts, zone = parts_of(found, urls), ZoneInfo(settings.time_zone)
    by_number = params.get("by") == "number"
    texts = {name: message(course.title, parts, name, zone, by_number=by_number) for name in ("zh", "en")}
    context = {
        "person": person, "course": course, "found": found, "parts": parts, "texts": texts, "by_number": by_number,
        "query": query_of(found.wanted), "meant": meant(found), "reminded": len(found.rows),
    }  # fmt: skip
    return Template("results/completion/reminder.html", context=context)


@get("/courses/{course_id:uuid}/completion.pdf", media_type="application/pdf", include_in_schema=False)
async def paper(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
) -> Response[bytes]:
    """The rows of the list as it is looked at, with a box for each lesson. Raises Conflict."""
    course = await course_of(person, course_id)
    data = await in_worker(draw_list, *await _list(course, settings, request.query_params), language())
    name = disposition(f"{course.title} {_('Completion')}", "pdf", fallback="completion")
    return Response(data, media_type="application/pdf", headers={"Content-Disposition": name})


@reads_apart
async def _list(course: CourseInfo, settings: Settings, params: Mapping[str, str]) -> tuple[ListTexts, list[Line]]:
    found = await _found(course, params)
    time = short_moment(now(), ZoneInfo(settings.time_zone)).striptags()
    students = ngettext("%(num)s student", "%(num)s students", len(found.rows)) % {"num": len(found.rows)}
    texts = ListTexts(
        course.title, " · ".join(filter(None, (students, meant(found), time))), _("Number"), _("Name"),
        _("□ to do · ☑ done (%(rule)s) · – excused") % {"rule": rules_words(each.done for each in found.lessons)},
        [lesson.title for lesson in found.lessons],
    )  # fmt: skip
    lines = [
        Line(row.student.number, row.student.name, row.student.group, [_box(row.cells[each.id].state) for each in found.lessons])
        for row in found.rows
    ]  # fmt: skip
    return texts, lines


async def _found(course: CourseInfo, params: Mapping[str, str], state: str = "") -> Narrowed:
    wanted = read_filter(params)
    if not wanted.narrows and state:
        wanted = replace(wanted, state=state)
    return narrow(await completion(course.id), wanted)


def meant(found: Narrowed) -> str:
    """Which part of the list it is, in words."""
    wanted = found.wanted
    title = found.lessons[0].title if wanted.lesson else ""
    words = (
        STATES[wanted.state]() if wanted.state else "",
        rung_name(wanted.rung) if wanted.rung else "",
        _("%(rung)s or further") % {"rung": rung_name(wanted.least)} if wanted.least else "",
        cause_name(wanted.cause) if wanted.cause else "",
        wanted.group,
        wanted.find,
        title,
    )
    return " · ".join(filter(None, words))


def _box(state: str) -> str:
    return state if state in ("done", "excused") else "open"


routes = [remind, paper]
