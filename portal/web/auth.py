"""Who acts: a session's cookie on pages, a key in the management API."""

from dataclasses import replace
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.response import Redirect

from courses.errors import SecondFactorNeeded, SignInNeeded
from courses.people.api_keys import api_key_person
from courses.people.second_factors import has_factor
from courses.people.sessions import end_session, open_session, session_person
from courses.signed_in import SignedIn
from portal.i18n import language_cookie
from portal.settings import Settings
from portal.web.browsers import browser_name
from portal.web.security import cookie_name, private_cookie
from portal.workers.asker import working_for

SESSION = "session"
#: methods that change nothing
READING = ("GET", "HEAD", "OPTIONS")


def session_secret(request: Request[Any, Any, Any], settings: Settings) -> str | None:
    """What the browser's session cookie holds."""
    return request.cookies.get(cookie_name(SESSION, settings))


async def maybe_person(request: Request[Any, Any, Any], settings: Settings, seen: bool = True) -> SignedIn | None:
    """Who is signed in, or None; without `seen` it is no sign of somebody in front of the page."""
    secret = session_secret(request, settings)
    person = await session_person(secret, seen) if secret else None
    if person is not None:
        working_for(person.id)
    return person


async def signed_in(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> SignedIn:
    """Who is signed in, with a second factor where one is asked of them. Raises SignInNeeded, SecondFactorNeeded."""
    return await _with_factor(settings, await setting_up(request, settings))


async def setting_up(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> SignedIn:
    """The same for those too who have none yet; looked up once a request, before a form is read. Raises SignInNeeded."""
    known: SignedIn | None = request.scope.get("user")
    person = known or await maybe_person(request, settings)
    if person is None:
        raise SignInNeeded
    request.scope["user"] = person
    return person


async def looking_on(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> SignedIn:
    """As `signed_in`, for what a page asks by itself, which keeps no session alive. Raises as that."""
    person = await maybe_person(request, settings, seen=False)
    if person is None:
        raise SignInNeeded
    return await _with_factor(settings, person)


async def key_holder(request: ASGIConnection[Any, Any, Any, Any]) -> SignedIn:
    """Whose API key the request brings; to read needs less than to change. Raises SignInNeeded, NotAllowed."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    needs = "read" if request.scope.get("method") in READING else "write"
    person = await api_key_person(key.strip(), needs) if scheme.lower() == "bearer" else None
    if person is None:
        raise SignInNeeded
    working_for(person.id)
    return replace(person, via="api")


async def start_session(request: Request[Any, Any, Any], settings: Settings, person: SignedIn, target: str) -> Redirect:
    """A new session, whatever the browser brought, and on to `target`."""
    old = session_secret(request, settings)
    if old:
        await end_session(old)
    working_for(person.id)
    secret = await open_session(person, browser_name(request.headers.get("user-agent", "")))
    answer = Redirect(target, status_code=303)
    answer.set_cookie(private_cookie(SESSION, secret, settings))
    if person.language:
        answer.set_cookie(language_cookie(person.language, settings.https))
    return answer


async def _with_factor(settings: Settings, person: SignedIn) -> SignedIn:
    if settings.asks_second_factor(person.admin) and not await has_factor(person.id):
        raise SecondFactorNeeded
    return person
