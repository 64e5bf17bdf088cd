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
from courses.lessons.listing import PAGE_SIZE, SORTS, LessonFilter, facets, search_lessons, state_counts
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from portal.i18n import say
from portal.lessons.filters import filter_params, with_query
from portal.lessons.published_text import plain_text
from portal.platforms import Platform
from portal.settings import Settings
from portal.web.errors import status_of
from portal.words.times import short_day, short_moment

SNIPPET = 80
#: of a text, before its Markdown is read
_ENOUGH = 600


@dataclass(frozen=True)
class Row:
    """A lesson in the list; the times are those that hold for its link."""

    lesson: LessonInfo
    #: only where words are looked for
    snippet: str
    tally: Tally
    state: str
    opens: datetime | None
    ends: datetime | None
    #: from 1, in the order by hand
    place: int


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
        "rows": [
            _row(wanted, each, links.get(each.id), counts.get(each.id, Tally()), place)
            for place, each in enumerate(found.lessons, (found.page - 1) * PAGE_SIZE + 1)
        ],
        "by_hand": wanted.sort == SORTS[0] and not wanted.narrows and wanted.state != "template",
        "wanted": wanted,
        "platforms": platforms,
        "query": urlencode(filter_params(wanted)),
        "back": urlencode(filter_params(wanted, found.page)),
        "address": partial(with_query, f"/courses/{course.id}", wanted),
        "chosen": chosen,
        "day": partial(short_day, zone=ZoneInfo(settings.time_zone)),
        "when": partial(short_moment, zone=ZoneInfo(settings.time_zone)),
        "moment": now(),
    }
    if part:
        return Template("lessons/list/_list.html", context=context, headers={"X-Found": str(found.found)})
    known = await facets(course.id)
    states = await state_counts(course.id)
    targets = [each for each in await writable_courses(person) if each.id != course.id] if course.may("write") else []
    context |= {
        "facets": known,
        "states": states,
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
        "typed": {"topic": "", "course": "", "section": ""},
    } | more  # fmt: skip
    return Template("lessons/list/index.html", context=context, status_code=status_of(error) if error else 200)


def _row(wanted: LessonFilter, lesson: LessonInfo, link: LinkInfo | None, tally: Tally, place: int) -> Row:
    state = "template" if lesson.template else link.state(now()) if link else "none"
    snippet = _snippet(lesson.body) if wanted.text.strip() else ""
    return Row(lesson, snippet, tally, state, link.opens if link else None, link.ends if link else None, place)


def _snippet(body: str) -> str:
    """The beginning of the text on one line."""
    text = " ".join(plain_text(body[:_ENOUGH]).split())
    return text if len(text) <= SNIPPET else text[:SNIPPET].rstrip() + "…"


def _fields(error: CourseError | None) -> Mapping[str, str]:
    return {name: say(text) for name, text in getattr(error, "fields", {}).items()}
