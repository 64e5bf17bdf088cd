"""Who may sign in: admins invite people and end their access; nobody else knows of this page."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Invalid, NotFound
from courses.people.access import end_access, give_access_back, list_people, open_invitations
from courses.people.accounts import invite
from courses.people.credentials import sign_out_everywhere
from courses.signed_in import SignedIn
from portal.settings import Settings
from portal.web.forms import Form, errors_of, no_errors, one


@get("/people", include_in_schema=False)
async def index(person: NamedDependency[SignedIn], done: FromQuery[str] = "", about: FromQuery[str] = "") -> Template:
    """Everybody with an account, and the open invitations."""
    _admins_only(person)
    return await _page(person, done=done, about_id=about)


@post("/people/invitations", status_code=303, include_in_schema=False)
async def create_invitation(
    person: NamedDependency[SignedIn], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Template:
    """Make a one-use link and show it, for the only time: what is stored is its hash."""
    _admins_only(person)
    email, admin = one(data, "email"), one(data, "admin") == "yes"
    try:
        secret = await invite(email, admin, by=person)
    except Invalid as error:
        values = {"email": email, "admin": admin}
        return await _page(person, 422, values=values, errors=errors_of(error))
    address = f"{settings.public_url}/invitations/{secret}"
    return await _page(person, 200, link=address, invited=email.strip().lower())


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


async def _page(person: SignedIn, status_code: int = 200, about_id: str = "", **more: Any) -> Template:
    people = await list_people()
    context = {
        "person": person, "people": people, "invitations": await open_invitations(),
        "about": next((other for other in people if str(other.id) == about_id), None),
        "done": "", "values": {"email": "", "admin": False}, "errors": no_errors(), "link": "", "invited": "",
    }  # fmt: skip
    return Template("account/people/index.html", context=context | more, status_code=status_code)


routes = [index, create_invitation, disable, enable, sign_out]
