"""The completion list made ready for its page: shown by its own address, and again when something was wrong with a form."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from litestar.response import Template

from courses.catalogue.courses import CourseInfo
from courses.clock import now
from courses.events.ladder import RUNGS
from courses.paging import page_of
from courses.results.completion import completion
from courses.results.narrowing import narrow
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.results.cells import address_writer, cells_writer
from portal.results.filters import query_of, read_filter
from portal.settings import Settings
from portal.web.forms import no_errors
from portal.web.typed import read_number, read_page
from portal.words.causes import cause_name
from portal.words.done_rules import rules_words
from portal.words.rungs import rung_name
from portal.words.states import SORTS, STATE_MEANINGS, STATES
from portal.words.times import short_moment

#: on a page: 200 students × 40 lessons; more would make a browser wait
CELLS = 8_000
#: students on a page, however many lessons there are
FEWEST = 20


async def matrix_page(
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
    rows = max(FEWEST, CELLS // max(1, len(found.lessons)))
    at = page_of(len(found.rows), rows, read_page(params.get("page", "")))
    zone = ZoneInfo(settings.time_zone)
    names, states = {name: rung_name(name) for name in RUNGS}, {name: say() for name, say in STATES.items()}
    context = {
        "person": person, "course": course, "whole": whole, "found": found, "wanted": wanted,
        "rows": found.rows[at.offset : at.offset + rows], "page": at.page, "pages": at.pages,
        "link": lambda page=1, **changes: f"?{query_of(wanted, page, **changes)}", "query": query_of(wanted, at.page),
        "names": names, "states": states, "rule": rules_words(each.done for each in found.lessons),
        "cells": cells_writer(found, names, states, zone), "address": address_writer(wanted),
        "meanings": {name: say() for name, say in (STATE_MEANINGS | MEANINGS).items()},
        "sorts": {name: say() for name, say in SORTS.items()}, "sort": ("-" if wanted.down else "") + wanted.sort,
        "due": lambda at: short_moment(at, zone), "overdue": lambda at: at < now(),
        "cause_name": cause_name,
        "said": _said(params), "errors": errors or no_errors(), "typed": typed or {"cells": "", "reason": ""},
    }  # fmt: skip
    return Template("results/completion/show.html", context=context, status_code=422 if errors else 200)


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
