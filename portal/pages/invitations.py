"""One-use links: an invitation sets name and password, a sign-in link signs in. Opening one changes nothing."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Invalid
from courses.people import accept_invitation, one_time, use_sign_in_link
from portal.auth import start_session
from portal.forms import Form, errors_of, no_errors, one
from portal.settings import Settings


@get("/invitations/{secret:str}", include_in_schema=False)
async def show(secret: FromPath[str]) -> Template:
    """What the link is for; used or too old is 410."""
    link = await one_time(secret)
    page = "invitations/invite.html" if link.kind == "invite" else "invitations/sign_in.html"
    return Template(page, context={"link": link, "values": {}, "errors": no_errors()})


@post("/invitations/{secret:str}", status_code=303, include_in_schema=False)
async def use(
    request: Request[Any, Any, Any],
    secret: FromPath[str],
    data: URLEncodedBody[Form],
    settings: NamedDependency[Settings],
) -> Redirect | Template:
    """Use the link, once."""
    link = await one_time(secret)
    if link.kind == "sign-in":
        return await start_session(request, settings, await use_sign_in_link(secret), "/courses")
    try:
        person = await accept_invitation(secret, one(data, "name"), one(data, "password"))
    except Invalid as error:
        context = {"link": link, "values": {"name": one(data, "name")}, "errors": errors_of(error)}
        return Template("invitations/invite.html", context=context, status_code=422)
    return await start_session(request, settings, person, "/courses")


routes = [show, use]
