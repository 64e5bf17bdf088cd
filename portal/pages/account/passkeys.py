"""One's own passkeys: added, renamed, removed."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Busy, Invalid, TooMany
from courses.people.attempts import Tries, count_try, give_back
from courses.people.passkey_ceremonies import begin_adding, made_passkey
from courses.people.passkeys import checked_name, rename_passkey
from courses.people.second_factors import take_passkey_into_use, take_passkey_off
from courses.people.sessions import end_other_sessions
from courses.signed_in import SignedIn
from portal.pages.account._again import LIMIT, WINDOW, ask_password
from portal.pages.account._factors_page import PATH, SETTING_UP, factors_page, show_codes
from portal.parts import Parts
from portal.settings import Settings
from portal.web.auth import session_secret
from portal.web.forms import Form, errors_at, errors_of, one
from portal.web.relying_party import needed_party
from portal.web.security import subject


@post(f"{PATH}/passkeys/challenge", status_code=200, dependencies=SETTING_UP, include_in_schema=False)
async def ask(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> dict[str, Any]:
    """By the password, what the browser is to ask of a device. Raises Invalid for `name` and `old`, TooMany, Conflict."""
    party = needed_party(parts.settings)
    checked_name(one(data, "name"))
    await ask_password(parts, person, one(data, "old"))
    return await begin_adding(party, person, session_secret(request, parts.settings) or "")


@post(f"{PATH}/passkeys", status_code=303, dependencies=SETTING_UP, include_in_schema=False)
async def add(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    settings: NamedDependency[Settings],
) -> Redirect | Template:
    """What the device has made for the challenge, which stands for the password. Other browsers are signed out."""
    party, secret = needed_party(settings), session_secret(request, settings) or ""
    try:
        counted = await count_try(Tries(subject(settings, "add-passkey", str(person.id)), LIMIT, WINDOW))
        made = await made_passkey(party, person, secret, one(data, "credential"))
        codes = await take_passkey_into_use(person, one(data, "name"), made)
    except (Invalid, TooMany) as error:
        problem = next(iter(errors_at("credential", error).values()))
        return await factors_page(request, settings, person, error, passkey_problem=problem)
    await give_back(counted)
    await end_other_sessions(person, secret)
    return await show_codes(request, settings, person, codes, "passkey")


@post(f"{PATH}/passkeys/{{passkey_id:uuid}}/name", status_code=303, dependencies=SETTING_UP, include_in_schema=False)
async def rename(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    passkey_id: FromPath[UUID],
    data: URLEncodedBody[Form],
    settings: NamedDependency[Settings],
) -> Redirect | Template:
    """To tell it from others."""
    try:
        await rename_passkey(person, passkey_id, one(data, "name"))
    except Invalid as error:
        shown = {"changed_passkey": passkey_id, "passkey_errors": errors_of(error)}
        return await factors_page(request, settings, person, error, **shown)
    return Redirect(f"{PATH}?done=passkey-name#passkeys", status_code=303)


@post(f"{PATH}/passkeys/{{passkey_id:uuid}}/removal", status_code=303, dependencies=SETTING_UP, include_in_schema=False)
async def remove(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    passkey_id: FromPath[UUID],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """By the password. Other browsers are signed out."""
    settings = parts.settings
    try:
        await ask_password(parts, person, one(data, "old"))
    except (Invalid, TooMany, Busy) as error:
        shown = {"changed_passkey": passkey_id, "passkey_errors": errors_at("old", error)}
        return await factors_page(request, settings, person, error, **shown)
    await take_passkey_off(person, passkey_id)
    await end_other_sessions(person, session_secret(request, settings) or "")
    return Redirect(f"{PATH}?done=passkey-off#passkeys", status_code=303)


routes = [ask, add, rename, remove]
