"""One's own account: name, language, password, sessions, API keys."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template

from courses.audit import entries_of_account
from courses.errors import Busy, CourseError, Invalid, Message, TooMany
from courses.people.accounts import change_account, change_password, has_password
from courses.people.api_keys import create_api_key, end_api_key, keys_of
from courses.people.second_factors import factors_of
from courses.people.sessions import end_other_sessions, end_session_of, sessions_of
from courses.signed_in import SignedIn
from portal.i18n import LANGUAGES, language_cookie
from portal.pages.account._again import ask_again, ask_password
from portal.pages.account._leaving import signed_out
from portal.parts import Parts
from portal.settings import Settings
from portal.web.auth import session_secret, start_session
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, errors_at, errors_of, no_errors, one
from portal.web.leaked_passwords import refuse_leaked
from portal.web.shown_once import show_once, still_to_keep
from portal.words.audit_log import lines

#: days that a new key may be good for, and for which it is where nothing is chosen; "0" is without end
KEY_LIFE = timedelta(days=365)
KEY_LIVES = {"30": timedelta(days=30), "90": timedelta(days=90), "365": KEY_LIFE, "0": None}
KEYS = "/account#keys"
#: entries of the log that the page shows
TRAIL = 10


@get("/account", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    done: FromQuery[str] = "",
) -> Template:
    """All of it on one page."""
    return await _page(request, settings, person, done=done)


@post("/account", status_code=303, include_in_schema=False)
async def update(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    settings: NamedDependency[Settings],
) -> Redirect | Template:
    """Change name and language."""
    name, language = one(data, "name"), one(data, "language")
    try:
        changed = await change_account(person, name, language if language in LANGUAGES else None)
    except Invalid as error:
        values = {"name": name, "language": language}
        return await _page(request, settings, person, error, values=values, errors=errors_of(error))
    answer = Redirect("/account", query_params={"done": "saved"}, status_code=303)
    answer.set_cookie(language_cookie(changed.language or "", settings.https))
    return answer


@post("/account/password", status_code=303, include_in_schema=False)
async def update_password(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """Set a new password: every session ends, and this browser gets a new one. Whoever has a password says it first."""
    settings, new, keep = parts.settings, one(data, "password"), one(data, "keep_keys") == "yes"
    try:
        if new != one(data, "again"):
            raise Invalid({"again": Message("The two new passwords differ.")})
        await refuse_leaked(settings, new)
        async with parts.password_hashes.turn(str(person.id)) as hashing:
            if await has_password(person):
                await ask_again(settings, person, one(data, "old"), hashing)
            await change_password(person, new, hashing, keep)
    except (Invalid, TooMany, Busy) as error:
        return await _page(request, settings, person, error, password_errors=errors_at("old", error))
    return await start_session(request, settings, person, f"/account?done=password{'-kept' if keep else ''}")


@post("/account/sessions/{session_id:uuid}/end", status_code=303, include_in_schema=False)
async def end_one(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    session_id: FromPath[UUID],
    settings: NamedDependency[Settings],
) -> Redirect:
    """Sign one browser out; this one is then at the sign-in, and forgets what it has kept."""
    mine = await sessions_of(person, session_secret(request, settings) or "")
    await end_session_of(person, session_id)
    if any(session.here and session.id == session_id for session in mine):
        return signed_out(request, settings)
    return _back("session", "sessions")


@post("/account/sessions/end", status_code=303, include_in_schema=False)
async def end_others(
    request: Request[Any, Any, Any], person: NamedDependency[SignedIn], settings: NamedDependency[Settings]
) -> Redirect:
    """Sign all other browsers out."""
    await end_other_sessions(person, session_secret(request, settings) or "")
    return _back("sessions", "sessions")


@post("/account/keys", status_code=303, include_in_schema=False)
async def make_key(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """Make a key, which is shown once: what is stored is its hash. Whoever has a password says it again."""
    settings, name = parts.settings, one(data, "key_name")
    typed = {"key_name": name, "key_scope": one(data, "key_scope"), "key_days": one(data, "key_days")}
    try:
        await ask_password(parts, person, one(data, "key_old"))
        key = await create_api_key(person, name, typed["key_scope"], KEY_LIVES.get(typed["key_days"], KEY_LIFE))
    except (Invalid, TooMany, Busy) as error:
        errors = no_errors() | {f"key_{field}": text for field, text in errors_at("old", error).items()}
        return await _page(request, settings, person, error, key_values=typed, key_errors=errors)
    return await show_once(request, settings, person, "key", KEYS, {"name": name, "value": key})


@post("/account/keys/{key_id:uuid}/end", status_code=303, include_in_schema=False)
async def end_key(person: NamedDependency[SignedIn], key_id: FromPath[UUID]) -> Redirect:
    """A program with this key gets in no more."""
    await end_api_key(person, key_id)
    return _back("key", "keys")


def _back(done: str, place: str) -> Redirect:
    return Redirect(f"/account?done={done}#{place}", status_code=303)


async def _page(
    request: Request[Any, Any, Any], settings: Settings, person: SignedIn, error: CourseError | None = None, **more: Any
) -> Template:
    context = {
        "person": person, "done": "", "errors": no_errors(), "password_errors": no_errors(),
        "values": {"name": person.name, "language": person.language or ""},
        "sessions": await sessions_of(person, session_secret(request, settings) or ""),
        "keys": await keys_of(person), "key_values": {"key_scope": "read", "key_days": "365"},
        "has_password": await has_password(person), "key_errors": no_errors(),
        "to_keep": await still_to_keep(request, settings, person, KEYS),
        "factors": await factors_of(person.id),
        "trail": await lines(settings, await entries_of_account(person.id, TRAIL)),
    }  # fmt: skip
    status, headers = (status_of(error), retry_after(error)) if error else (200, None)
    return Template("account/account/show.html", context=context | more, status_code=status, headers=headers)


routes = [show, update, update_password, end_one, end_others, make_key, end_key]
