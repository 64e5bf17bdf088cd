"""Who works on a course: invite, give another role, remove, leave."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.catalogue.courses import CourseInfo, course_of
from courses.catalogue.invitations import course_invitations, invite_member, withdraw_invitation
from courses.catalogue.members import change_role, leave_course, members_of, remove_member
from courses.errors import Invalid
from courses.people.attempts import Tries, count_try
from courses.signed_in import SignedIn
from portal.settings import Settings
from portal.web.forms import Form, errors_of, no_errors, one
from portal.web.security import subject
from portal.web.shown_once import show_once, still_to_keep
from portal.words.roles import roles

#: invitations that one person may make in an hour; each tells whether an address has an account
LIMIT, WINDOW = 100, timedelta(hours=1)
FIRST_ROLE = "assistant"


@get("/courses/{course_id:uuid}/members", include_in_schema=False)
async def index(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    done: FromQuery[str] = "",
    about: FromQuery[str] = "",
) -> Template:
    """Everybody who works on the course; for owners also the open invitations and the forms."""
    return await _page(request, settings, person, await course_of(person, course_id), done=done, about_id=about)


@post("/courses/{course_id:uuid}/members/invitations", status_code=303, include_in_schema=False)
async def invite(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Make a one-use link, which is shown once: what is stored is its hash."""
    course = await course_of(person, course_id, "own")
    await count_try(Tries(subject(settings, "invite", str(person.id)), LIMIT, WINDOW))
    email, role = one(data, "email").strip(), one(data, "role")
    try:
        secret = await invite_member(person, course, email, role)
    except Invalid as error:
        values = {"email": email, "role": role}
        return await _page(request, settings, person, course, 422, values=values, errors=errors_of(error))
    content = {"email": email.lower(), "role": role, "value": f"{settings.public_url}/invitations/{secret}"}
    return await show_once(request, settings, person, "membership", f"/courses/{course.id}/members", content)


@post(
    "/courses/{course_id:uuid}/members/invitations/{invitation_id:uuid}/withdrawal",
    status_code=303, include_in_schema=False,
)  # fmt: skip
async def withdraw(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], invitation_id: FromPath[UUID]
) -> Redirect:
    """End an open invitation."""
    course = await course_of(person, course_id, "own")
    await withdraw_invitation(person, course, invitation_id)
    return _back(course, "withdrawn")


@post("/courses/{course_id:uuid}/members/{member_id:uuid}", status_code=303, include_in_schema=False)
async def change(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], member_id: FromPath[UUID], data: URLEncodedBody[Form]
) -> Redirect:
    """Give a member another role."""
    course = await course_of(person, course_id, "own")
    await change_role(person, course, member_id, one(data, "role"))
    return _back(course, "changed", member_id)


@post("/courses/{course_id:uuid}/members/{member_id:uuid}/removal", status_code=303, include_in_schema=False)
async def remove(person: NamedDependency[SignedIn], course_id: FromPath[UUID], member_id: FromPath[UUID]) -> Redirect:
    """End a member's access at once."""
    course = await course_of(person, course_id, "own")
    await remove_member(person, course, member_id)
    return Redirect("/courses", status_code=303) if member_id == person.id else _back(course, "removed")


@post("/courses/{course_id:uuid}/departure", status_code=303, include_in_schema=False)
async def leave(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Redirect:
    """Work on the course no more."""
    await leave_course(person, await course_of(person, course_id))
    return Redirect("/courses", query_params={"done": "left"}, status_code=303)


def _back(course: CourseInfo, done: str, about: UUID | None = None) -> Redirect:
    query = {"done": done} | ({"about": str(about)} if about else {})
    return Redirect(f"/courses/{course.id}/members", query_params=query, status_code=303)


async def _page(
    request: Request[Any, Any, Any],
    settings: Settings,
    person: SignedIn,
    course: CourseInfo,
    status_code: int = 200,
    about_id: str = "",
    **more: Any,
) -> Template:
    members = await members_of(course.id)
    context = {
        "person": person, "course": course, "members": members, "roles": roles(),
        "invitations": await course_invitations(course.id) if course.may("own") else [],
        "only_owner": sum(member.role == "owner" and not member.ended for member in members) == 1,
        "about": next((member for member in members if str(member.person) == about_id), None),
        "done": "", "values": {"email": "", "role": FIRST_ROLE}, "errors": no_errors(),
        "to_keep": await still_to_keep(request, settings, person, f"/courses/{course.id}/members"),
    }  # fmt: skip
    return Template("course/members/index.html", context=context | more, status_code=status_code)


routes = [index, invite, withdraw, change, remove, leave]
