"""The phone's cookies: one for each link that it scanned, signed, with a made-up device number and no name."""

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from litestar import Request
from litestar.datastructures.cookie import Cookie
from litestar.types import Scope

from courses.errors import Message, SignInNeeded, TokenInvalid
from courses.tokens import CODE_BYTES, SEAT_BYTES, Keyring, ShareToken, public_id, read_public_id, seal, unseal
from portal.settings import Settings
from portal.web.networks import visitor_line
from portal.web.security import cookie_name, private_cookie

PURPOSE = "phone-v1"
DEVICE_BYTES, TIME_BYTES = 8, 4
#: stands in the place of a seat
WAITS = b"\0"
KEPT = 20
#: cookies that are kept as read, and characters of the longest of ours
READ, LONGEST = 4_096, 64
HALF_A_YEAR = 180 * 86_400  # seconds
#: names the events that a scan brings about by itself, so that a reload repeats them and counts nothing
ARRIVALS = UUID("5f0b2c3a-8d1e-4e57-9a3b-6c1f0e7d2b94")


class PhoneUnknown(SignInNeeded):
    """A clean address on a phone that did not scan the code."""

    code = "phone_unknown"

    def __init__(self) -> None:
        super().__init__()
        self.message = Message("This phone has not scanned the code yet. Scan it, or type the code printed under it.")


@dataclass(frozen=True)
class Phone:
    """A phone that scanned a link: `device` is 16 hexadecimal digits, `issued` seconds since 1970."""

    device: str
    issued: int
    code: bytes
    seat: int | None
    #: has yet to give the code of the room, where the course still asks for it
    waits: bool = False

    @cached_property
    def public_id(self) -> str:
        """The link's clean address."""
        return public_id(self.code)

    def event_id(self, kind: str) -> UUID:
        """The same for this scan however often its page is loaded."""
        return uuid5(ARRIVALS, f"{kind} {self.public_id} {self.device} {self.issued}")


def came_by(request: Request[Any, Any, Any], link: ShareToken) -> None:
    """Keep, for a page that may turn the phone away, by which link it came."""
    request.state.came_by = link


def link_of(request: Request[Any, Any, Any]) -> ShareToken | None:
    """By which link the phone came; None where that could not be read."""
    link: ShareToken | None = request.state.get("came_by")
    return link


def known_phone(request: Request[Any, Any, Any], settings: Settings, link: str) -> Phone:
    """The phone that came by the clean address of a link (a public id, in either case). Raises PhoneUnknown."""
    phone = phone_at(request, settings, link.upper())
    if phone is None:
        with suppress(TokenInvalid):
            came_by(request, ShareToken(read_public_id(link), None))
        raise PhoneUnknown
    came_by(request, ShareToken(phone.code, phone.seat))
    return phone


def phone_at(request: Request[Any, Any, Any], settings: Settings, link: str) -> Phone | None:
    """The phone as it scanned this link (a public id); None when it has not."""
    value = request.cookies.get(_name(link, settings))
    phone = _read(value, settings.keyring) if value else None
    return phone if phone is not None and phone.public_id == link else None


def phones(request: Request[Any, Any, Any], settings: Settings) -> list[Phone]:
    """Every link that this phone scanned, the newest first."""
    prefix = _name("", settings)
    found = (_read(value, settings.keyring) for name, value in request.cookies.items() if name.startswith(prefix))
    return sorted(filter(None, found), key=lambda phone: phone.issued, reverse=True)


def visitor_of(settings: Settings, scope: Scope) -> str:
    """Who takes turns with others: a phone, or all of a network that are no phones of ours. Asks no database."""
    return device_of(settings, scope) or visitor_line(Request[Any, Any, Any](scope))


def device_of(settings: Settings, scope: Scope) -> str | None:
    """Which phone asks, if it has scanned one of our codes. Asks no database."""
    prefix = _name("", settings)
    cookies = Request[Any, Any, Any](scope).cookies
    mine = islice((value for name, value in cookies.items() if name.startswith(prefix)), KEPT)
    return next((phone.device for phone in (_read(value, settings.keyring) for value in mine) if phone), None)


def arrive(
    request: Request[Any, Any, Any], settings: Settings, token: ShareToken, *, waits: bool = False
) -> list[Cookie]:
    """The cookies to set after a scan; the oldest go when there are too many. A phone that is in already need not wait."""
    known = phones(request, settings)
    device = known[0].device if known else secrets.token_hex(DEVICE_BYTES)
    waits = waits and all(old.waits for old in known if old.code == token.code)
    # Somebody else's slip is another scan, in the same second too.
    later = [old.issued + 1 for old in known if old.code == token.code and old.seat != token.seat]
    phone = Phone(device, max(int(time.time()), *later, 0), token.code, token.seat, waits)
    others = [old for old in known if old.code != token.code]
    return [link_cookie(phone, settings), *[_gone(old, settings) for old in others[KEPT - 1 :]]]


def link_cookie(phone: Phone, settings: Settings) -> Cookie:
    """What the phone brings back."""
    rest = WAITS if phone.waits else b"" if phone.seat is None else phone.seat.to_bytes(SEAT_BYTES, "big")
    payload = bytes.fromhex(phone.device) + phone.issued.to_bytes(TIME_BYTES, "big") + phone.code + rest
    return private_cookie(f"l-{phone.public_id}", seal(settings.keyring, PURPOSE, payload), settings, HALF_A_YEAR)


def _name(link: str, settings: Settings) -> str:
    return cookie_name(f"l-{link}", settings)


def _gone(phone: Phone, settings: Settings) -> Cookie:
    return private_cookie(f"l-{phone.public_id}", "", settings, max_age=0)


def _read(value: str, keyring: Keyring) -> Phone | None:
    return _phone_in(value, keyring) if len(value) <= LONGEST else None


@lru_cache(maxsize=READ)
def _phone_in(value: str, keyring: Keyring) -> Phone | None:
    """Kept, as a cookie is read for its request's turn and for the page, and comes again with the next one."""
    try:
        payload = unseal(keyring, PURPOSE, value)
    except TokenInvalid:
        return None
    device, rest = payload[:DEVICE_BYTES], payload[DEVICE_BYTES:]
    issued, rest = rest[:TIME_BYTES], rest[TIME_BYTES:]
    code, seat = rest[:CODE_BYTES], rest[CODE_BYTES:]
    if len(code) != CODE_BYTES or (seat != WAITS and len(seat) not in (0, SEAT_BYTES)):
        return None
    waits = seat == WAITS
    number = int.from_bytes(seat, "big") if seat and not waits else None
    return Phone(device.hex(), int.from_bytes(issued, "big"), code, number, waits)
