"""A phone at a link: which lesson, whose phone, which student."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request

from courses.errors import NotFound, RoomCodeNeeded, TokenInvalid
from courses.lessons.links import Card, card
from courses.students.roster import claimed_student, has_students, student_by_seat
from courses.students.values import StudentInfo
from courses.tokens import ShareToken, public_id, read_share_token
from portal.settings import Settings
from portal.student.phone import Phone, PhoneUnknown, known_phone, phone_at, phones
from portal.web.browsers import InAppBrowser, in_app_browser

#: of a public id
LENGTH = 8


@dataclass(frozen=True)
class Visit:
    """`phone` is None in the browser of another app, which comes with the token and gets no cookie."""

    card: Card
    seat: int | None
    phone: Phone | None
    student: StudentInfo | None
    app: InAppBrowser | None = None
    nameless: bool = False  # the course has no roster: nobody is asked for a name
    #: the code of the room that the address brought, where it is good
    room: str = ""

    @property
    def device(self) -> str | None:
        """16 hexadecimal digits."""
        return self.phone.device if self.phone else None

    @property
    def student_id(self) -> UUID | None:
        """Whom the phone's reports are about."""
        return self.student.id if self.student else None


async def visit_by_cookie(request: Request[Any, Any, Any], settings: Settings, link: str) -> Visit:
    """For the clean address; the cookie is verified before the database is touched.

    Raises PhoneUnknown, NotFound, LinkNotOpen, LinkEnded, RoomCodeNeeded.
    """
    phone = known_phone(request, settings, link)
    visit = await whose(await card(phone.public_id), phone, phone.seat)
    visit.card.check_open()
    check_room(visit.card, phone)
    nameless = visit.student is None and not await has_students(visit.card.lesson.course)
    app = in_app_browser(request.headers.get("user-agent", ""))
    return Visit(visit.card, visit.seat, phone, visit.student, app, nameless)


def asks_room_code(found: Card, seat: int | None) -> bool:
    """Whether the link is good only for who is in the room: a class's, in a course that says so."""
    return found.lesson.room_code and seat is None and found.link.student is None


def check_room(found: Card, phone: Phone) -> None:
    """Raises RoomCodeNeeded."""
    if phone.waits and asks_room_code(found, phone.seat):
        raise RoomCodeNeeded


async def visit_by_token(request: Request[Any, Any, Any], share: ShareToken) -> Visit:
    """For whoever brought the token itself, which is verified. Raises NotFound, LinkNotOpen, LinkEnded."""
    found = await card(public_id(share.code))
    found.check_open()
    student = await student_at(found, None, share.seat)
    return Visit(found, share.seat, None, student, in_app_browser(request.headers.get("user-agent", "")))


async def open_visit(request: Request[Any, Any, Any], settings: Settings, reference: str) -> Visit:
    """By a public id whose cookie the phone has, or by a share token; the link is open. Raises as both do, and TokenInvalid."""
    if len(reference) == LENGTH:
        return await visit_by_cookie(request, settings, reference)
    return await visit_by_token(request, read_share_token(settings.keyring, reference))


async def reporting_visit(request: Request[Any, Any, Any], settings: Settings, reference: str) -> Visit:
    """Where an event belongs, however late it comes: like `open_visit`, or the newest scan when nothing is named.

    Raises PhoneUnknown, TokenInvalid, NotFound.
    """
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


async def whose(found: Card, phone: Phone | None, seat: int | None) -> Visit:
    """The student by the slip's seat, else by what the phone said. Raises NotFound."""
    return Visit(found, seat, phone, await student_at(found, phone.device if phone else None, seat))


async def student_at(card: Card, device: str | None, seat: int | None) -> StudentInfo | None:
    """Who comes: by the slip's seat, else who the phone said it is. Raises NotFound for a slip that is not valid."""
    if card.link.student is not None and seat != card.link.seat:
        raise NotFound(TokenInvalid().message)
    if seat is not None:
        student = await student_by_seat(card.lesson.course, seat)
        if student is None:
            raise NotFound(TokenInvalid().message)
        return student
    return await claimed_student(card.lesson.course, device) if device else None
