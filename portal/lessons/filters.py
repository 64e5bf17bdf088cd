"""What a list of lessons is filtered by, as it stands in its address."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from courses.errors import Message, NotFound
from courses.lessons.listing import SORTS, STATES, TEXT_LENGTH, LessonFilter, matching_lessons
from portal.i18n import gettext as _
from portal.platforms import PLATFORMS
from portal.web.forms import Form, many, one
from portal.web.typed import read_id, read_page


def read_filter(params: Mapping[str, str]) -> LessonFilter:
    """What an address asks for; what it says wrong is left out."""
    state, sort, platform = params.get("state", ""), params.get("sort", ""), params.get("platform", "")
    return LessonFilter(
        params.get("q", "")[:TEXT_LENGTH],
        platform if platform in PLATFORMS else "",
        state if state in STATES else "",
        params.get("topic", "")[:TEXT_LENGTH].strip().strip("#"),
        read_id(params.get("author", "")),
        sort if sort in SORTS else SORTS[0],
    )


def filter_params(wanted: LessonFilter, page: int = 1) -> dict[str, str]:
    """What stands in an address behind the question mark; what says nothing is left out."""
    values = {
        "q": wanted.text.strip(), "platform": wanted.platform, "state": wanted.state, "topic": wanted.topic,
        "author": str(wanted.author or ""), "sort": wanted.sort if wanted.sort != SORTS[0] else "",
        "page": str(page) if page > 1 else "",
    }  # fmt: skip
    return {name: value for name, value in values.items() if value}


def with_query(path: str, wanted: LessonFilter, page: int = 1, **changes: Any) -> str:
    """The address of a list with some of its choices changed."""
    query = urlencode(filter_params(replace(wanted, **changes), page))
    return f"{path}?{query}" if query else path


def read_back(text: str) -> tuple[LessonFilter, int]:
    """The list that a form was sent from, by its address's query."""
    params = dict(parse_qsl(text))
    return read_filter(params), read_page(params.get("page", ""))


def copy_title(title: str) -> str:
    """What a copy is called in the language of the request."""
    return _("Copy of %(title)s") % {"title": title}


async def chosen_lessons(form: Form, course_id: UUID) -> list[UUID]:
    """The lessons that were checked, or with `found` (an address's query) all that it finds. Raises NotFound."""
    if one(form, "found"):
        return await matching_lessons(course_id, read_back(one(form, "found"))[0])
    return lesson_ids(many(form, "lesson"))


async def named_lessons(course_id: UUID, ids: Sequence[UUID] | None, found: str) -> list[UUID]:
    """The lessons that an address names one by one, or with `found` all that its query finds; none where it names none.

    Raises NotFound where nothing is found.
    """
    if not found:
        return list(ids or ())
    matching = await matching_lessons(course_id, read_back(found)[0])
    if not matching:
        raise NotFound(Message("Nothing is found by these words and filters any more. Choose again."))
    return matching


def lesson_ids(texts: Sequence[str]) -> list[UUID]:
    """Ids as they were sent. Raises NotFound."""
    ids = [read_id(text) for text in texts]
    if None in ids:
        raise NotFound
    return list(dict.fromkeys(filter(None, ids)))
