"""Type the code that is printed under the QR, or said aloud; a link that was sent may be pasted, too."""

import re
from datetime import timedelta
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Message, NotFound, TokenInvalid, TooMany
from courses.lessons.links import spoken_link
from courses.people.attempts import Counted, Tries, count_try, give_back, out_of_tries
from courses.spoken import looks_whole, read_spoken
from courses.tokens import read_share_token
from portal.i18n import say
from portal.parts import Parts
from portal.settings import Settings
from portal.sharing.addresses import share_path
from portal.student.turned_away import STUDENT_HANDLERS
from portal.web.bodies import FORM_LIMIT
from portal.web.forms import Form, one
from portal.web.networks import network_tries
from portal.web.security import subject

#: wrong codes in a quarter of an hour: of one network, which may be a school; of all; and of one network while all are at it
NETWORK_LIMIT, TOTAL_LIMIT, STRICT_LIMIT, WINDOW = 300, 3_000, 30, timedelta(minutes=15)
LETTERS = 300
_LINK = re.compile("/s/([a-z2-7]{36,39})(/[a-z2-7]{8})?(?![a-z2-7])", re.IGNORECASE)


@get(["/go", "/GO"], exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def show() -> Template:
    """The form."""
    return _form("", "", 200)


@post(
    ["/go", "/GO"],
    status_code=303,
    request_max_body_size=FORM_LIMIT,
    exception_handlers=STUDENT_HANDLERS,
    include_in_schema=False,
)
async def find(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], parts: NamedDependency[SkipValidation[Parts]]
) -> Redirect | Template:
    """On to the lesson, as if it had been scanned."""
    settings, typed = parts.settings, one(data, "code")[:LETTERS]
    everybody = Tries(subject(settings, "go"), TOTAL_LIMIT, WINDOW)
    try:
        counted = await _count(request, settings, everybody)
    except TooMany as error:
        await parts.refused_scans.note(request, "codes_limited")
        return _form(typed, say(error.message), 429)
    code, pasted = read_spoken(typed), _LINK.search(typed)
    try:
        if pasted:
            read_share_token(settings.keyring, pasted[1])
            await give_back(counted)
            return Redirect(pasted.group().lower(), status_code=303)
        if code is None:
            raise NotFound(Message("This is not a whole code. It has seven letters and digits, such as 7K4-M2XQ."))
        link = await spoken_link(code)
    except (NotFound, TokenInvalid) as error:
        await parts.refused_scans.note(request, "bad_token" if pasted else _reason(typed, code))
        return _form(typed, say(error.message), 422)
    await give_back(counted)
    return Redirect(share_path(settings, link), status_code=303)


def _reason(typed: str, code: str | None) -> str:
    if code is not None:
        return "code_unknown"
    return "code_check" if looks_whole(typed) else "code_incomplete"


async def _count(request: Request[Any, Any, Any], settings: Settings, everybody: Tries) -> Counted:
    """Guessing from many networks makes each one's limit small, and locks no class out. Raises TooMany."""
    try:
        return await count_try(everybody, *network_tries(request, settings, NETWORK_LIMIT, WINDOW, "go"))
    except TooMany:
        if not await out_of_tries([everybody]):
            raise
    return await count_try(*network_tries(request, settings, STRICT_LIMIT, WINDOW, "go"))


def _form(typed: str, problem: str, status: int) -> Template:
    return Template(
        "student/go/show.html", context={"values": {"code": typed}, "errors": {"code": problem}}, status_code=status
    )


routes = [show, find]
