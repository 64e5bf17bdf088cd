"""Invitations into a course: a one-use link for one address, good for somebody with an account and for a newcomer."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from courses.audit import record
from courses.catalogue.courses import CourseInfo
from courses.catalogue.members import add_member, check_role
from courses.clock import now
from courses.database import one_at_a_time, unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotAllowed, NotFound
from courses.people.accounts import checked_address, find_person, new_account
from courses.people.one_use_links import OneTime, make_link, one_time, too_late, use_link
from courses.people.slow_hashes import Hashing
from courses.signed_in import SignedIn
from courses.tables.courses import Membership
from courses.tables.people import OneTimeLink, Person

LIFE = timedelta(days=7)


@dataclass(frozen=True)
class CourseInvitation:
    """One that can still be used."""

    id: UUID
    email: str
    role: str
    expires_at: datetime


@unit_of_work
async def invite_member(by: SignedIn, course: CourseInfo, email: str, role: str) -> str:
    """Make an invitation, ending earlier ones of this address into this course; returns the secret of the link.

    Raises Invalid, also for who is a member already or cannot sign in any more.
    """
    check_role(role)
    email = checked_address(email)
    async with writing():
        if await Membership.exists().where(Membership.course == course.id, Membership.person.email == email):
            raise Invalid({"email": Message("{email} works on this course already.", email=email)})
        if await Person.exists().where(Person.email == email, Person.disabled_at.is_not_null()):
            raise Invalid({"email": Message("This person cannot sign in any more. Ask an admin.")})
        secret = await make_link(OneTime("join", email, False, course.id, role), LIFE)
        await record("member.invite", by, course=course.id, label=email, detail={"role": role})
    return secret


async def course_invitations(course_id: UUID) -> list[CourseInvitation]:
    """Those not used and not too old, by address."""
    rows = await OneTimeLink.select(
        OneTimeLink.id, OneTimeLink.email, OneTimeLink.role, OneTimeLink.expires_at
    ).where(
        OneTimeLink.course == course_id, OneTimeLink.used_at.is_null(), OneTimeLink.expires_at > now()
    ).order_by(OneTimeLink.email)  # fmt: skip
    return [CourseInvitation(**row) for row in rows]


@unit_of_work
async def withdraw_invitation(by: SignedIn, course: CourseInfo, invitation_id: UUID) -> None:
    """End an invitation; one that was used or withdrawn stays as it is. Raises NotFound."""
    this = OneTimeLink.id == invitation_id, OneTimeLink.course == course.id
    async with writing():
        row = await OneTimeLink.select(OneTimeLink.email, OneTimeLink.role, OneTimeLink.used_at).where(*this).first()
        if row is None:
            raise NotFound
        if row["used_at"] is None:
            await OneTimeLink.update({OneTimeLink.used_at: now()}).where(*this)
            await record("member.withdraw", by, course=course.id, label=row["email"], detail={"role": row["role"]})


async def has_account(email: str) -> bool:
    """Whether somebody with this address can sign in, or could until their access was ended."""
    return await Person.exists().where(Person.email == email)


@unit_of_work
async def join_course(secret: str, person: SignedIn) -> UUID:
    """Use an invitation as who is signed in; returns the course. A member stays what he is.

    Raises OneTimeUsed, NotAllowed for an invitation of somebody else.
    """
    link, course, role = await _invitation(secret)
    if link.email != person.email:
        raise NotAllowed(Message("This invitation is for {email}.", email=link.email))
    async with writing():
        await one_at_a_time(course.int % 2**31)
        await use_link(secret)
        await add_member(course, person, role)
    return course


@unit_of_work
async def join_as_newcomer(
    secret: str, name: str, password: str, hashing: Hashing = asyncio.to_thread
) -> tuple[SignedIn, UUID]:
    """Use an invitation to make an account without any other rights; returns the person and the course.

    Raises OneTimeUsed, Invalid, Conflict when somebody has an account with this address: it is never taken over.
    """
    link, course, role = await _invitation(secret)
    name, digest = await new_account(link.email, name, password, hashing)
    async with writing():
        await one_at_a_time(course.int % 2**31)
        await use_link(secret)
        if await has_account(link.email):
            raise Conflict(
                Message("{email} has an account already. Sign in, then open this link again.", email=link.email)
            )
        await Person.insert(Person(email=link.email, name=name, password_hash=digest, created_at=now()))
        person = await find_person(link.email)
        await record("person.join", person, course=None, object=person.id, label=name)
        await add_member(course, person, role)
    return person, course


async def _invitation(secret: str) -> tuple[OneTime, UUID, str]:
    """The link, its course and its role. Raises OneTimeUsed."""
    link = await one_time(secret)
    if link.kind != "join" or link.course is None or link.role is None:
        raise too_late()
    return link, link.course, link.role
