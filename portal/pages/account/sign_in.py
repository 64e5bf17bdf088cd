"""Sign in and out."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Busy, SignInFailed, TooMany
from courses.people.accounts import account_of, sign_in
from courses.people.attempts import count_try, give_back
from courses.people.sessions import end_session
from portal.i18n import gettext as _
from portal.i18n import say
from portal.pages.account._leaving import signed_out
from portal.pages.account._sign_in_page import NETWORK_LIMIT, WINDOW, sign_in_page
from portal.parts import Parts
from portal.settings import Settings
from portal.web.auth import maybe_person, session_secret
from portal.web.bodies import FORM_LIMIT
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, one
from portal.web.half_way import let_in
from portal.web.networks import network_tries, visitor_line
from portal.web.security import local_path
from portal.web.security_events import try_for

#: failures of one account from one network before it must wait
ACCOUNT_LIMIT = 10


@get("/sign-in", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], next: FromQuery[str] = "/today"
) -> Template | Redirect:
    """The form; who is signed in goes on."""
    if await maybe_person(request, settings):
        return Redirect(local_path(next, "/today"), status_code=303)
    word = request.query_params.get("done")
    done = _("You are signed out.") if word == "out" else ""
    problem = _("That took too long, or your password has changed. Please sign in again.") if word == "late" else ""
    return sign_in_page(settings, local_path(next, "/today"), problem=problem, done=done)


@post("/sign-in", status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def sign_in_here(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], parts: NamedDependency[SkipValidation[Parts]]
) -> Redirect | Template:
    """Check the password; guessing is slowed down for the guesser, not for the account."""
    settings = parts.settings
    email, target = one(data, "email").strip().lower(), local_path(one(data, "next"), "/today")
    allowed = (
        *network_tries(request, settings, ACCOUNT_LIMIT, WINDOW, "sign-in", email),
        *network_tries(request, settings, NETWORK_LIMIT, WINDOW, "sign-ins"),
    )
    try:
        async with parts.password_hashes.turn(visitor_line(request)) as hashing:
            counted = await count_try(*allowed)
            person = await sign_in(email, one(data, "password"), hashing)
    except (SignInFailed, TooMany, Busy) as error:
        try_for(request, await account_of(email))
        typed = {"email": email}
        return sign_in_page(
            settings, target, status_of(error), retry_after(error), values=typed, problem=say(error.message)
        )
    await give_back(counted)
    return await let_in(request, settings, person, target)


@post("/sign-out", status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def sign_out(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Redirect:
    """End the session on the server, and forget in the browser what it has kept of it."""
    await maybe_person(request, settings)  # who, for the security log
    secret = session_secret(request, settings)
    if secret:
        await end_session(secret)
    return signed_out(request, settings)


@get("/", include_in_schema=False)
async def home() -> Redirect:
    """Teachers start at what there is to do today."""
    return Redirect("/today", status_code=303)


routes = [home, show, sign_in_here, sign_out]
