"""Between the first factor and the session: who must show a second one, kept in a sealed cookie of this browser.

No session exists before it. The cookie is good for ten minutes, and for nothing once the password is another.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.response import Redirect

from courses.errors import TokenInvalid
from courses.people.second_factors import half_way, has_factor
from courses.signed_in import SignedIn
from courses.tokens import seal, unseal
from portal.i18n import language_cookie
from portal.settings import Settings
from portal.web.auth import start_session
from portal.web.security import cookie_name, private_cookie

COOKIE, PURPOSE = "half-way", "half-way-v1"
#: seconds
LIFE = 600


@dataclass(frozen=True)
class HalfWay:
    """Whose password was right, and where they want to go."""

    person: SignedIn
    target: str
    #: this browser's cookie
    cookie: str


async def let_in(request: Request[Any, Any, Any], settings: Settings, person: SignedIn, target: str) -> Redirect:
    """On to `target` with a session, or first to the page that asks for the second factor."""
    if not await has_factor(person.id):
        return await start_session(request, settings, person, target)
    known = await half_way(person.id)
    payload = msgspec.json.encode((person.id, int(time.time()), known[1] if known else "", target))
    answer = Redirect("/sign-in/second-factor", status_code=303)
    answer.set_cookie(private_cookie(COOKIE, seal(settings.keyring, PURPOSE, payload), settings, max_age=LIFE))
    if person.language:
        answer.set_cookie(language_cookie(person.language, settings.https))
    return answer


async def who_is_half_way(request: Request[Any, Any, Any], settings: Settings) -> HalfWay | None:
    """Who must show a second factor in this browser; None when it took too long, or the password has changed."""
    cookie = request.cookies.get(cookie_name(COOKIE, settings), "")
    try:
        payload = unseal(settings.keyring, PURPOSE, cookie)
    except TokenInvalid:
        return None
    person, issued, mark, target = msgspec.json.decode(payload, type=tuple[UUID, int, str, str])
    known = await half_way(person) if 0 <= time.time() - issued <= LIFE else None
    return HalfWay(known[0], target, cookie) if known is not None and known[1] == mark else None


async def all_the_way(request: Request[Any, Any, Any], settings: Settings, person: SignedIn, target: str) -> Redirect:
    """A session, and nothing left of the way to it."""
    answer = await start_session(request, settings, person, target)
    answer.set_cookie(private_cookie(COOKIE, "", settings, max_age=0))
    return answer
