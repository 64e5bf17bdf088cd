"""The second page of the sign-in: a code of the app, or a recovery code."""

from datetime import timedelta
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Invalid, TooMany
from courses.people.attempts import Tries, count_try, give_back
from courses.people.second_factors import check_code, factors_of, is_recovery_code
from portal.i18n import say
from portal.settings import Settings
from portal.web.bodies import FORM_LIMIT
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, errors_of, one
from portal.web.half_way import HalfWay, all_the_way, who_is_half_way
from portal.web.networks import network_tries
from portal.web.security import subject
from portal.web.security_events import try_for

#: wrong codes of one account, in each window and each day: of a million codes three are right at a time
LIMIT, WINDOW = 5, timedelta(minutes=15)
DAY_LIMIT, DAY = 30, timedelta(days=1)
#: and of one network, whoever's
NETWORK_LIMIT = 100


@get("/sign-in/second-factor", include_in_schema=False)
async def show(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Template | Redirect:
    """Asks who has given the password; anybody else begins at the first page."""
    who = await who_is_half_way(request, settings)
    return await _page(who) if who else _first_page()


@post("/sign-in/second-factor", status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def take(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Redirect | Template:
    """Let in who has it. A code is counted before it is looked at; recovery codes by themselves, as nobody guesses one."""
    who = await who_is_half_way(request, settings)
    if who is None:
        return _first_page()
    try_for(request, who.person.id)
    code = one(data, "code")
    kind = "recovery-code" if is_recovery_code(code) else "app-code"
    allowed = (
        Tries(subject(settings, kind, str(who.person.id)), LIMIT, WINDOW),
        Tries(subject(settings, kind, "day", str(who.person.id)), DAY_LIMIT, DAY),
        *network_tries(request, settings, NETWORK_LIMIT, WINDOW, "second-factors"),
    )
    try:
        counted = await count_try(*allowed)
        await check_code(settings.keyring, who.person, code)
    except Invalid as error:
        return await _page(who, 422, errors_of(error)["code"])
    except TooMany as error:
        return await _page(who, status_of(error), say(error.message), retry_after(error))
    await give_back(counted)
    return await all_the_way(request, settings, who.person, who.target)


def _first_page() -> Redirect:
    return Redirect("/sign-in", query_params={"next": "/courses", "done": "late"}, status_code=303)


async def _page(
    who: HalfWay, status_code: int = 200, problem: str = "", headers: dict[str, str] | None = None
) -> Template:
    context = {"email": who.person.email, "factors": await factors_of(who.person.id), "problem": problem}
    return Template("account/second_step/show.html", context=context, status_code=status_code, headers=headers)


routes = [show, take]
