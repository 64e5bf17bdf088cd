"""Sign in and out."""

from datetime import timedelta
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import SignInFailed, TooMany
from courses.people.accounts import sign_in
from courses.people.attempts import check_attempts, forget_attempts, record_attempt
from courses.people.sessions import end_session
from portal.i18n import gettext as _
from portal.i18n import say
from portal.settings import Settings
from portal.web.auth import SESSION, maybe_person, session_secret, start_session
from portal.web.errors import status_of
from portal.web.forms import Form, one
from portal.web.security import local_path, private_cookie, subject

#: failures of one account from one address, and from one address in all, before it must wait; a school is one address
ACCOUNT_LIMIT, ADDRESS_LIMIT, WINDOW = 10, 300, timedelta(minutes=15)


@get("/sign-in", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], next: FromQuery[str] = "/courses"
) -> Template | Redirect:
    """The form; who is signed in goes on."""
    if await maybe_person(request, settings):
        return Redirect(local_path(next, "/courses"), status_code=303)
    done = _("You are signed out.") if request.query_params.get("done") == "out" else ""
    context = {"next": local_path(next, "/courses"), "values": {}, "problem": "", "done": done}
    return Template("account/sign_in/show.html", context=context)


@post("/sign-in", status_code=303, include_in_schema=False)
async def sign_in_here(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Redirect | Template:
    """Check the password; guessing is slowed down for the guesser, not for the account."""
    email, target = one(data, "email").strip().lower(), local_path(one(data, "next"), "/courses")
    address = request.client.host if request.client else ""
    subjects = {
        subject(settings, "sign-in", address, email): ACCOUNT_LIMIT,
        subject(settings, "sign-in", address): ADDRESS_LIMIT,
    }
    try:
        for name, limit in subjects.items():
            await check_attempts(name, limit, WINDOW)
        person = await sign_in(email, one(data, "password"))
    except (SignInFailed, TooMany) as error:
        if isinstance(error, SignInFailed):
            for name in subjects:
                await record_attempt(name)
        context = {"next": target, "values": {"email": email}, "problem": say(error.message), "done": ""}
        return Template("account/sign_in/show.html", context=context, status_code=status_of(error))
    await forget_attempts(next(iter(subjects)))
    return await start_session(request, settings, person, target)


@post("/sign-out", status_code=303, include_in_schema=False)
async def sign_out(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Redirect:
    """End the session on the server, and forget it in the browser."""
    secret = session_secret(request, settings)
    if secret:
        await end_session(secret)
    answer = Redirect("/sign-in", query_params={"done": "out"}, status_code=303)
    answer.set_cookie(private_cookie(SESSION, "", settings, max_age=0))
    return answer


@get("/", include_in_schema=False)
async def home() -> Redirect:
    """Instructors start at their courses."""
    return Redirect("/courses", status_code=303)


routes = [home, show, sign_in_here, sign_out]
