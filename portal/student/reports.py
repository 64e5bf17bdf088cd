"""What phones report, made into the journal's reports: from which link, about whom, and whether it still counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request

from courses.errors import CourseError, Invalid, LinkEnded, Message
from courses.events.ladder import Report
from courses.events.phone_times import OFFSET_MOST, PhoneTime, phone_time
from courses.lessons.links import GRACE, Card, LinkInfo
from portal.platforms import LinkRefused, Platform
from portal.settings import Settings
from portal.student.visits import Visit, reporting_visit

EVENTS, DETAIL_BYTES, HANDLE_LENGTH = 100, 4_096, 200
#: of a pasted text, of which only the link is kept: a whole share text in Chinese has three bytes a character
PASTED_BYTES = 16_384
#: what is kept of a detail: texts by these names, each up to so many characters
DETAILS = {
    "browser": 20,
    "mode": 20,
    "reason": 40,
    "cause": 24,
    "message": 500,
    "text": PASTED_BYTES,
    "url": PASTED_BYTES,
}
ARRIVALS = ("scan", "preview")
#: years that a phone's clock can show and every database can keep
CLOCK_YEARS = range(1970, 2201)
#: the server's clock minus the phone's, as the page measured it; milliseconds
ClockOffset = Annotated[int, msgspec.Meta(ge=-OFFSET_MOST, le=OFFSET_MOST)]


class PhoneEvent(msgspec.Struct, forbid_unknown_fields=True):
    """As a phone sends it; `link` is a public id or a share token, "" for the newest scan."""

    id: UUID
    kind: Literal["scan", "preview", "launch", "fail", "return", "claim", "link"]
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    platform: Annotated[str, msgspec.Meta(max_length=16)] = ""
    detail: msgspec.Raw = msgspec.Raw(b"{}")
    link: Annotated[str, msgspec.Meta(max_length=64)] = ""
    offset: ClockOffset | None = None


class PhoneEvents(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /api/events; `made_as` is the handle of the page that all of them were made on."""

    events: Annotated[list[PhoneEvent], msgspec.Meta(min_length=1, max_length=EVENTS)]
    made_as: Annotated[str, msgspec.Meta(max_length=HANDLE_LENGTH)] | None = msgspec.field(default=None, name="as")


class Unreadable(Exception):
    """A body that is not events; says where."""


@dataclass(frozen=True)
class Refusal:
    """An event that does not count, and why."""

    id: UUID
    error: CourseError


@dataclass(frozen=True)
class Sorted:
    """What counts, what does not, and at which links."""

    reports: list[Report]
    refusals: list[Refusal]
    visits: list[Visit]


_events = msgspec.json.Decoder(PhoneEvents)
_object = msgspec.json.Decoder(dict[str, Any])


def read_events(body: bytes) -> tuple[list[tuple[PhoneEvent, dict[str, Any]]], str]:
    """The events with their details, and the handle of their page, "" for none. Raises Unreadable."""
    try:
        read = _events.decode(body)
        events = [(event, _detail(event)) for event in read.events]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error
    if any(event.at.year not in CLOCK_YEARS for event, _ in events):
        raise Unreadable("at: no clock shows that")
    return events, read.made_as or ""


async def sort_out(
    request: Request[Any, Any, Any],
    settings: Settings,
    platforms: Mapping[str, Platform],
    events: list[tuple[PhoneEvent, dict[str, Any]]],
    received_at: datetime,
    handle: str,
    look: Callable[[Visit], None],
) -> Sorted:
    """Each event to its link and, by the handle of its page, to who made it; one that is refused holds up no other.

    Each link is looked at first. Raises TooMany, which `look` does where nothing more is kept of a visit.
    """
    visits: dict[str, Visit | CourseError] = {}
    reports: list[Report] = []
    refusals: list[Refusal] = []
    for event, detail in events:
        if event.link not in visits:
            try:
                known = await reporting_visit(request, settings, event.link, handle)
            except CourseError as error:
                visits[event.link] = error
            else:
                look(known)
                visits[event.link] = known
        visit = visits[event.link]
        try:
            if isinstance(visit, CourseError):
                raise visit
            time = phone_time(event.at, received_at, visit.card.link.created_at, event.offset)
            happened_at = received_at if time.doubtful else time.at
            if not still_counts(visit.card.link, event.kind, happened_at, received_at):
                _refuse(visit.card)
            made = report(visit, platforms, event.kind, event.id, time, received_at, detail, platform=event.platform)
            reports.append(replace(made, offset=event.offset))
        except CourseError as error:
            refusals.append(Refusal(event.id, error))
    return Sorted(reports, refusals, [visit for visit in visits.values() if isinstance(visit, Visit)])


def _refuse(card: Card) -> None:
    """Raises LinkNotOpen, LinkEnded; says what a student can do who has done something."""
    try:
        card.check_open()
    except LinkEnded as error:
        raise LinkEnded(
            Message("This link has ended. Show this to your teacher, who can still enter it by hand.")
        ) from error


def report(
    visit: Visit,
    platforms: Mapping[str, Platform],
    kind: str,
    identity: UUID,
    time: PhoneTime,
    received_at: datetime,
    detail: dict[str, Any],
    *,
    platform: str = "",
) -> Report:
    """One event of a phone; a pasted link is read here. Raises Invalid."""
    lesson = visit.card.lesson
    slug = platform or lesson.platforms[0]
    if slug not in platforms and slug not in lesson.platforms:
        raise Invalid({"platform": Message("This platform is not one of ours.")})
    if kind == "link":
        detail = note_link(platforms.get(slug), detail.get("text") or detail.get("url") or "")
    return Report(
        lesson=lesson.id, kind=kind, platform=slug, at=time.at, received_at=received_at, id=identity,
        link=visit.card.link.id, student=visit.student_id, device=visit.device, detail=detail, doubtful=time.doubtful,
    )  # fmt: skip


def note_link(platform: Platform | None, text: object) -> dict[str, Any]:
    """The note's link in what a student pasted; the rest of the text is not kept. Raises Invalid."""
    if not isinstance(text, str) or not text.strip():
        raise Invalid({"text": Message("Paste the link of your note.")})
    if platform is None:
        raise Invalid({"text": Message("Links to this platform cannot be read yet.")})
    try:
        note = platform.parse_link(text)
    except LinkRefused as error:
        raise Invalid({"text": error.message}, error.message) from error
    return {"url": note.url, "note_id": note.note_id}


def still_counts(link: LinkInfo, kind: str, at: datetime, received_at: datetime) -> bool:
    """Whether something that happened `at` and arrived later belongs to the time in which the link was open.

    What is no arrival counts in the grace period, too: the lesson was begun in time.
    """
    match link.state(received_at):
        case "withdrawn":
            return link.withdrawn_at is not None and at < link.withdrawn_at
        case "expired":
            if link.ends is None or at < link.ends:
                return True
            return kind not in ARRIVALS and received_at < link.ends + GRACE
        case state:
            return state == "open"


def _detail(event: PhoneEvent) -> dict[str, Any]:
    raw, most = bytes(event.detail), PASTED_BYTES if event.kind == "link" else DETAIL_BYTES
    if len(raw) > most:
        raise msgspec.DecodeError(f"detail: more than {most} bytes")
    if b"\\u0000" in raw:
        raise msgspec.DecodeError("detail: NUL in a text")
    return {
        name: text[: DETAILS[name]]
        for name, text in _object.decode(raw).items()
        if name in DETAILS and isinstance(text, str)
    }
