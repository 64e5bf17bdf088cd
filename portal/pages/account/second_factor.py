"""One's own second factor: what there is, the app set up and turned off, recovery codes."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Busy, Invalid, TooMany
from courses.people.attempts import Tries, count_try, give_back
from courses.people.authenticator_apps import begin_app
from courses.people.second_factors import renew_codes, take_app_into_use, turn_app_off
from courses.people.sessions import end_other_sessions
from courses.signed_in import SignedIn
from portal.pages.account._again import LIMIT, WINDOW, ask_password
from portal.pages.account._factors_page import PATH, SETTING_UP, factors_page, show_codes
from portal.parts import Parts
from portal.settings import Settings
from portal.web.auth import session_secret
from portal.web.forms import Form, errors_at, one
from portal.web.security import subject


@get(PATH, dependencies=SETTING_UP, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    done: FromQuery[str] = "",
) -> Template:
    """What there is, and the next step."""
    return await factors_page(request, settings, person, done=done)


@post(f"{PATH}/app", status_code=303, dependencies=SETTING_UP, include_in_schema=False)
async def begin(person: NamedDependency[SignedIn], settings: NamedDependency[Settings]) -> Redirect:
    """A new secret for an app to learn."""
    await begin_app(settings.keyring, person)
    return Redirect(f"{PATH}#app", status_code=303)


@post(f"{PATH}/app/confirmation", status_code=303, dependencies=SETTING_UP, include_in_schema=False)
async def confirm(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """By the password and a first code; the recovery codes are shown once. Other browsers are signed out."""
    settings = parts.settings
    try:
        await ask_password(parts, person, one(data, "old"))
        counted = await count_try(Tries(subject(settings, "confirm-app", str(person.id)), LIMIT, WINDOW))
        codes = await take_app_into_use(settings.keyring, person, one(data, "code"))
    except (Invalid, TooMany, Busy) as error:
        return await factors_page(request, settings, person, error, app_errors=errors_at("old", error))
    await give_back(counted)
    await end_other_sessions(person, session_secret(request, settings) or "")
    return await show_codes(request, settings, person, codes, "app")


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
    except (Invalid, TooMany, Busy) as error:
        return await factors_page(request, settings, person, error, off_errors=errors_at("old", error))
    await give_back(counted)
    await end_other_sessions(person, session_secret(request, settings) or "")
    return Redirect(PATH, query_params={"done": "off"}, status_code=303)


@post(f"{PATH}/recovery-codes", status_code=303, dependencies=SETTING_UP, include_in_schema=False)
async def make_codes(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """New ones, by the password; the old ones are good no more."""
    settings = parts.settings
    try:
        await ask_password(parts, person, one(data, "old"))
    except (Invalid, TooMany, Busy) as error:
        return await factors_page(request, settings, person, error, code_errors=errors_at("old", error))
    return await show_codes(request, settings, person, await renew_codes(person), "codes")


routes = [show, begin, confirm, remove, make_codes]
