"""The audit log of a course: who changed what, and when; as a page and as a file."""

from collections.abc import AsyncGenerator
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation
from litestar.response import Stream, Template
from litestar.types import ControllerRouterHandler

from courses.audit import NOUNS, Filter, actors_of, all_entries, entries
from courses.catalogue.courses import course_of
from courses.csv_files import csv_bytes
from courses.database import apart
from courses.signed_in import SignedIn
from portal.parts import Parts
from portal.settings import Settings
from portal.web.downloads import disposition
from portal.web.typed import days_between, read_day, read_id, read_page
from portal.words.audit import NOUNS as NOUN_NAMES
from portal.words.audit_log import lines, log_table


@get("/courses/{course_id:uuid}/log", include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    who: FromQuery[str] = "",
    what: FromQuery[str] = "",
    object: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    page: FromQuery[str] = "1",
) -> Template:
    """A page of it, the newest first; what the filters cannot read is left out."""
    course = await course_of(person, course_id)
    wanted = _filter(settings, who, what, object, since, until)
    found = await entries(course.id, wanted, read_page(page))
    chosen = {"who": who, "what": what, "object": object, "since": since, "until": until}
    chosen = {name: text for name, text in chosen.items() if text}
    context = {
        "person": person, "course": course, "found": found, "lines": await lines(settings, found.entries),
        "actors": await actors_of(course.id), "nouns": {noun: name() for noun, name in NOUN_NAMES.items()},
        "chosen": chosen, "query": urlencode(chosen), "wanted": wanted,
    }  # fmt: skip
    return Template("course/log/show.html", context=context)


@get("/courses/{course_id:uuid}/log.csv", include_in_schema=False)
async def download(
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
    who: FromQuery[str] = "",
    what: FromQuery[str] = "",
    object: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
) -> Response[bytes] | Stream:
    """All that the filters mean, for a spreadsheet."""
    settings = parts.settings
    course, wanted = await course_of(person, course_id), _filter(settings, who, what, object, since, until)

    async def table() -> bytes:
        found = await all_entries(course.id, wanted)
        return csv_bytes(log_table(found, await lines(settings, found), settings))

    async def whole() -> AsyncGenerator[bytes, None]:
        yield await apart(table)

    headers = {"Content-Disposition": disposition(f"{course.title} log", "csv", fallback="log")}
    return await parts.large_answers.answer(person.id, whole(), "text/csv", headers)


def _filter(settings: Settings, who: str, what: str, object: str, since: str, until: str) -> Filter:
    """Days are the portal's; the last one is meant too."""
    first, end = days_between(read_day(since), read_day(until), ZoneInfo(settings.time_zone))
    return Filter(read_id(who), what if what in NOUNS else None, read_id(object), first, end)


routes: list[ControllerRouterHandler] = [show, download]
