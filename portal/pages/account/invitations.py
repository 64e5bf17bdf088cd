"""One-use links: an invitation sets name and password or leads into a course, a sign-in link signs in.

Opening one changes nothing.
"""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template

from courses.catalogue.courses import course_title
from courses.catalogue.invitations import has_account, join_as_newcomer, join_course
from courses.errors import Busy, Invalid
from courses.people.accounts import accept_invitation, use_sign_in_link
from courses.people.api_keys import has_keys
from courses.people.one_use_links import OneTime, one_time, too_late
from portal.parts import Parts
from portal.settings import Settings
from portal.web.auth import maybe_person
from portal.web.bodies import FORM_LIMIT
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, errors_at, no_errors, one
from portal.web.half_way import let_in
from portal.web.leaked_passwords import refuse_leaked


@get("/invitations/{secret:str}", include_in_schema=False)
async def show(request: Request[Any, Any, Any], secret: FromPath[str], settings: NamedDependency[Settings]) -> Template:
    """What the link is for; used or too old is 410."""
    link = await _invitation(secret)
    if link.kind == "join":
        return await _course_page(request, settings, link)
    page = "account/invitations/invite.html" if link.kind == "invite" else "account/invitations/sign_in.html"
    context = {"link": link, "course_title": "", "values": {}, "errors": no_errors()}
    return Template(page, context=context | {"has_keys": link.kind == "invite" and await has_keys(link.email)})


@post("/invitations/{secret:str}", status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def use(
    request: Request[Any, Any, Any],
    secret: FromPath[str],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """Use the link, once."""
    settings, keep = parts.settings, one(data, "keep_keys") == "yes"
    link = await _invitation(secret)
    if link.kind == "sign-in":
        return await let_in(request, settings, await use_sign_in_link(secret), "/today")
    person = await maybe_person(request, settings) if link.kind == "join" else None
    try:
        if link.kind == "invite":
            await refuse_leaked(settings, one(data, "password"))
            async with parts.password_hashes.turn(secret) as hashing:
                person = await accept_invitation(secret, one(data, "name"), one(data, "password"), hashing, keep)
            return await let_in(request, settings, person, "/today")
        if person is not None:
            course = await join_course(secret, person)
            return Redirect(f"/courses/{course}", query_params={"done": "joined"}, status_code=303)
        if await has_account(link.email):
            return Redirect("/sign-in", query_params={"next": f"/invitations/{secret}"}, status_code=303)
        await refuse_leaked(settings, one(data, "password"))
        async with parts.password_hashes.turn(secret) as hashing:
            newcomer, course = await join_as_newcomer(secret, one(data, "name"), one(data, "password"), hashing)
    except (Invalid, Busy) as error:
        title = await course_title(link.course) if link.course else ""
        context = {"link": link, "course_title": title, "values": {"name": one(data, "name")}}
        context["has_keys"] = link.kind == "invite" and await has_keys(link.email)
        context["errors"] = errors_at("password", error)
        return Template(
            "account/invitations/invite.html",
            context=context,
            status_code=status_of(error),
            headers=retry_after(error),
        )
    return await let_in(request, settings, newcomer, f"/courses/{course}?done=joined")


async def _invitation(secret: str) -> OneTime:
    """One that is used here: what sets a forgotten password has its own page. Raises OneTimeUsed."""
    link = await one_time(secret)
    if link.kind not in ("invite", "join", "sign-in"):
        raise too_late()
    return link


async def _course_page(request: Request[Any, Any, Any], settings: Settings, link: OneTime) -> Template:
    """For a newcomer the form of an account; else what is to be done by whom."""
    person, known = await maybe_person(request, settings), await has_account(link.email)
    context: dict[str, Any] = {
        "person": person, "link": link, "course_title": await course_title(link.course) if link.course else "",
        "values": {}, "errors": no_errors(),
        "next": request.url.path, "has_keys": False,
    }  # fmt: skip
    newcomer = person is None and not known
    return Template("account/invitations/invite.html" if newcomer else "account/invitations/join.html", context=context)


routes = [show, use]
