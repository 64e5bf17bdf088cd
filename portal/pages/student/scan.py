"""A scanned code: verify, remember the link on the phone, and go on to a clean address without the token.

Where the course asks for the code of the room, the QR code on the projector carries it behind the token.
"""

import re
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect

from courses.clock import now
from courses.errors import LinkEnded, LinkNotOpen
from courses.lessons.links import card
from courses.lessons.room_codes import scanned_in_room
from courses.tokens import public_id, read_share_token
from portal.parts import Parts
from portal.student.lesson_page import lesson_answer
from portal.student.phone import arrive, came_by, phone_at
from portal.student.turned_away import STUDENT_HANDLERS
from portal.student.visits import asks_room_code, student_at, visit_by_token
from portal.web.browsers import in_app_browser

#: what tokens and room codes are made of: a messenger takes the mark behind a link for a part of it
_LETTERS = re.compile("[A-Za-z2-7]*")
ADDRESSES = ["/s/{token:str}", "/S/{token:str}", "/s/{token:str}/{room:str}", "/S/{token:str}/{room:str}"]


@get(ADDRESSES, exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    parts: NamedDependency[SkipValidation[Parts]],
    room: FromPath[str] = "",
) -> Redirect | Response[str | bytes]:
    """303 to the clean page; in another app's browser the page that leads out of it, at this address and without cookie."""
    settings = parts.settings
    token, room = _begin(token), _begin(room)
    share = read_share_token(settings.keyring, token)
    came_by(request, share)
    present = bool(room) and scanned_in_room(settings.keyring, share.code, room, now())
    app = in_app_browser(request.headers.get("user-agent", ""))
    if app is not None:
        visit = await visit_by_token(request, share, room.lower() if present else "")
        return await lesson_answer(request, settings, parts.platforms, parts.lesson_pages, visit)
    found = await card(public_id(share.code))
    await student_at(found, None, share.seat)
    try:
        found.check_open()
        waits = asks_room_code(found, share.seat) and not present
    except LinkEnded:
        # No new scan: the phone goes on with the one that it made in time.
        known = phone_at(request, settings, public_id(share.code))
        if known is None or known.seat != share.seat or found.link.grace_until(now()) is None:
            raise
        return Redirect(f"/l/{known.public_id}", status_code=303)
    except LinkNotOpen:
        # Who is in the room before the time need not give the next code: the page at the clean address waits with them.
        if not present:
            raise
        waits = False
    answer = Redirect(f"/l/{public_id(share.code)}", status_code=303)
    for cookie in arrive(request, settings, share, waits=waits):
        answer.set_cookie(cookie)
    return answer


def _begin(text: str) -> str:
    found = _LETTERS.match(text)
    return found.group() if found else ""


routes = [show]
