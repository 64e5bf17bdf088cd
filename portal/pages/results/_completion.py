"""The completion list made ready for its page: shown by its own address, and again when something was wrong with a form."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request
from litestar.response import Template

from courses.catalogue.courses import CourseInfo
from courses.clock import now
from courses.paging import page_of
from courses.results.completion import completion
from courses.results.narrowing import Narrowed, narrow
from courses.results.values import Completion
from courses.results.waiting import Wanted, waiting_count
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.results.cells import address_writer, cells_writer
from portal.results.filters import query_of, read_filter
from portal.results.one_lesson import one_lesson
from portal.settings import Settings
from portal.web.forms import no_errors
from portal.web.typed import read_number, read_page
from portal.words.causes import cause_name
from portal.words.done_rules import rules_words
from portal.words.marks import MARKS
from portal.words.rungs import RUNG_NAMES
from portal.words.states import SORTS, STATE_MEANINGS, STATES
from portal.words.times import short_day, short_moment

#: of a page's elements: two for each cell, and some for each row; more would make a browser wait
ELEMENTS, OF_A_ROW = 2_600, 11
#: students on a page, at least and at most, and of a list for one lesson
FEWEST, MOST = 25, 100
#: how high the rows are: the mark alone, or with its day below
DENSITIES = ("compact", "cosy")


async def matrix_page(
    request: Request[Any, Any, Any],
    person: SignedIn,
    settings: Settings,
    course: CourseInfo,
    params: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Template:
    """The part of the list that an address asks for; 422 with errors, which come back with what was `typed`."""
    wanted = read_filter(params)
    whole = await completion(course.id)
    found = narrow(whole, wanted)
    zone, density = ZoneInfo(settings.time_zone), _density(request, params)
    more = {"by": "lesson"} if params.get("by") == "lesson" and whole.lessons else {}
    if params.get("rows") in DENSITIES:
        more["rows"] = params["rows"]

    def link(page: int = 1, also: Mapping[str, str] | None = None, **changes: Any) -> str:
        return f"?{query_of(wanted, page, more if also is None else also, **changes)}"

    names, states = {name: say() for name, say in RUNG_NAMES.items()}, {name: say() for name, say in STATES.items()}
    if more.get("by"):
        part = _one_lesson(whole, params, zone)
    else:
        part = _matrix(found, names, states, zone, density, read_page(params.get("page", "")))
    context = {
        "person": person, "course": course, "whole": whole, "wanted": wanted, "query": query_of(wanted, part["page"], more),
        "link": link, "density": density, "densities": DENSITIES, "names": names, "states": states,
        "marks": {name: say() for name, say in MARKS.items()},
        "meanings": {name: say() for name, say in (STATE_MEANINGS | MEANINGS).items()},
        "sorts": {name: say() for name, say in SORTS.items()}, "sort": ("-" if wanted.down else "") + wanted.sort,
        "due": lambda at, digits: f"{at.astimezone(zone):%m-%d}" if digits else short_day(at, zone),
        "due_moment": lambda at: short_moment(at, zone), "overdue": lambda at: at < now(),
        "waits": await waiting_count(person, Wanted(course=course.id, lesson=wanted.lesson, student=wanted.student)),
        "cause_name": cause_name, "address": address_writer(wanted),
        "said": _said(params), "errors": errors or no_errors(), "typed": typed or {"cells": "", "reason": ""},
    }  # fmt: skip
    return Template("results/completion/show.html", context=context | part, status_code=422 if errors else 200)


def _density(request: Request[Any, Any, Any], params: Mapping[str, str]) -> str:
    """As the address says, or the browser's own choice, which its script keeps in a cookie."""
    given = params.get("rows") or request.cookies.get("rows")
    return given if given in DENSITIES else DENSITIES[0]


def _matrix(
    found: Narrowed, names: Mapping[str, str], states: Mapping[str, str], zone: ZoneInfo, density: str, page: int
) -> dict[str, Any]:
    size = max(FEWEST, min(MOST, ELEMENTS // (2 * len(found.lessons) + OF_A_ROW) // 5 * 5))
    at, moment = page_of(len(found.rows), size, page), now()
    is_open = {lesson.id: lesson.is_open(moment) for lesson in found.lessons}
    return {
        "found": found, "shown": None, "rows": found.rows[at.offset : at.offset + size], "page": at.page, "pages": at.pages,
        "is_open": is_open, "opened": sum(is_open.values()), "rule": rules_words(each.done for each in found.lessons),
        "cells": cells_writer(found, names, states, zone, dated=density == "cosy"),
    }  # fmt: skip


def _one_lesson(whole: Completion, params: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """The list of one lesson, for a phone: the one that is asked for, else the newest that is open."""
    shown = one_lesson(whole, read_filter(params), zone)
    at = page_of(len(shown.lines), MOST, read_page(params.get("page", "")))
    return {
        "found": shown.found, "shown": shown, "lines": shown.lines[at.offset : at.offset + MOST],
        "page": at.page, "pages": at.pages, "rule": rules_words([shown.lesson.done]),
    }  # fmt: skip


def _said(params: Mapping[str, str]) -> dict[str, Any]:
    """What was done just now, to how many, and the moment by which it can be undone."""
    count, passed = (read_number(params.get(name, "")) or 0 for name in ("n", "passed"))
    return {"done": params.get("done", ""), "count": count, "passed": passed, "at": params.get("at", "")[:40]}


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
