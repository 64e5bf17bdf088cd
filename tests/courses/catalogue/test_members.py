"""Members of a course: invitations, roles, and the owner that a course always keeps."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from courses.audit import entries
from courses.catalogue.courses import CourseInfo, course_of, create_course
from courses.catalogue.invitations import (
    course_invitations,
    invite_member,
    join_as_newcomer,
    join_course,
    withdraw_invitation,
)
from courses.catalogue.members import change_role, leave_course, members_of, remove_member
from courses.clock import now
from courses.errors import Conflict, Invalid, NotAllowed, NotFound, OneTimeUsed
from courses.people.access import end_access
from courses.people.accounts import accept_invitation, add_person, invite, sign_in, use_sign_in_link
from courses.people.one_use_links import one_time
from courses.signed_in import SignedIn
from courses.tables.people import OneTimeLink, Person

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
PASSWORD = "nine copper windmills hum softly"


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def course(alice: SignedIn) -> CourseInfo:
    return await course_of(alice, await create_course(alice, "Tea"))


@pytest.fixture
async def join(alice: SignedIn, course: CourseInfo) -> Callable[..., object]:
    """join("bob", "editor") → Bob, who works on Alice's course."""

    async def join(name: str, role: str) -> SignedIn:
        person = await add_person(f"{name}@example.org", name.title())
        await join_course(await invite_member(alice, course, person.email, role), person)
        return person

    return join


async def actions(course: CourseInfo) -> list[str]:
    return [entry.action for entry in (await entries(course.id)).entries]


async def roles(course: CourseInfo) -> dict[str, str]:
    return {member.name: member.role for member in await members_of(course.id)}


async def test_person_with_an_account_joins_in_the_role_of_the_invitation(alice: SignedIn, course: CourseInfo) -> None:
    bob = await add_person("bob@example.org", "Bob")
    secret = await invite_member(alice, course, " Bob@Example.org ", "editor")
    with pytest.raises(NotFound):
        await course_of(bob, course.id)
    assert await join_course(secret, bob) == course.id
    assert (await course_of(bob, course.id, "write")).role == "editor"
    assert await actions(course) == ["member.join", "member.invite", "course.create"]


async def test_newcomer_gets_an_account_without_other_rights(alice: SignedIn, course: CourseInfo) -> None:
    secret = await invite_member(alice, course, "nora@example.org", "assistant")
    nora, joined = await join_as_newcomer(secret, "Nora", PASSWORD)
    assert (joined, nora.admin, nora.name) == (course.id, False, "Nora")
    assert await sign_in("nora@example.org", PASSWORD) == nora
    assert await roles(course) == {"Alice": "owner", "Nora": "assistant"}


async def test_invitation_never_takes_an_account_over(alice: SignedIn, course: CourseInfo) -> None:
    """Whoever owns a course makes and sees its links: none of them may set somebody's password."""
    bob = await accept_invitation(await invite("bob@example.org"), "Bob", PASSWORD)
    secret = await invite_member(alice, course, "bob@example.org", "viewer")
    with pytest.raises(Conflict):
        await join_as_newcomer(secret, "Mallory", "an entirely other sentence here")
    for attempt in (accept_invitation(secret, "Mallory", "an entirely other sentence"), use_sign_in_link(secret)):
        with pytest.raises(OneTimeUsed):
            await attempt
    assert await sign_in("bob@example.org", PASSWORD) == bob
    assert await join_course(secret, bob) == course.id  # and it was not used up


async def test_invitation_is_for_its_address_alone(alice: SignedIn, course: CourseInfo) -> None:
    carol = await add_person("carol@example.org", "Carol")
    secret = await invite_member(alice, course, "bob@example.org", "viewer")
    with pytest.raises(NotAllowed):
        await join_course(secret, carol)
    assert (await one_time(secret)).email == "bob@example.org"
    assert await roles(course) == {"Alice": "owner"}


async def test_invitation_works_once_and_for_a_week(alice: SignedIn, course: CourseInfo) -> None:
    bob = await add_person("bob@example.org", "Bob")
    secret = await invite_member(alice, course, bob.email, "viewer")
    (link,) = await OneTimeLink.select().where(OneTimeLink.course == course.id)
    assert secret not in str(link)
    done = await asyncio.gather(join_course(secret, bob), join_course(secret, bob), return_exceptions=True)
    assert sorted(done, key=lambda answer: isinstance(answer, OneTimeUsed))[0] == course.id
    assert sum(isinstance(answer, OneTimeUsed) for answer in done) == 1
    old = await invite_member(alice, course, "carol@example.org", "viewer")
    await OneTimeLink.update({OneTimeLink.expires_at: now() - timedelta(seconds=1)}, force=True)
    with pytest.raises(OneTimeUsed):
        await one_time(old)
    assert await course_invitations(course.id) == []


async def test_invitation_is_withdrawn_and_replaced(alice: SignedIn, course: CourseInfo) -> None:
    first = await invite_member(alice, course, "bob@example.org", "viewer")
    second = await invite_member(alice, course, "bob@example.org", "editor")
    with pytest.raises(OneTimeUsed):
        await one_time(first)
    (invitation,) = await course_invitations(course.id)
    assert invitation.role == "editor"
    await withdraw_invitation(alice, course, invitation.id)
    await withdraw_invitation(alice, course, invitation.id)
    with pytest.raises(OneTimeUsed):
        await one_time(second)
    other = await course_of(alice, await create_course(alice, "Other"))
    for place, identity in ((course, uuid4()), (other, invitation.id)):
        with pytest.raises(NotFound):
            await withdraw_invitation(alice, place, identity)
    assert (await actions(course)).count("member.withdraw") == 1


async def test_invitations_of_two_courses_and_of_the_portal_stand_beside_each_other(
    alice: SignedIn, course: CourseInfo
) -> None:
    other = await course_of(alice, await create_course(alice, "Other"))
    secrets = [await invite_member(alice, place, "bob@example.org", "viewer") for place in (course, other)]
    secrets.append(await invite("bob@example.org"))
    assert [(await one_time(secret)).course for secret in secrets] == [course.id, other.id, None]


async def test_who_is_a_member_or_unable_to_sign_in_is_not_invited(
    alice: SignedIn, course: CourseInfo, join: Callable[..., object]
) -> None:
    bob = await join("bob", "viewer")
    carol = await add_person("carol@example.org", "Carol")
    await end_access(alice, carol.id)
    for email, role, field in (
        (bob.email, "editor", "email"), (carol.email, "editor", "email"), ("x", "editor", "email"),
        ("dora@example.org", "king", "role"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as failure:
            await invite_member(alice, course, email, role)
        assert list(failure.value.fields) == [field]


async def test_removed_member_has_no_access_from_then_on(
    alice: SignedIn, course: CourseInfo, join: Callable[..., object]
) -> None:
    bob = await join("bob", "editor")
    await remove_member(alice, course, bob.id)
    with pytest.raises(NotFound):
        await course_of(bob, course.id)
    with pytest.raises(NotFound):
        await remove_member(alice, course, bob.id)
    assert (await actions(course))[0] == "member.remove"


async def test_course_keeps_an_owner(alice: SignedIn, course: CourseInfo, join: Callable[..., object]) -> None:
    for change in (
        change_role(alice, course, alice.id, "editor"), remove_member(alice, course, alice.id), leave_course(alice, course)
    ):  # fmt: skip
        with pytest.raises(Conflict):
            await change
    bob = await join("bob", "owner")
    await Person.update({Person.disabled_at: now()}).where(Person.id == bob.id)
    with pytest.raises(Conflict):  # an owner who cannot sign in is none
        await leave_course(alice, course)
    await Person.update({Person.disabled_at: None}).where(Person.id == bob.id)
    await leave_course(alice, course)
    assert await roles(course) == {"Bob": "owner"}


async def test_two_owners_who_end_each_other_leave_one(
    alice: SignedIn, course: CourseInfo, join: Callable[..., object]
) -> None:
    bob = await join("bob", "owner")
    done = await asyncio.gather(
        change_role(alice, course, bob.id, "viewer"),
        change_role(bob, course, alice.id, "viewer"),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in done) == ["NoneType", "NotAllowed"]
    assert sorted((await roles(course)).values()) == ["owner", "viewer"]


async def test_all_owners_leaving_at_once_leave_one(
    alice: SignedIn, course: CourseInfo, join: Callable[..., object]
) -> None:
    people = [alice, *[await join(f"p{n}", "owner") for n in range(4)]]
    done = await asyncio.gather(*[leave_course(person, course) for person in people], return_exceptions=True)
    assert sum(isinstance(answer, Conflict) for answer in done) == 1
    assert list((await roles(course)).values()) == ["owner"]


async def test_role_is_changed_with_its_trace(alice: SignedIn, course: CourseInfo, join: Callable[..., object]) -> None:
    bob = await join("bob", "viewer")
    await change_role(alice, course, bob.id, "viewer")
    await change_role(alice, course, bob.id, "editor")
    entry = (await entries(course.id)).entries[0]
    assert (entry.action, entry.person, entry.object, dict(entry.changes)) == (
        "member.role", alice.id, bob.id, {"role": ("viewer", "editor")},
    )  # fmt: skip
    assert (await actions(course)).count("member.role") == 1
    with pytest.raises(NotAllowed):
        await change_role(bob, course, alice.id, "viewer")
