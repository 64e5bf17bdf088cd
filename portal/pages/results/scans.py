"""The scan log of a course: every scan, those that were refused too, with the reason."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import NotFound
from courses.events.scan_log import (
    OUTCOMES,
    PAGE,
    count_scans,
    outcome_counts,
    scans,
    stray_counts,
    stray_scans,
)
from courses.lessons.listing import lesson_titles
from courses.signed_in import SignedIn
from portal.results.scan_filters import chosen_scans, place_text, read_place
from portal.settings import Settings
from portal.web.apart import page_apart
from portal.words.scans import outcome_meaning, outcome_name


@get("/courses/{course_id:uuid}/scans", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
) -> Response[bytes]:
    """A page of it, the newest first; what the filters cannot read is left out."""
    course = await course_of(person, course_id)
    return await page_apart(request, lambda: _page(person, settings, course, dict(request.query_params)))


async def _page(person: SignedIn, settings: Settings, course: CourseInfo, given: dict[str, str]) -> Template:
    chosen = chosen_scans(given, ZoneInfo(settings.time_zone))
    before = read_place(given.get("before", ""))
    found = await scans(course.id, chosen.wanted, before, PAGE + 1)
    counts = await outcome_counts(course.id)
    total = await count_scans(course.id, chosen.wanted) if chosen.texts else sum(counts.values())
    context = {
        "person": person, "course": course, "scans": found[:PAGE], "lessons": await lesson_titles(course.id),
        "total": total, "counts": counts, "chosen": chosen.texts,
        "wanted": chosen.wanted, "query": urlencode(chosen.texts), "later": before is not None,
        "older": place_text(found[PAGE - 1]) if len(found) > PAGE else "",
        "outcomes": [(each, outcome_name(each)) for each in OUTCOMES], "outcome_name": outcome_name,
        "outcome_meaning": outcome_meaning,
    }  # fmt: skip
    return Template("results/scans/show.html", context=context)


@get("/people/scans", include_in_schema=False)
async def show_strays(request: Request[Any, Any, Any], person: NamedDependency[SignedIn]) -> Template:
    """For admins: scans that led to no course, such as codes of others and codes that were mistyped."""
    if not person.admin:
        raise NotFound
    before = read_place(request.query_params.get("before", ""))
    found = await stray_scans(before, PAGE + 1)
    context = {
        "person": person, "scans": found[:PAGE], "counts": await stray_counts(), "later": before is not None,
        "older": place_text(found[PAGE - 1]) if len(found) > PAGE else "", "outcome_name": outcome_name,
        "outcome_meaning": outcome_meaning,
    }  # fmt: skip
    return Template("results/scans/strays.html", context=context)


routes = [show, show_strays]
