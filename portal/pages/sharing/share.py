"""Share a lesson: its link and code, when it opens and ends, withdraw and issue anew."""

from collections import defaultdict
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.audit import entries_about
from courses.catalogue.courses import course_of
from courses.clock import now
from courses.errors import Invalid
from courses.lessons.authoring import lesson_of
from courses.lessons.done_counts import not_begun, tallies
from courses.lessons.links import (
    LinkInfo,
    class_links,
    issue_link,
    link_of,
    links_of_lesson,
    reissue_link,
    set_link_times,
    withdraw_link,
)
from courses.lessons.schedule import set_times_of
from courses.lessons.values import LessonInfo
from courses.printing.runs import last_print_of
from courses.results.waiting import Wanted, waiting_count
from courses.signed_in import SignedIn
from courses.students.roster import students_of
from portal.platforms import Platform
from portal.preflight.gate import errors_in
from portal.printing.code_sizes import DPIS, least_size
from portal.settings import Settings
from portal.sharing.addresses import only_here, share_url, share_url_lower, typed_address
from portal.web.apart import page_apart
from portal.web.forms import Form, errors_of, no_errors, one
from portal.web.security import local_path
from portal.words.audit_log import Line, lines
from portal.words.times import local_input, read_times, short_moment
from portal.workers.threads import in_thread

#: of a link, and of a lesson as its page's form names them
TIMES, LESSON_TIMES, LINK_TIMES = (
    ("opens_at", "expires_at"),
    ("opens_at", "closes_at", "due_at"),
    ("link_opens_at", "link_expires_at"),
)
#: names of students who have not begun, beyond which there is their number
FEW = 5
#: entries of the log that are looked at for the page
TRAIL = 50


@get("/lessons/{lesson_id:uuid}", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    lesson_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Response[bytes]:
    """The lesson's own page."""
    lesson = await lesson_of(person, lesson_id)
    return await page_apart(request, lambda: _page(person, settings, platforms, lesson, done=done))


@post("/lessons/{lesson_id:uuid}/links", status_code=303, include_in_schema=False)
async def issue(person: NamedDependency[SignedIn], lesson_id: FromPath[UUID]) -> Redirect:
    """A new link for the class; the one so far is withdrawn."""
    lesson = await lesson_of(person, lesson_id, "write")
    link = (await class_links([lesson.id])).get(lesson.id)
    if link is None:
        await issue_link(person, lesson.id)
    else:
        await reissue_link(person, link)
    return _back(lesson.id, "issued")


@post("/links/{link_id:uuid}", status_code=303, include_in_schema=False)
async def set_times(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    link_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Response[bytes]:
    """When the link opens and expires; printed codes stay good."""
    link = await link_of(person, link_id, "write")
    typed = {name: one(data, name) for name in TIMES}
    try:
        await set_link_times(person, link, *read_times(typed, TIMES, ZoneInfo(settings.time_zone)))
    except Invalid as error:
        lesson = await lesson_of(person, link.lesson, "write")
        wrong = Invalid({f"link_{name}": text for name, text in error.fields.items()})
        typed = {f"link_{name}": text for name, text in typed.items()}
        return await _wrong(request, person, settings, platforms, lesson, typed, wrong)
    return _back(link.lesson, "times")


@post("/lessons/{lesson_id:uuid}/schedule", status_code=303, include_in_schema=False)
async def schedule(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    lesson_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Response[bytes]:
    """When the lesson opens, is due and closes, and with them the own times of its class link, all or none of them.

    What a form does not name stays; then back to the page (`next`) that asked.
    """
    lesson = await lesson_of(person, lesson_id, "write")
    link = (await class_links([lesson.id])).get(lesson.id)
    named = {name: one(data, name) for name in (*LESSON_TIMES, *LINK_TIMES) if name in data}
    try:
        times = dict(zip(named, read_times(named, named, ZoneInfo(settings.time_zone)), strict=True))
        await set_times_of(person, lesson, link if any(name in named for name in LINK_TIMES) else None, times)
    except Invalid as error:
        return await _wrong(request, person, settings, platforms, lesson, named, error)
    return Redirect(
        local_path(one(data, "next"), f"/lessons/{lesson.id}"), query_params={"done": "times"}, status_code=303
    )


@post("/links/{link_id:uuid}/withdrawal", status_code=303, include_in_schema=False)
async def withdraw(person: NamedDependency[SignedIn], link_id: FromPath[UUID]) -> Redirect:
    """End a link for good."""
    link = await link_of(person, link_id, "write")
    await withdraw_link(person, link)
    return _back(link.lesson, "withdrawn")


def _back(lesson_id: UUID, done: str) -> Redirect:
    return Redirect(f"/lessons/{lesson_id}", query_params={"done": done}, status_code=303)


async def _wrong(
    request: Request[Any, Any, Any],
    person: SignedIn,
    settings: Settings,
    platforms: dict[str, Platform],
    lesson: LessonInfo,
    typed: dict[str, str],
    error: Invalid,
) -> Response[bytes]:
    """The page with its form open, what was typed in it and what is wrong with that."""
    values = {name: local_input(getattr(lesson, name), ZoneInfo(settings.time_zone)) for name in LESSON_TIMES}
    more: dict[str, Any] = {
        "typed": values | dict.fromkeys(LINK_TIMES, "") | typed, "errors": errors_of(error), "status_code": 422
    }  # fmt: skip
    return await page_apart(request, lambda: _page(person, settings, platforms, lesson, **more))


async def _page(
    person: SignedIn,
    settings: Settings,
    platforms: dict[str, Platform],
    lesson: LessonInfo,
    *,
    done: str = "",
    typed: dict[str, str] | None = None,
    errors: Any = None,
    status_code: int = 200,
) -> Template:
    course = await course_of(person, lesson.course)
    links, moment = await links_of_lesson(lesson.id, printed=False), now()
    link = (await class_links([lesson.id])).get(lesson.id)
    others = [other for other in links if link is None or other.id != link.id]
    students = {each.id: each for each in await students_of(lesson.course, also_left=True)} if others else {}
    context = {
        "person": person,
        "lesson": lesson,
        "writer": course.may("write"),
        "trails": await _trails(settings, lesson, links),
        "link": link,
        "state": link.state(moment) if link else "none",
        "url": share_url_lower(settings, link) if link else "",
        "address": typed_address(settings),
        "only_here": only_here(settings),
        "dpis": DPIS,
        "least": least_size(share_url(settings, link)) if link else 0,
        "others": [
            (other, other.state(moment), students.get(other.student) if other.student else None) for other in others
        ],
        "tally": (await tallies(lesson.course, {lesson.id: lesson.done_rule}))[lesson.id],
        "not_begun": await not_begun(lesson.id, lesson.course, FEW + 1),
        "waits": await waiting_count(person, Wanted(course=lesson.course, lesson=lesson.id)),
        "printed": await last_print_of(lesson.id),
        "when": partial(short_moment, zone=ZoneInfo(settings.time_zone)),
        "moment": moment,
        "refusals": await in_thread(errors_in, settings, platforms, lesson),
        "done": done,
        "typed": typed,
        "errors": errors or no_errors(),
    }
    return Template("sharing/share/show.html", context=context, status_code=status_code)


async def _trails(settings: Settings, lesson: LessonInfo, links: list[LinkInfo]) -> dict[UUID, list[Line]]:
    """The last changes of the lesson and of each link of it, the newest first."""
    found = await entries_about(lesson.course, [lesson.id, *(link.id for link in links)], TRAIL)
    trails: dict[UUID, list[Line]] = defaultdict(list)
    for entry, line in zip(found, await lines(settings, found), strict=True):
        if entry.object is not None:
            trails[entry.object].append(line)
    return trails


routes = [show, issue, set_times, schedule, withdraw]
