"""A course in figures: rungs over time, each lesson's way, failures by cause, and how the notes do."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import CourseInfo, course_of
from courses.clock import now
from courses.errors import Invalid
from courses.results.note_figures import (
    FIGURES,
    Given,
    Note,
    add_figures,
    history_of,
    note_of,
    notes_of,
    remove_figures,
)
from courses.results.statistics import STEPS, Climb, statistics
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.i18n import language
from portal.platforms import Platform
from portal.results.note_figures import TableRefused, note_reader, read_form, read_table
from portal.results.plots import bar, line_plot
from portal.settings import Settings
from portal.web.apart import page_apart
from portal.web.forms import Form, errors_of, no_errors, one
from portal.words.causes import cause_name
from portal.words.rungs import rung_name
from portal.words.times import day_name, read_times
from portal.workers.threads import in_thread

#: rows of the table of best notes that are shown at first
BEST = 20
#: problems of a pasted table that are shown at once
PROBLEMS = 20


@get("/courses/{course_id:uuid}/statistics", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    by: FromQuery[str] = "likes",
    done: FromQuery[str] = "",
) -> Response[bytes]:
    """Plots with their tables; the notes sorted by the figure `by`."""
    course = await course_of(person, course_id)
    return await page_apart(request, lambda: _page(person, course, settings, platforms, by=by, done=done))


@post("/courses/{course_id:uuid}/statistics/figures", status_code=303, include_in_schema=False)
async def paste(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    data: URLEncodedBody[Form],
) -> Redirect | Response[bytes]:
    """Take a table of figures, all of it or nothing."""
    course = await course_of(person, course_id, "mark")
    text = one(data, "table")
    moment = now().replace(second=0, microsecond=0)
    notes = await notes_of(course.id)
    try:
        zone, reader = ZoneInfo(settings.time_zone), note_reader(platforms)
        given = await in_thread(read_table, text, notes, reader, zone, moment)
        await add_figures(person, course.id, "csv", given)
    except TableRefused as error:
        more = {
            "values": {"table": text},
            "problems": error.problems[:PROBLEMS],
            "more": len(error.problems) - PROBLEMS,
        }
        return await page_apart(request, lambda: _page(person, course, settings, platforms, 422, **more))
    return Redirect(f"/courses/{course.id}/statistics", query_params={"done": "figures"}, status_code=303)


@get("/courses/{course_id:uuid}/statistics/notes/{publication_id:uuid}", include_in_schema=False)
async def show_note(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    publication_id: FromPath[UUID],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    done: FromQuery[str] = "",
) -> Template:
    """One note: its figures over time, and the form for new ones."""
    course = await course_of(person, course_id)
    note = await note_of(course.id, publication_id)
    return await _note_page(person, course, note, settings, platforms, done=done)


@post("/courses/{course_id:uuid}/statistics/notes/{publication_id:uuid}", status_code=303, include_in_schema=False)
async def type_figures(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    publication_id: FromPath[UUID],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Keep what somebody read off the platform."""
    course = await course_of(person, course_id, "mark")
    note = await note_of(course.id, publication_id)
    typed = {name: one(data, name) for name in ("snapshot_at", *FIGURES)}
    try:
        (at,) = read_times(typed, ["snapshot_at"], ZoneInfo(settings.time_zone))
        figures = read_form(typed)
        await add_figures(person, course.id, "typed", [Given(note.publication, at or _this_minute(), figures)])
    except Invalid as error:
        more = {"values": typed, "errors": errors_of(error)}
        return await _note_page(person, course, note, settings, platforms, 422, **more)
    return Redirect(_address(course, note), query_params={"done": "figures"}, status_code=303)


@post("/courses/{course_id:uuid}/statistics/notes/{publication_id:uuid}/figures/{figures_id:uuid}/removal",
      status_code=303, include_in_schema=False)  # fmt: skip
async def remove(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    publication_id: FromPath[UUID],
    figures_id: FromPath[UUID],
) -> Redirect:
    """Take back what was typed by mistake."""
    course = await course_of(person, course_id, "mark")
    note = await note_of(course.id, publication_id)
    await remove_figures(person, course.id, note.publication, figures_id)
    return Redirect(_address(course, note), query_params={"done": "removed"}, status_code=303)


def _this_minute() -> datetime:
    return now().replace(second=0, microsecond=0)


def _address(course: CourseInfo, note: Note) -> str:
    return f"/courses/{course.id}/statistics/notes/{note.publication}"


async def _page(
    person: SignedIn,
    course: CourseInfo,
    settings: Settings,
    platforms: Mapping[str, Platform],
    status_code: int = 200,
    **more: Any,
) -> Template:
    zone, moment = ZoneInfo(settings.time_zone), now()
    found, notes = await statistics(course.id, zone, moment), await notes_of(course.id)
    by: str = more["by"] if more.get("by") in FIGURES else "likes"
    ranked = sorted(
        (note for note in notes if note.snapshot), key=lambda note: getattr(note.snapshot, by) or -1, reverse=True
    )
    context = {
        "person": person, "course": course, "found": found, "moment_of_page": moment,
        "plot": line_plot(found.climb.ends, found.climb.steps, _time_label(zone, found.climb.width)),
        "intervals": _intervals(found.climb, zone), "bar": bar, "steps": STEPS,
        "names": {name: rung_name(name) for name in ("not_started", *STEPS, "failed")},
        "cause_name": cause_name, "ranked": ranked, "best": BEST, "unmeasured": [note for note in notes if not note.snapshot],
        "platform_names": {slug: platform.names[language()] for slug, platform in platforms.items()},
        "figure_names": {name: text() for name, text in FIGURE_NAMES.items()}, "figures": FIGURES,
        "done": "", "values": {"table": ""}, "errors": no_errors(), "problems": [], "more": 0,
    }  # fmt: skip
    return Template("results/statistics/show.html", context=context | more | {"by": by}, status_code=status_code)


async def _note_page(
    person: SignedIn,
    course: CourseInfo,
    note: Note,
    settings: Settings,
    platforms: Mapping[str, Platform],
    status_code: int = 200,
    **more: Any,
) -> Template:
    zone, history = ZoneInfo(settings.time_zone), await history_of(note.publication)
    series = {
        name: [getattr(figures, name) or 0 for figures in history]
        for name in FIGURES
        if any(getattr(figures, name) is not None for figures in history)
    }
    span = history[-1].snapshot_at - history[0].snapshot_at if history else timedelta()
    width = timedelta(hours=1) if span < timedelta(days=2) else timedelta(days=1)
    times = [figures.snapshot_at for figures in history]
    context = {
        "person": person, "course": course, "note": note, "history": history,
        "plot": line_plot(times, series, _time_label(zone, width)) if len(history) > 1 else None,
        "platform_name": platforms[note.platform].names[language()] if note.platform in platforms else note.platform,
        "figure_names": {name: text() for name, text in FIGURE_NAMES.items()}, "figures": FIGURES,
        "source_names": {name: text() for name, text in SOURCES.items()},
        "now": _this_minute(), "done": "", "values": dict.fromkeys(FIGURES, ""), "errors": no_errors(),
    }  # fmt: skip
    return Template("results/statistics/note.html", context=context | more, status_code=status_code)


def _time_label(zone: ZoneInfo, width: timedelta) -> Callable[[datetime], str]:
    """Hours within a day, days otherwise."""

    def label(at: datetime) -> str:
        local = at.astimezone(zone)
        return f"{local:%H:%M}" if width < timedelta(days=1) else f"{local:%m-%d}"

    return label


def _intervals(climb: Climb, zone: ZoneInfo) -> list[tuple[str, list[int]]]:
    """The table under the plot: the ends of the intervals in which something changed, and the last one."""
    rows: list[tuple[str, list[int]]] = []
    for place, at in enumerate(climb.ends):
        values = [climb.steps[step][place] for step in STEPS]
        if place == len(climb.ends) - 1 or not rows or values != rows[-1][1]:
            local = at.astimezone(zone)
            hour = "" if climb.width >= timedelta(days=1) else f" {local:%H:%M}"
            rows.append((f"{day_name(local.date())}{hour}", values))
    return rows


FIGURE_NAMES: dict[str, Callable[[], str]] = {
    "impressions": lambda: _("Impressions"),
    "views": lambda: _("Times viewed"),
    "likes": lambda: _("Likes"),
    "collects": lambda: _("Collects"),
    "comments": lambda: _("Comments"),
    "shares": lambda: _("Shares"),
}
SOURCES: dict[str, Callable[[], str]] = {
    "typed": lambda: _("typed by hand"),
    "csv": lambda: _("from a table"),
    "api": lambda: _("sent by a program"),
    "webhook": lambda: _("sent by a program"),  # what the API's figures were called until 0.1
}

routes: list[ControllerRouterHandler] = [show, paste, show_note, type_figures, remove]
