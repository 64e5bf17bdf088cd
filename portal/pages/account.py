"""One's own account: name, language, password."""

from datetime import timedelta
from typing import Any

from litestar import Request, get, post
from litestar.datastructures.cookie import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.attempts import check_attempts, forget_attempts, record_attempt
from courses.errors import Invalid, Message
from courses.people import SignedIn, change_account, change_password
from portal.auth import start_session
from portal.forms import Form, errors_of, no_errors, one
from portal.i18n import COOKIE, LANGUAGES, language_cookie
from portal.security import subject
from portal.settings import Settings

#: wrong present passwords before the form must wait: whoever sits down at an open browser guesses no further
LIMIT, WINDOW = 10, timedelta(minutes=15)


@get("/account", include_in_schema=False)
async def show(person: NamedDependency[SignedIn], done: FromQuery[str] = "") -> Template:
    """The two forms."""
    return _page(person, done=done)


@post("/account", status_code=303, include_in_schema=False)
async def update(
    person: NamedDependency[SignedIn], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Redirect | Template:
    """Change name and language."""
    name, language = one(data, "name"), one(data, "language")
    try:
        changed = await change_account(person, name, language if language in LANGUAGES else None)
    except Invalid as error:
        return _page(person, 422, values={"name": name, "language": language}, errors=errors_of(error))
    answer = Redirect("/account", query_params={"done": "saved"}, status_code=303)
    if changed.language:
        answer.set_cookie(language_cookie(changed.language, settings.https))
    else:
        answer.set_cookie(
            Cookie(COOKIE, value="", path="/", max_age=0, secure=settings.https, samesite="lax", httponly=True)
        )
    return answer


@post("/account/password", status_code=303, include_in_schema=False)
async def update_password(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    settings: NamedDependency[Settings],
) -> Redirect | Template:
    """Set a new password: every session ends, and this browser gets a new one."""
    guesser = subject(settings, "password", str(person.id))
    await check_attempts(guesser, LIMIT, WINDOW)
    new = one(data, "password")
    try:
        if new != one(data, "again"):
            raise Invalid({"again": Message("The two new passwords differ.")})
        await change_password(person, one(data, "old"), new)
    except Invalid as error:
        if "old" in error.fields:
            await record_attempt(guesser)
        return _page(person, 422, password_errors=errors_of(error))
    await forget_attempts(guesser)
    return await start_session(request, settings, person, "/account?done=password")


def _page(person: SignedIn, status_code: int = 200, **more: Any) -> Template:
    context = {
        "person": person, "done": "", "errors": no_errors(), "password_errors": no_errors(),
        "values": {"name": person.name, "language": person.language or ""},
    }  # fmt: skip
    return Template("account/show.html", context=context | more, status_code=status_code)


routes = [show, update, update_password]
