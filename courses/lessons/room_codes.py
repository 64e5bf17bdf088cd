"""The code of the room: on the projector, another one every half minute, by the server's clock alone.

Derived, never stored: two projectors show the same, and a page that is loaded again changes nothing. The two steps before
are still good, so that nobody is too slow (what moodle-mod_attendance's issues 579, 713 and 847 teach). The QR code carries
40 bits of it, which nobody guesses; the six digits are for typing, and the caller limits who tries.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.audit import changed, record
from courses.database import unit_of_work, writing
from courses.errors import NotFound
from courses.lessons.links import forget_cards
from courses.signed_in import SignedIn
from courses.tables.courses import Course
from courses.tokens import Keyring

PURPOSE = "room-v1"
DIGITS, STEP, STEPS_BEFORE = 6, 30, 2
PASS_BYTES = 5


@dataclass(frozen=True)
class RoomCode:
    """Six digits to type, the eight characters in the QR code, and how many seconds it is until the next ones."""

    digits: str
    scanned: str
    left: float


def room_code(keyring: Keyring, link: bytes, moment: datetime) -> RoomCode:
    """What the projector shows for a link (the five bytes of its tokens) at a moment."""
    seconds = moment.timestamp()
    mac = keyring.macs(PURPOSE, _payload(link, int(seconds) // STEP))[0]
    return RoomCode(_digits(mac), _scanned(mac), STEP - seconds % STEP)


def typed_in_room(keyring: Keyring, link: bytes, text: str, moment: datetime) -> bool:
    """Whether these are the digits, in any width and with spaces between, of this step or of the two before."""
    digits = "".join(str(int(character)) for character in text if character.isdecimal())
    return any(hmac.compare_digest(_digits(mac), digits) for mac in _good(keyring, link, moment))


def scanned_in_room(keyring: Keyring, link: bytes, text: str, moment: datetime) -> bool:
    """The same of what the QR code carries, in either case."""
    folded = text.upper().encode(errors="replace")
    return any(hmac.compare_digest(_scanned(mac).encode(), folded) for mac in _good(keyring, link, moment))


def _good(keyring: Keyring, link: bytes, moment: datetime) -> list[bytes]:
    step = int(moment.timestamp()) // STEP
    return [mac for age in range(STEPS_BEFORE + 1) for mac in keyring.macs(PURPOSE, _payload(link, step - age))]


@unit_of_work
async def set_room_code(by: SignedIn, course: UUID, asks: bool) -> None:
    """Whether class links of a course ask for it; phones that are at a link already go on. Raises NotFound."""
    async with writing():
        row = await Course.select(Course.title, Course.room_code).where(Course.id == course).first()
        if row is None:
            raise NotFound
        detail = changed({"room_code": row["room_code"]}, {"room_code": asks})
        if detail:
            await Course.update({Course.room_code: asks}).where(Course.id == course)
            await record("course.edit", by, course=course, object=course, label=row["title"], detail=detail)
    forget_cards()


def _payload(link: bytes, step: int) -> bytes:
    return link + step.to_bytes(8, "big")


def _digits(mac: bytes) -> str:
    # Of 128 bits: what the remainder favours is far below what can be noticed.
    return f"{int.from_bytes(mac, 'big') % 10**DIGITS:0{DIGITS}d}"


def _scanned(mac: bytes) -> str:
    return base64.b32encode(mac[:PASS_BYTES]).decode()
