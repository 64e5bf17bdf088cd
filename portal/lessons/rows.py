"""The list of a course's lessons, made ready for its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar.response import Template

from courses.catalogue.courses import CourseInfo, writable_courses
from courses.clock import now
from courses.errors import CourseError
from courses.lessons.done_counts import Tally, tallies
from courses.lessons.links import LinkInfo, class_links
from courses.lessons.listing import LessonFilter, facets, search_lessons
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from portal.i18n import say
from portal.lessons.filters import filter_params, with_query
from portal.lessons.published_text import plain_text
from portal.platforms import Platform
from portal.settings import Settings
from portal.sharing.addresses import share_url_lower
from portal.web.errors import status_of
from portal.words.times import short_moment

SNIPPET = 80
#: of a text, before its Markdown is read
_ENOUGH = 600


@dataclass(frozen=True)
class Row:
    """A lesson in the list; `url` is its link's, or "" while no link of it is live; the times are those that hold."""

    lesson: LessonInfo
    snippet: str
    tally: Tally
    url: str
    state: str
    opens: datetime | None
    ends: datetime | None


async def lesson_list(
    person: SignedIn,
    settings: Settings,
    platforms: dict[str, Platform],
    course: CourseInfo,
    wanted: LessonFilter,
    page: int = 1,
    *,
    part: bool = False,
    error: CourseError | None = None,
    chosen: tuple[UUID, ...] = (),
    **more: Any,
) -> Template:
    """The page, or with `part` the list alone; a fixed number of queries, however many lessons.

    After an action that failed, `error` says why and `chosen` are still chosen.
    """
    found = await search_lessons(course.id, wanted, page)
    ids = [lesson.id for lesson in found.lessons]
    links = await class_links(ids)
    counts = await tallies(course.id, {lesson.id: lesson.done_rule for lesson in found.lessons})
    context = {
        "person": person,
        "course": course,
        "found": found,
        "rows": [_row(settings, each, links.get(each.id), counts.get(each.id, Tally())) for each in found.lessons],
        "wanted": wanted,
        "platforms": platforms,
        "query": urlencode(filter_params(wanted)),
        "back": urlencode(filter_params(wanted, found.page)),
        "address": partial(with_query, f"/courses/{course.id}", wanted),
        "chosen": chosen,
        "when": partial(short_moment, zone=ZoneInfo(settings.time_zone)),
    }
    if part:
        return Template("lessons/list/_list.html", context=context, headers={"X-Found": str(found.found)})
    known = await facets(course.id)
    targets = [each for each in await writable_courses(person) if each.id != course.id] if course.may("write") else []
    context |= {
        "facets": known,
        "targets": targets,
        "problem": say(error.message) if error else "",
        "problems": _fields(error),
        "code": error.code if error else "",
        "done": "",
        "about": None,
        "undo": None,
        "moved": None,
        "ending": None,
        "count": 0,
        "to": None,
        "typed": {"topic": "", "course": ""},
    } | more  # fmt: skip
    return Template("lessons/list/index.html", context=context, status_code=status_of(error) if error else 200)


def _row(settings: Settings, lesson: LessonInfo, link: LinkInfo | None, tally: Tally) -> Row:
    state = link.state(now()) if link else "none"
    live = link is not None and state in ("open", "waiting") and not lesson.template
    url = share_url_lower(settings, link) if live and link else ""
    return Row(
        lesson, _snippet(lesson.body), tally, url, "template" if lesson.template else state,
        link.opens if link else None, link.ends if link else None,
    )  # fmt: skip


def _snippet(body: str) -> str:
    """The beginning of the text on one line."""
    text = " ".join(plain_text(body[:_ENOUGH]).split())
    return text if len(text) <= SNIPPET else text[:SNIPPET].rstrip() + "…"


def _fields(error: CourseError | None) -> Mapping[str, str]:
    return {name: say(text) for name, text in getattr(error, "fields", {}).items()}
