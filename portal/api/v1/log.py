"""The audit log of a course: who changed what, and when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from courses.audit import NOUNS, Entry, Filter, entries
from courses.catalogue.courses import course_of
from courses.errors import Invalid, Message
from courses.signed_in import SignedIn
from portal.api.failures import FAILURES
from portal.api.v1.periods import check_period
from portal.settings import Settings
from portal.words.audit_log import Line, lines


class EntryAnswer(Struct):
    """A change; `action` is a noun and a verb, `label` what the object was called then, `text` the whole as a sentence.

    `person` is null for the portal's command. `via` is "page", "api" or "command".
    """

    id: UUID
    at: datetime
    person: UUID | None
    name: str | None
    via: str
    action: str
    object: UUID | None
    label: str
    detail: dict[str, Any]
    text: str


class LogAnswer(Struct):
    """A page of the log, the newest first; `total` counts all that the filters mean."""

    entries: list[EntryAnswer]
    page: int
    pages: int
    total: int


@get("/courses/{course_id:uuid}/log", responses=FAILURES)
async def show(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    who: FromQuery[UUID | None] = None,
    what: FromQuery[str | None] = None,
    object: FromQuery[UUID | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    page: FromQuery[int] = 1,
) -> LogAnswer:
    """Who changed what: of a person, of a kind of object, of one object (a lesson with its links), in a time."""
    course = await course_of(person, course_id)
    if what is not None and what not in NOUNS:
        raise Invalid({"what": Message("Choose one of: {nouns}.", nouns=", ".join(NOUNS))})
    found = await entries(course.id, Filter(who, what, object, *check_period(since, until)), page)
    answers = [
        _answer(entry, line)
        for entry, line in zip(found.entries, await lines(settings, found.entries), strict=True)
    ]  # fmt: skip
    return LogAnswer(answers, found.page, found.pages, found.total)


def _answer(entry: Entry, line: Line) -> EntryAnswer:
    return EntryAnswer(
        entry.id, entry.at, entry.person, entry.person_name, entry.via, entry.action, entry.object, entry.label,
        dict(entry.detail), line.text,
    )  # fmt: skip


routes = [show]
