"""The second page of the sign-in: a passkey, a code of the app, or a recovery code."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Invalid, SignInNeeded, TooMany
from courses.people.attempts import Tries, count_try, give_back
from courses.people.passkey_ceremonies import PasskeyCopied, begin_using, use_passkey
from courses.people.second_factors import check_code, factors_of, is_recovery_code
from portal.i18n import say
from portal.settings import Settings
from portal.web.bodies import FORM_LIMIT
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, errors_of, one
from portal.web.half_way import HalfWay, all_the_way, who_is_half_way
from portal.web.networks import network_tries
from portal.web.relying_party import needed_party, relying_party
from portal.web.security import subject
from portal.web.security_events import note, try_for

PATH = "/sign-in/second-factor"
#: wrong codes of one account, in each window and each day: of a million codes three are right at a time
LIMIT, WINDOW = 5, timedelta(minutes=15)
DAY_LIMIT, DAY = 30, timedelta(days=1)
#: and of one network, whoever's
NETWORK_LIMIT = 100


@get(PATH, include_in_schema=False)
async def show(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Template | Redirect:
    """Asks who has given the password; anybody else begins at the first page."""
    who = await who_is_half_way(request, settings)
    return await _page(settings, who) if who else _first_page()


@post(PATH, status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def take(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Redirect | Template:
    """Let in who has it. A code is counted before it is looked at; recovery codes by themselves, as nobody guesses one."""
    who = await who_is_half_way(request, settings)
    if who is None:
        return _first_page()
    code = one(data, "code")
    kind = "recovery-code" if is_recovery_code(code) else "app-code"
    return await _let_in(request, settings, who, kind, lambda: check_code(settings.keyring, who.person, code))


@post(f"{PATH}/challenge", status_code=200, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def ask_passkey(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> dict[str, Any]:
    """What the browser is to ask of a device. Raises SignInNeeded, Conflict."""
    who = await who_is_half_way(request, settings)
    if who is None:
        raise SignInNeeded
    return await begin_using(needed_party(settings), who.person, who.cookie)


@post(f"{PATH}/passkey", status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def take_passkey(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Redirect | Template:
    """Let in whose device has signed the challenge."""
    who = await who_is_half_way(request, settings)
    if who is None:
        return _first_page()
    party, answer = needed_party(settings), one(data, "credential")
    return await _let_in(request, settings, who, "passkey", lambda: use_passkey(party, who.person, who.cookie, answer))


async def _let_in(
    request: Request[Any, Any, Any],
    settings: Settings,
    who: HalfWay,
    kind: str,
    check: Callable[[], Awaitable[object]],
) -> Redirect | Template:
    """On with a session where `check` finds nothing; a try at this kind of factor is counted before."""
    try_for(request, who.person.id)
    allowed = (
        Tries(subject(settings, kind, str(who.person.id)), LIMIT, WINDOW),
        Tries(subject(settings, kind, "day", str(who.person.id)), DAY_LIMIT, DAY),
        *network_tries(request, settings, NETWORK_LIMIT, WINDOW, "second-factors"),
    )
    try:
        counted = await count_try(*allowed)
        await check()
    except Invalid as error:
        if isinstance(error, PasskeyCopied):
            note(request, "passkey_copied")
        return await _page(settings, who, 422, next(iter(errors_of(error).values())))
    except TooMany as error:
        return await _page(settings, who, status_of(error), say(error.message), retry_after(error))
    await give_back(counted)
    return await all_the_way(request, settings, who.person, who.target)


def _first_page() -> Redirect:
    return Redirect("/sign-in", query_params={"next": "/today", "done": "late"}, status_code=303)


async def _page(
    settings: Settings, who: HalfWay, status_code: int = 200, problem: str = "", headers: dict[str, str] | None = None
) -> Template:
    factors = await factors_of(who.person.id)
    context = {
        "email": who.person.email, "factors": factors, "problem": problem, "site": settings.public_url,
        "passkey_here": factors.passkey and relying_party(settings) is not None,
    }  # fmt: skip
    return Template("account/second_step/show.html", context=context, status_code=status_code, headers=headers)


routes = [show, take, ask_passkey, take_passkey]
