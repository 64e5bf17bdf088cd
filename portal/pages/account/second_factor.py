"""One's own second factor: set up, recovery codes, turned off."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template
from markupsafe import Markup

from courses.errors import Invalid
from courses.people.accounts import has_password
from courses.people.attempts import Tries, count_try, give_back
from courses.people.authenticator_apps import app_address, begin_app, secret_to_confirm
from courses.people.second_factors import factors_of, renew_codes, take_app_into_use, turn_app_off
from courses.people.sessions import end_other_sessions
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.pages.account._again import LIMIT, WINDOW, ask_password
from portal.parts import Parts
from portal.settings import Settings
from portal.web.auth import session_secret, setting_up
from portal.web.forms import Form, errors_of, no_errors, one
from portal.web.security import subject
from print.codes import encode_setup, svg

PATH = "/account/second-factor"
#: also for those who have to set one up before anything else
SETTING_UP = {"person": Provide(setting_up)}


@get(PATH, dependencies=SETTING_UP, include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn], settings: NamedDependency[Settings], done: FromQuery[str] = ""
) -> Template:
    """What there is, and the next step."""
    return await _page(settings, person, done=done)


@post(f"{PATH}/app", status_code=303, dependencies=SETTING_UP, include_in_schema=False)
async def begin(person: NamedDependency[SignedIn], settings: NamedDependency[Settings]) -> Redirect:
    """A new secret for an app to learn."""
    await begin_app(settings.keyring, person)
    return Redirect(f"{PATH}#app", status_code=303)


@post(f"{PATH}/app/confirmation", status_code=200, dependencies=SETTING_UP, include_in_schema=False)
async def confirm(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Template:
    """By the password and a first code; shows the recovery codes, for the only time. Other browsers are signed out."""
    settings = parts.settings
    try:
        await ask_password(parts, person, one(data, "old"))
        counted = await count_try(Tries(subject(settings, "confirm-app", str(person.id)), LIMIT, WINDOW))
        codes = await take_app_into_use(settings.keyring, person, one(data, "code"))
    except Invalid as error:
        return await _page(settings, person, 422, app_errors=errors_of(error))
    await give_back(counted)
    await end_other_sessions(person, session_secret(request, settings) or "")
    return await _page(settings, person, codes=codes, done="app")


@post(f"{PATH}/app/removal", status_code=303, dependencies=SETTING_UP, include_in_schema=False)
async def remove(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """Turn the app off, by the password and a code."""
    settings = parts.settings
    try:
        await ask_password(parts, person, one(data, "old"))
        counted = await count_try(Tries(subject(settings, "app-code", str(person.id)), LIMIT, WINDOW))
        await turn_app_off(settings.keyring, person, one(data, "code"))
    except Invalid as error:
        return await _page(settings, person, 422, off_errors=errors_of(error))
    await give_back(counted)
    await end_other_sessions(person, session_secret(request, settings) or "")
    return Redirect(PATH, query_params={"done": "off"}, status_code=303)


@post(f"{PATH}/recovery-codes", status_code=200, dependencies=SETTING_UP, include_in_schema=False)
async def make_codes(
    person: NamedDependency[SignedIn], data: URLEncodedBody[Form], parts: NamedDependency[SkipValidation[Parts]]
) -> Template:
    """New ones, by the password; the old ones are good no more."""
    settings = parts.settings
    try:
        await ask_password(parts, person, one(data, "old"))
    except Invalid as error:
        return await _page(settings, person, 422, code_errors=errors_of(error))
    return await _page(settings, person, codes=await renew_codes(person), done="codes")


async def _page(settings: Settings, person: SignedIn, status_code: int = 200, **more: Any) -> Template:
    secret = await secret_to_confirm(settings.keyring, person)
    address = app_address(secret, person.email, f"Lessonlink {settings.host.partition(':')[0]}") if secret else ""
    context = {
        "person": person, "factors": await factors_of(person.id), "has_password": await has_password(person),
        "asked": settings.asks_second_factor(person.admin), "done": "", "codes": [], "address": address,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else "",
        "drawing": Markup(svg(encode_setup(address), _("QR code for your authenticator app"))) if address else "",  # noqa: S704 -- made here
        "app_errors": no_errors(), "off_errors": no_errors(), "code_errors": no_errors(),
    }  # fmt: skip
    return Template("account/second_factor/show.html", context=context | more, status_code=status_code)


routes = [show, begin, confirm, remove, make_codes]
