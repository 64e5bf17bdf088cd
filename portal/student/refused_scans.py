"""Scans that are turned away: what the page brings back so that they are counted, and what a form refuses is counted at once."""

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from litestar import Request

from courses.clock import now
from courses.errors import CourseError, TokenInvalid, TooMany
from courses.events.refused_scans import COARSE, Refused, keep_refused
from courses.tokens import CODE_BYTES, SEAT_BYTES, public_id, seal, unseal
from portal.settings import Settings
from portal.student.phone import link_of, phones
from portal.web.limits import Limit
from portal.web.networks import NetworkLimit
from portal.web.security import subject

PURPOSE = "refusal-v1"
HEAD = 1 + 4 + 4
#: how long a phone may take to report, in seconds
LIFE = 7 * 86_400
#: names rows by the ticket that they come of, so that each is good for one
TICKETS = UUID("0c5b9f5e-6e0a-4a0f-8d53-0c3f6ed1a7b4")
#: refusals a minute that are written down of one phone
DEVICE_LIMIT = 20
#: refusals an hour: of forms in one network on phones that are nobody's yet (a class may share it), of one network, at one link
FORM_LIMIT, NETWORK_LIMIT, LINK_LIMIT, HOUR = 1_000, 3_000, 3_000, 3600


def refusal_ticket(request: Request[Any, Any, Any], settings: Settings, error: CourseError) -> str:
    """What a page that says `error` gives its script to report: why, when and at which link, signed; never a token.

    Empty for what is no refusal of a scan. Asks no database.
    """
    if error.code not in COARSE:
        return ""
    payload = bytes([COARSE.index(error.code)]) + int(time.time()).to_bytes(4, "big") + secrets.token_bytes(4)
    link = link_of(request)
    if link is not None:
        payload += link.code + (b"" if link.seat is None else link.seat.to_bytes(SEAT_BYTES, "big"))
    return seal(settings.keyring, PURPOSE, payload)


def visit_name(request: Request[Any, Any, Any], settings: Settings, error: CourseError) -> str:
    """The same for one address and one refusal, so that a page which loads itself again is one scan."""
    return subject(settings, "visit", request.url.path.casefold(), error.code)[:16]


class RefusedScans:
    """What is written down of scans that were turned away, as far as limits go: one per process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._devices, self._forms = Limit(DEVICE_LIMIT), NetworkLimit(FORM_LIMIT, HOUR)
        self._networks, self._links = NetworkLimit(NETWORK_LIMIT, HOUR), Limit(LINK_LIMIT, HOUR)

    async def report(
        self, request: Request[Any, Any, Any], ticket: str, at: datetime, offset: int | None = None
    ) -> bool:
        """Write down what a ticket says, once; False when that was done. Raises TokenInvalid, TooMany."""
        payload = unseal(self._settings.keyring, PURPOSE, ticket)
        moment = datetime.fromtimestamp(int.from_bytes(payload[1:5], "big"), UTC)
        received_at = now()
        if payload[0] >= len(COARSE) or (received_at - moment).total_seconds() > LIFE:
            raise TokenInvalid
        device = _device(request, self._settings)
        code, seat = payload[HEAD : HEAD + CODE_BYTES], payload[HEAD + CODE_BYTES :]
        refused = Refused(
            id=uuid5(TICKETS, payload.hex()), reason=COARSE[payload[0]], at=at, received_at=received_at, moment=moment,
            device=device, link=public_id(code) if code else None,
            seat=int.from_bytes(seat, "big") if seat else None, offset=offset,
        )  # fmt: skip
        with self._keeping(request, device, refused.link):
            return await keep_refused(refused)

    async def note(self, request: Request[Any, Any, Any], reason: str, *, link: str | None = None) -> None:
        """Write down what a form of a phone was refused for; too many of them are left out."""
        device, moment = _device(request, self._settings), now()
        with suppress(TooMany), ExitStack() as counted:
            counted.enter_context(self._keeping(request, device, link))
            if not device:
                counted.enter_context(self._forms.keeping(request))
            await keep_refused(Refused(uuid4(), reason, moment, moment, moment, link, None, device))

    @contextmanager
    def _keeping(self, request: Request[Any, Any, Any], device: str | None, link: str | None) -> Iterator[None]:
        """Count what is written meanwhile, if it is. Raises TooMany."""
        with ExitStack() as counted:
            counted.enter_context(self._networks.keeping(request))
            if device:
                counted.enter_context(self._devices.keeping(device))
            if link:
                counted.enter_context(self._links.keeping(link))
            yield


def _device(request: Request[Any, Any, Any], settings: Settings) -> str | None:
    phone = next(iter(phones(request, settings)), None)
    return phone.device if phone else None
