"""Sign in by a passkey alone: the device has asked for finger, face or PIN, so that it is two factors in one."""

import secrets
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Invalid, TooMany
from courses.people.attempts import count_try, give_back
from courses.people.passkey_ceremonies import PasskeyCopied, begin_using, use_passkey
from courses.people.passkey_challenges import LIFE
from portal.i18n import say
from portal.pages.account._sign_in_page import NETWORK_LIMIT, WINDOW, sign_in_page
from portal.settings import Settings
from portal.web.auth import start_session
from portal.web.bodies import FORM_LIMIT
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, errors_of, one
from portal.web.networks import network_tries
from portal.web.relying_party import needed_party
from portal.web.security import cookie_name, local_path, private_cookie
from portal.web.security_events import note

PATH = "/sign-in/passkey"
#: says which browser was asked; it opens nothing
COOKIE = "passkey"


@post(f"{PATH}/challenge", status_code=200, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def ask(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Response[dict[str, Any]]:
    """What the browser is to ask of a device. Raises Conflict, TooMany."""
    party, browser = needed_party(settings), secrets.token_urlsafe(32)
    await count_try(*network_tries(request, settings, NETWORK_LIMIT, WINDOW, "passkey-challenges"))
    cookie = private_cookie(COOKIE, browser, settings, max_age=int(LIFE.total_seconds()))
    return Response(await begin_using(party, None, browser), cookies=[cookie])


@post(PATH, status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def take(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Redirect | Template:
    """Let in whose device has signed the challenge; a try is counted with those of passwords."""
    party, target = needed_party(settings), local_path(one(data, "next"), "/today")
    browser = request.cookies.get(cookie_name(COOKIE, settings), "")
    try:
        counted = await count_try(*network_tries(request, settings, NETWORK_LIMIT, WINDOW, "sign-ins"))
        person = await use_passkey(party, None, browser, one(data, "credential"))
    except Invalid as error:
        if isinstance(error, PasskeyCopied):
            note(request, "passkey_copied")
        return sign_in_page(settings, target, 422, problem=next(iter(errors_of(error).values())))
    except TooMany as error:
        return sign_in_page(settings, target, status_of(error), retry_after(error), problem=say(error.message))
    await give_back(counted)
    answer = await start_session(request, settings, person, target)
    answer.set_cookie(private_cookie(COOKIE, "", settings, max_age=0))
    return answer


routes = [ask, take]
