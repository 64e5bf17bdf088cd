"""Who may sign in: admins invite people and end their access; nobody else knows of this page."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Invalid, NotFound
from courses.people.access import end_access, give_access_back, known_people, list_people, open_invitations
from courses.people.accounts import invite
from courses.people.credentials import sign_out_everywhere
from courses.signed_in import SignedIn
from portal.settings import Settings
from portal.web.forms import Form, errors_of, no_errors, one
from portal.web.shown_once import show_once, still_to_keep
from portal.web.typed import read_id, read_page

PEOPLE = "/people"


@get("/people", include_in_schema=False)
async def index(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    done: FromQuery[str] = "",
    about: FromQuery[str] = "",
    q: FromQuery[str] = "",
    page: FromQuery[str] = "",
) -> Template:
    """Everybody with an account, or who is looked for, and the open invitations."""
    _admins_only(person)
    known = await known_people({found}) if (found := read_id(about)) else []
    said: dict[str, Any] = {"done": done, "about": next(iter(known), None)}
    return await _page(request, settings, person, search=q, number=read_page(page), **said)


@post("/people/invitations", status_code=303, include_in_schema=False)
async def create_invitation(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    data: URLEncodedBody[Form],
    settings: NamedDependency[Settings],
) -> Redirect | Template:
    """Make a one-use link, which is shown once: what is stored is its hash."""
    _admins_only(person)
    email, admin = one(data, "email"), one(data, "admin") == "yes"
    try:
        secret = await invite(email, admin, by=person)
    except Invalid as error:
        values = {"email": email, "admin": admin}
        return await _page(request, settings, person, 422, values=values, errors=errors_of(error))
    address = f"{settings.public_url}/invitations/{secret}"
    return await show_once(
        request, settings, person, "invitation", PEOPLE, {"email": email.strip().lower(), "value": address}
    )


@post("/people/{person_id:uuid}/disable", status_code=303, include_in_schema=False)
async def disable(person: NamedDependency[SignedIn], person_id: FromPath[UUID]) -> Redirect:
    """End somebody's access; the notice offers to undo it."""
    _admins_only(person)
    await end_access(person, person_id)
    return Redirect("/people", query_params={"done": "disabled", "about": str(person_id)}, status_code=303)


@post("/people/{person_id:uuid}/enable", status_code=303, include_in_schema=False)
async def enable(person: NamedDependency[SignedIn], person_id: FromPath[UUID]) -> Redirect:
    """Give somebody's access back."""
    _admins_only(person)
    await give_access_back(person, person_id)
    return Redirect("/people", query_params={"done": "enabled", "about": str(person_id)}, status_code=303)


@post("/people/{person_id:uuid}/sign-out", status_code=303, include_in_schema=False)
async def sign_out(person: NamedDependency[SignedIn], person_id: FromPath[UUID]) -> Redirect:
    """End all that lets somebody in but the password: after a computer was lost, or a key shown to others."""
    _admins_only(person)
    await sign_out_everywhere(person, person_id)
    return Redirect("/people", query_params={"done": "signed_out", "about": str(person_id)}, status_code=303)


def _admins_only(person: SignedIn) -> None:
    if not person.admin:
        raise NotFound


async def _page(
    request: Request[Any, Any, Any],
    settings: Settings,
    person: SignedIn,
    status_code: int = 200,
    search: str = "",
    number: int = 1,
    **more: Any,
) -> Template:
    found = await list_people(number, search)
    before = urlencode({"q": search} if search else {})
    context = {
        "person": person, "found": found, "search": search, "before": f"?{before}{'&' * bool(before)}page=",
        "invitations": await open_invitations(),
        "about": None, "done": "", "values": {"email": "", "admin": False}, "errors": no_errors(),
        "to_keep": await still_to_keep(request, settings, person, PEOPLE),
    }  # fmt: skip
    return Template("account/people/index.html", context=context | more, status_code=status_code)


routes = [index, create_invitation, disable, enable, sign_out]
