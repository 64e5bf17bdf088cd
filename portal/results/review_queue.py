"""What of the queue is looked at, and where one is in it, as it stands in an address; what is put off stays with the browser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from courses.results.waiting import KINDS, Waiting, Wanted
from portal.web.typed import read_id

#: rows beside the post, of which so many are before it
SHOWN, ABOVE = 60, 8
#: what was put off in this session, the first digits of its rows' ids, in a cookie of the session
LATER, LATER_MOST, DIGITS = "later", 100, 12

Key = tuple[UUID, UUID]


def read_wanted(params: Mapping[str, str]) -> Wanted:
    """What an address asks for; what it says wrong is left out."""
    kind = params.get("show", "")
    return Wanted(
        kind=kind if kind in KINDS else "",
        course=read_id(params.get("course", "")),
        lesson=read_id(params.get("lesson", "")),
        student=read_id(params.get("student", "")),
    )


def query_of(wanted: Wanted, **more: str) -> str:
    """The same as an address's query, with more behind it; what says nothing is left out."""
    values = {
        "show": wanted.kind, "course": wanted.course or "", "lesson": wanted.lesson or "",
        "student": wanted.student or "",
    } | more  # fmt: skip
    return urlencode({name: value for name, value in values.items() if value})


def read_later(cookie: str) -> list[str]:
    """What was put off, in the order it was."""
    return [part for part in cookie.split(".")[:LATER_MOST] if len(part) == DIGITS]


def put_off(later: Sequence[str], entry: UUID) -> str:
    """The cookie once this row is put off, too: the last of all."""
    name = entry.hex[:DIGITS]
    return ".".join([*[each for each in later if each != name][1 - LATER_MOST :], name])


def in_order(found: Sequence[Waiting], later: Sequence[str]) -> list[Waiting]:
    """As they wait, and what was put off behind all others."""
    places = {name: place for place, name in enumerate(later, 1)}
    return sorted(found, key=lambda each: places.get(each.id.hex[:DIGITS], 0))


@dataclass(frozen=True)
class Place:
    """Where one is: the number from 1 in the queue, None for what is not in it, and what comes before and after."""

    number: int | None = None
    before: Waiting | None = None
    next: Waiting | None = None
    rows: Sequence[Waiting] = ()


def place_of(queue: Sequence[Waiting], here: Key | None) -> Place:
    """Of a student's lesson, (lesson, student), in the queue. After the last one comes the first that is left."""
    keys = [(each.lesson, each.student) for each in queue]
    if here not in keys:
        return Place(next=queue[0] if queue else None, rows=queue[:SHOWN])
    at = keys.index(here)
    start = max(0, min(at - ABOVE, len(queue) - SHOWN))
    after = queue[at + 1] if at + 1 < len(queue) else queue[0]
    return Place(
        at + 1, queue[at - 1] if at else None, after if len(queue) > 1 else None, queue[start : start + SHOWN]
    )  # fmt: skip
