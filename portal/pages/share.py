"""Share a lesson: its link and code, when it opens and ends, withdraw and issue anew."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.authoring import LessonInfo, lesson_of
from courses.clock import now
from courses.completion import rung_counts
from courses.errors import Invalid, Message
from courses.links import class_links, issue_link, link_of, links_of_lesson, reissue_link, set_link_times, withdraw_link
from courses.people import SignedIn
from courses.roster import students_of
from portal.drafts import chosen_platforms, draft_of
from portal.forms import Form, errors_of, no_errors, one
from portal.platforms import Platform
from portal.preflight import refusals
from portal.settings import Settings
from portal.share_urls import only_here, share_url_lower, typed_address

TIMES = ("opens_at", "expires_at")


@get("/lessons/{lesson_id:uuid}", include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    lesson_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Template:
    """The lesson's own page."""
    return await _page(person, settings, platforms, await lesson_of(person, lesson_id), done=done)


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
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    link_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """When the link opens and expires; printed codes stay good."""
    link = await link_of(person, link_id, "write")
    typed = {name: one(data, name) for name in TIMES}
    try:
        await set_link_times(person, link, *_times(typed, ZoneInfo(settings.time_zone)))
    except Invalid as error:
        lesson = await lesson_of(person, link.lesson, "write")
        return await _page(person, settings, platforms, lesson, typed=typed, errors=errors_of(error), status_code=422)
    return _back(link.lesson, "times")


def _times(typed: dict[str, str], zone: ZoneInfo) -> list[datetime | None]:
    """Both times in the portal's zone. Raises Invalid."""
    found: dict[str, datetime | None] = {}
    problems = {}
    for name, text in typed.items():
        try:
            at = datetime.fromisoformat(text.strip()) if text.strip() else None
            found[name] = at.replace(tzinfo=zone) if at and at.tzinfo is None else at
        except ValueError:
            problems[name] = Message("Write date and time, such as 2026-09-01T08:00.")
    if problems:
        raise Invalid(problems)
    return [found[name] for name in TIMES]


@post("/links/{link_id:uuid}/withdrawal", status_code=303, include_in_schema=False)
async def withdraw(person: NamedDependency[SignedIn], link_id: FromPath[UUID]) -> Redirect:
    """End a link for good."""
    link = await link_of(person, link_id, "write")
    await withdraw_link(person, link)
    return _back(link.lesson, "withdrawn")


def _back(lesson_id: UUID, done: str) -> Redirect:
    return Redirect(f"/lessons/{lesson_id}", query_params={"done": done}, status_code=303)


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
    links, moment, draft = await links_of_lesson(lesson.id), now(), draft_of(lesson, settings)
    link = (await class_links([lesson.id])).get(lesson.id)
    others = [other for other in links if link is None or other.id != link.id]
    students = {each.id: each for each in await students_of(lesson.course, also_left=True)} if others else {}
    context = {
        "person": person,
        "lesson": lesson,
        "link": link,
        "state": link.state(moment) if link else "none",
        "url": share_url_lower(settings, link) if link else "",
        "address": typed_address(settings),
        "only_here": only_here(settings),
        "others": [(other, other.state(moment), students.get(other.student)) for other in others],
        "counts": (await rung_counts(lesson.course, [lesson.id]))[lesson.id],
        "refusals": [
            (platform.names, finding.message)
            for platform in chosen_platforms(lesson, platforms)
            for finding in refusals(draft, platform)
        ],
        "done": done,
        "typed": typed,
        "errors": errors or no_errors(),
    }
    return Template("share/show.html", context=context, status_code=status_code)


routes = [show, issue, set_times, withdraw]
