"""Who works on a course: invited by a one-use link, in a role that can change, until they leave or are removed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from piccolo.custom_types import Combinable

from courses.audit import changed, record
from courses.catalogue.courses import CourseInfo, role_in
from courses.catalogue.roles import ROLES, check_right
from courses.clock import now
from courses.database import one_at_a_time, unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.people.sessions import last_seen
from courses.signed_in import SignedIn
from courses.tables.courses import Membership

_BY_RANK = {role: rank for rank, role in enumerate(reversed(ROLES))}


@dataclass(frozen=True)
class Member:
    """Somebody who works on a course; `seen_at` is the last sign of a session, `ended` says that they cannot sign in."""

    person: UUID
    name: str
    email: str
    role: str
    joined_at: datetime
    ended: bool
    seen_at: datetime | None


async def members_of(course_id: UUID) -> list[Member]:
    """Owners first, then by name; two queries."""
    rows = await Membership.select(
        Membership.person, Membership.person.name.as_alias("name"), Membership.person.email.as_alias("email"),
        Membership.role, Membership.created_at.as_alias("joined_at"),
        Membership.person.disabled_at.as_alias("disabled_at"),
    ).where(Membership.course == course_id)  # fmt: skip
    last = await last_seen([row["person"] for row in rows]) if rows else {}
    members = [
        Member(ended=row.pop("disabled_at") is not None, seen_at=last.get(row["person"]), **row) for row in rows
    ]  # fmt: skip
    return sorted(members, key=lambda member: (_BY_RANK[member.role], member.name.casefold(), member.email))


def check_role(role: str) -> None:
    """Raises Invalid."""
    if role not in ROLES:
        raise Invalid({"role": Message("Choose one of the roles.")})


async def add_member(course_id: UUID, person: SignedIn, role: str) -> bool:
    """Let a person work on a course, inside a transaction; False, and no change, for who does so already."""
    if await Membership.exists().where(Membership.course == course_id, Membership.person == person.id):
        return False
    await Membership.insert(Membership(course=course_id, person=person.id, role=role, created_at=now()))
    await record("member.join", person, course=course_id, object=person.id, label=person.name, detail={"role": role})
    return True


@unit_of_work
async def change_role(by: SignedIn, course: CourseInfo, person_id: UUID, role: str) -> None:
    """Give a member another role. Raises NotFound, NotAllowed, Invalid, Conflict when no owner would be left."""
    check_role(role)
    async with writing():
        await _one_change(by, course)
        name, old = await _member(course, person_id)
        if role == old:
            return
        if old == "owner":
            await _check_another_owner(course, person_id)
        await Membership.update({Membership.role: role}).where(_is(course, person_id))
        detail = changed({"role": old}, {"role": role})
        await record("member.role", by, course=course.id, object=person_id, label=name, detail=detail)


@unit_of_work
async def remove_member(by: SignedIn, course: CourseInfo, person_id: UUID) -> None:
    """End a member's access at once. Raises NotFound, NotAllowed, Conflict when no owner would be left."""
    async with writing():
        await _one_change(by, course)
        await _end(by, course, person_id, "member.remove")


@unit_of_work
async def leave_course(person: SignedIn, course: CourseInfo) -> None:
    """Work on a course no more. Raises NotFound, Conflict when no owner would be left."""
    async with writing():
        await one_at_a_time(course.id.int % 2**31)
        await _end(person, course, person.id, "member.leave")


async def _one_change(by: SignedIn, course: CourseInfo) -> None:
    """One change of a course's members after another, by somebody who is an owner still. Raises NotFound, NotAllowed."""
    await one_at_a_time(course.id.int % 2**31)
    check_right(await role_in(by, course.id), "own")


async def _end(by: SignedIn, course: CourseInfo, person_id: UUID, action: str) -> None:
    name, role = await _member(course, person_id)
    if role == "owner":
        await _check_another_owner(course, person_id)
    await Membership.delete().where(_is(course, person_id))
    await record(action, by, course=course.id, object=person_id, label=name, detail={"role": role})


async def _member(course: CourseInfo, person_id: UUID) -> tuple[str, str]:
    """Name and role."""
    row = await Membership.select(Membership.person.name.as_alias("name"), Membership.role).where(
        _is(course, person_id)
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    return row["name"], row["role"]


async def _check_another_owner(course: CourseInfo, person_id: UUID) -> None:
    """Of those who can sign in."""
    others = Membership.person != person_id, Membership.person.disabled_at.is_null()
    if not await Membership.exists().where(Membership.course == course.id, Membership.role == "owner", *others):
        raise Conflict(Message("A course needs an owner. Make somebody else an owner first."))


def _is(course: CourseInfo, person_id: UUID) -> Combinable:
    return (Membership.course == course.id) & (Membership.person == person_id)
