"""Who makes a report: phone, link, student and moment, sealed, given with the page that the report is made on.

Whoever has the phone when the report arrives changes nothing of it, and on another phone it is good for nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from uuid import UUID

from courses.errors import Message, NotAllowed, TokenInvalid
from courses.tokens import CODE_BYTES, SEAT_BYTES, Keyring, public_id, seal, unseal
from portal.student.phone import DEVICE_BYTES

PURPOSE = "handle-v1"
#: milliseconds since 1970: as exact as the order of a page and a name on one phone must be
TIME_BYTES = 6
STUDENT_BYTES = 16
#: characters of the longest
LENGTH = 80
_MILLISECOND = timedelta(milliseconds=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class OtherPhone(NotAllowed):
    """A handle that was given to another phone, or to this one before its cookies were erased."""

    code = "other_phone"

    def __init__(self) -> None:
        super().__init__(
            Message(
                "This was done on another phone, or before this phone’s browser data was cleared. It was not counted."
                " Scan the code again, say who you are, and do it once more."
            )
        )


@dataclass(frozen=True)
class Handle:
    """`device` is 16 hexadecimal digits, `code` the link's (5 bytes); a seat, a student, or neither where nobody was named."""

    device: str
    at: datetime
    code: bytes
    seat: int | None = None
    student: UUID | None = None

    @cached_property
    def public_id(self) -> str:
        """The link's clean address."""
        return public_id(self.code)


def seal_handle(keyring: Keyring, handle: Handle) -> str:
    """Text for pages, up to LENGTH characters."""
    rest = b""
    if handle.seat is not None:
        rest = handle.seat.to_bytes(SEAT_BYTES, "big")
    elif handle.student is not None:
        rest = handle.student.bytes
    moment = ((handle.at - _BEGINNING) // _MILLISECOND).to_bytes(TIME_BYTES, "big")
    return seal(keyring, PURPOSE, bytes.fromhex(handle.device) + moment + handle.code + rest)


def read_handle(keyring: Keyring, text: str) -> Handle:
    """What `seal_handle` made. Raises TokenInvalid."""
    payload = unseal(keyring, PURPOSE, text)
    device, rest = payload[:DEVICE_BYTES], payload[DEVICE_BYTES:]
    moment, rest = rest[:TIME_BYTES], rest[TIME_BYTES:]
    code, who = rest[:CODE_BYTES], rest[CODE_BYTES:]
    if len(code) != CODE_BYTES or len(who) not in (0, SEAT_BYTES, STUDENT_BYTES):
        raise TokenInvalid
    return Handle(
        device.hex(),
        _BEGINNING + int.from_bytes(moment, "big") * _MILLISECOND,
        code,
        int.from_bytes(who, "big") if len(who) == SEAT_BYTES else None,
        UUID(bytes=who) if len(who) == STUDENT_BYTES else None,
    )
