"""A phone at a link: which lesson, whose phone, which student."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request

from courses.clock import now
from courses.errors import Invalid, Message, NotFound, RoomCodeNeeded, TokenInvalid
from courses.lessons.links import Card, card
from courses.students.claims import claimed_student
from courses.students.namings import named, named_first, namings, standing_at
from courses.students.roster import has_students, student_by_seat
from courses.students.values import OWN, Known, Standing, StudentInfo
from courses.tokens import ShareToken, public_id, read_share_token
from portal.settings import Settings
from portal.student.handles import Handle, OtherPhone, read_handle, seal_handle
from portal.student.phone import Phone, PhoneUnknown, came_by, known_phone, phone_at, phones
from portal.web.browsers import InAppBrowser, in_app_browser

#: of a public id
LENGTH = 8


@dataclass(frozen=True)
class Visit:
    """`phone` is None in the browser of another app, which comes with the token and gets no cookie.

    Making one raises RoomCodeNeeded for who is not in the room where the link asks for it: nothing is shown, handed over or
    counted without a visit.
    """

    card: Card
    seat: int | None
    phone: Phone | None
    student: StudentInfo | None
    app: InAppBrowser | None = None
    nameless: bool = False  # the course has no roster: nobody is asked for a name
    #: the code of the room that the address brought, where it is good
    room: str = ""
    #: the first name that is said from then on is of whom this visit is, where it is of nobody known
    since: datetime = field(default_factory=now)
    #: the report's page was made for another student than has the phone now
    handed_on: bool = False
    #: how far the phone is believed to be the student's
    standing: Standing = OWN

    def __post_init__(self) -> None:
        outside = self.phone.waits if self.phone else not self.room
        if outside and asks_room_code(self.card, self.seat):
            raise RoomCodeNeeded

    @property
    def device(self) -> str | None:
        """16 hexadecimal digits."""
        return self.phone.device if self.phone else None

    @property
    def shown_name(self) -> str:
        """The student's name as the phone may see it; "" for nobody."""
        return Known(self.student, self.standing).shown_name if self.student else ""

    @property
    def student_id(self) -> UUID | None:
        """Whom the phone's reports are about."""
        return self.student.id if self.student else None


async def visit_by_cookie(request: Request[Any, Any, Any], settings: Settings, link: str) -> Visit:
    """For the clean address; the cookie is verified before the database is touched. In the grace period, too.

    Raises PhoneUnknown, NotFound, LinkNotOpen, LinkEnded, RoomCodeNeeded.
    """
    phone = known_phone(request, settings, link)
    found = await card(phone.public_id)
    found.check_reachable()
    visit = await whose(found, phone, phone.seat)
    app = in_app_browser(request.headers.get("user-agent", ""))
    return replace(visit, app=app, nameless=await _nameless(visit))


def asks_room_code(found: Card, seat: int | None) -> bool:
    """Whether the link is good only for who is in the room: a class's, in a course that says so."""
    return found.lesson.room_code and seat is None and found.link.student is None


async def visit_by_token(request: Request[Any, Any, Any], share: ShareToken, room: str = "") -> Visit:
    """For whoever brought the token itself, which is verified, as is the code of the room.

    Raises NotFound, LinkNotOpen, LinkEnded, RoomCodeNeeded.
    """
    found = await card(public_id(share.code))
    found.check_open()
    visit = await whose(found, None, share.seat, room)
    return replace(visit, app=in_app_browser(request.headers.get("user-agent", "")))


async def visit_by_handle(request: Request[Any, Any, Any], settings: Settings, handle: str, link: str = "") -> Visit:
    """Of the page that a report was made on, whoever has the phone now; `link` is a public id, "" for the page's own.

    The cookies only show that it is the page's phone. Raises TokenInvalid, OtherPhone, Invalid for another link, NotFound,
    RoomCodeNeeded.
    """
    made = read_handle(settings.keyring, handle)
    if all(phone.device != made.device for phone in phones(request, settings)):
        raise OtherPhone
    came_by(request, ShareToken(made.code, made.seat))
    if link and link.upper() != made.public_id:
        raise Invalid({"link": Message("This was done at another link than its page is of.")})
    found, held = await card(made.public_id), phone_at(request, settings, made.public_id)
    waits = held is not None and held.waits
    phone = Phone(made.device, int(made.at.timestamp()), made.code, made.seat, waits)
    known = await _made_by(found, made)
    student, standing = (known.student, known.standing) if known else (None, OWN)
    handed_on = await _handed_on(found, held, made, student)
    return Visit(found, made.seat, phone, student, since=made.at, handed_on=handed_on, standing=standing)


def handle_of(settings: Settings, visit: Visit) -> str:
    """The handle for a page of this visit; "" for the browser of another app, which has no cookie."""
    if visit.phone is None or visit.app is not None:
        return ""
    student = visit.student.id if visit.student and visit.seat is None else None
    return seal_handle(settings.keyring, Handle(visit.phone.device, visit.since, visit.phone.code, visit.seat, student))


async def open_visit(request: Request[Any, Any, Any], settings: Settings, reference: str, handle: str = "") -> Visit:
    """By the handle of a page where there is one, else by a public id whose cookie the phone has, or by a share token.

    The link is open, or for a phone that is known in its grace period. Raises as all three do, and TokenInvalid.
    """
    if handle:
        visit = await visit_by_handle(request, settings, handle, reference)
        visit.card.check_reachable()
        return replace(visit, nameless=await _nameless(visit))
    if len(reference) == LENGTH:
        return await visit_by_cookie(request, settings, reference)
    return await visit_by_token(request, read_share_token(settings.keyring, reference))


async def reporting_visit(
    request: Request[Any, Any, Any], settings: Settings, reference: str, handle: str = ""
) -> Visit:
    """Where an event belongs, however late it comes: like `open_visit`, or the newest scan when nothing is named.

    Raises PhoneUnknown, TokenInvalid, OtherPhone, Invalid, NotFound, RoomCodeNeeded.
    """
    if handle:
        return await visit_by_handle(request, settings, handle, reference)
    if not reference:
        phone = next(iter(phones(request, settings)), None)
    elif len(reference) == LENGTH:
        phone = phone_at(request, settings, reference.upper())
    else:
        share = read_share_token(settings.keyring, reference)
        phone = phone_at(request, settings, public_id(share.code))
        return await whose(await card(public_id(share.code)), phone, share.seat)
    if phone is None:
        raise PhoneUnknown
    return await whose(await card(phone.public_id), phone, phone.seat)


async def whose(found: Card, phone: Phone | None, seat: int | None, room: str = "") -> Visit:
    """The student by the slip's seat, else by what the phone said. Raises NotFound, RoomCodeNeeded."""
    since = now()  # before the look-up: a name that is said meanwhile is said after it
    known = await student_at(found, phone.device if phone else None, seat)
    student, standing = (known.student, known.standing) if known else (None, OWN)
    return Visit(found, seat, phone, student, room=room, since=since, standing=standing)


async def _nameless(visit: Visit) -> bool:
    return visit.student is None and not await has_students(visit.card.lesson.course)


async def _made_by(found: Card, made: Handle) -> Known | None:
    if made.seat is not None or found.link.student is not None:
        return await student_at(found, None, made.seat)
    said = await namings(found.lesson.course, made.device)
    if made.student is None:
        student = named_first(said, made.at)
    else:
        student = await named(found.lesson.course, said, made.student)
    return Known(student, standing_at(said, student.id)) if student else None


async def _handed_on(found: Card, held: Phone | None, made: Handle, student: StudentInfo | None) -> bool:
    """Whether the phone is another student's by now, as its cookie of the link says."""
    if held is None or student is None or (made.seat is not None and held.seat == made.seat):
        return False
    with suppress(NotFound):
        holder = await student_at(found, held.device, held.seat)
        return holder is None or holder.student.id != student.id
    return True


async def student_at(card: Card, device: str | None, seat: int | None) -> Known | None:
    """Who comes: by the slip's seat, else who the phone said it is. Raises NotFound for a slip that is not valid."""
    if card.link.student is not None and seat != card.link.seat:
        raise NotFound(TokenInvalid().message)
    if seat is not None:
        student = await student_by_seat(card.lesson.course, seat)
        if student is None:
            raise NotFound(TokenInvalid().message)
        return Known(student)
    return await claimed_student(card.lesson.course, device) if device else None
