"""A forgotten password: ask for a mail, and set a new one by its link. Nobody learns here who has an account."""

from datetime import timedelta
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Busy, CourseError, Invalid, NotFound, TooMany
from courses.people.accounts import checked_address
from courses.people.attempts import count_try
from courses.people.forgotten_passwords import reset_email, reset_password
from portal.i18n import say
from portal.parts import Parts
from portal.settings import Settings
from portal.web.bodies import FORM_LIMIT
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, errors_at, errors_of, no_errors, one
from portal.web.half_way import let_in
from portal.web.leaked_passwords import refuse_leaked
from portal.web.networks import network_tries

PATH = "/forgotten-password"
#: mails that one network asks for in an hour; a school may be one
LIMIT, WINDOW = 30, timedelta(hours=1)


@get(PATH, include_in_schema=False)
async def show(settings: NamedDependency[Settings], done: FromQuery[str] = "") -> Template:
    """The form; without a mail server, whom to ask."""
    return _page(settings, done=done)


@post(PATH, status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def ask(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], parts: NamedDependency[SkipValidation[Parts]]
) -> Redirect | Template:
    """The same answer after the same work, whoever's the address is."""
    settings = parts.settings
    if not settings.smtp_url:
        raise NotFound
    values = {"email": one(data, "email")}
    try:
        email = checked_address(values["email"])
        await count_try(*network_tries(request, settings, LIMIT, WINDOW, "reset-mails"))
    except Invalid as error:
        return _page(settings, 422, values=values, errors=errors_of(error))
    except TooMany as error:
        return _page(settings, status_of(error), retry_after(error), values=values, problem=say(error.message))
    parts.reset_mails.ask_for(email)
    return Redirect(PATH, query_params={"done": "asked"}, status_code=303)


@get(f"{PATH}/{{secret:str}}", include_in_schema=False)
async def show_new(secret: FromPath[str]) -> Template:
    """Asks for the new password; used or too old is 410."""
    return _new(await reset_email(secret))


@post(f"{PATH}/{{secret:str}}", status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def set_new(
    request: Request[Any, Any, Any],
    secret: FromPath[str],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """Set it and sign in; a second factor is asked for as ever."""
    email, password = await reset_email(secret), one(data, "password")
    try:
        await refuse_leaked(parts.settings, password)
        async with parts.password_hashes.turn(secret) as hashing:
            person = await reset_password(secret, password, hashing)
    except (Invalid, Busy) as error:
        return _new(email, error)
    return await let_in(request, parts.settings, person, "/account?done=password")


def _page(settings: Settings, status_code: int = 200, headers: dict[str, str] | None = None, **more: Any) -> Template:
    context = {"by_mail": bool(settings.smtp_url), "done": "", "values": {}, "errors": no_errors(), "problem": ""}
    return Template("account/forgotten/show.html", context=context | more, status_code=status_code, headers=headers)


def _new(email: str, error: CourseError | None = None) -> Template:
    status, headers = (status_of(error), retry_after(error)) if error else (200, None)
    context = {"email": email, "errors": errors_at("password", error)}
    return Template("account/forgotten/new.html", context=context, status_code=status, headers=headers)


routes = [show, ask, show_new, set_new]
