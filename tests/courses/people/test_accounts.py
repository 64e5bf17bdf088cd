"""Invitations, passwords and one-use links."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest

from courses.clock import now
from courses.errors import Conflict, Invalid, NotFound, OneTimeUsed, SignInFailed, SignInNeeded
from courses.people.access import end_access, give_access_back, list_people, open_invitations
from courses.people.accounts import (
    accept_invitation,
    change_account,
    change_password,
    check_password,
    find_person,
    invite,
    sign_in,
    sign_in_link,
    use_sign_in_link,
)
from courses.people.one_use_links import one_time
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry
from courses.tables.people import OneTimeLink, Person

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
PASSWORD = "nine copper windmills hum softly"


async def make(name: str = "alice", admin: bool = False) -> SignedIn:
    return await accept_invitation(await invite(f"{name}@example.org", admin), name.title(), PASSWORD)


async def test_invitation_makes_a_person_who_can_sign_in() -> None:
    alice = await make()
    assert (alice.email, alice.name, alice.admin, alice.language) == ("alice@example.org", "Alice", False, None)
    assert await sign_in(" Alice@EXAMPLE.org ", PASSWORD) == alice


async def test_invitation_is_kept_as_a_hash_and_the_password_as_argon2id() -> None:
    secret = await invite("alice@example.org")
    (link,) = await OneTimeLink.select()
    assert secret not in str(link)
    await accept_invitation(secret, "Alice", PASSWORD)
    (row,) = await Person.select()
    assert row["password_hash"].startswith("$argon2id$")
    assert PASSWORD not in str(row)


def test_passwords_cost_what_argon2_recommends() -> None:
    """In a process of its own, as in the tests' own they cost next to nothing. RFC 9106, section 4: 64 MiB, three passes."""
    asked = "from courses.people import accounts; print(accounts._hasher.hash('x'))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    assert told.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_invitation_works_once() -> None:
    secret = await invite("alice@example.org")
    await accept_invitation(secret, "Alice", PASSWORD)
    with pytest.raises(OneTimeUsed):
        await accept_invitation(secret, "Mallory", PASSWORD)
    assert (await find_person("alice@example.org")).name == "Alice"


async def test_invitation_works_once_for_two_at_the_same_moment() -> None:
    secret = await invite("alice@example.org")
    answers = await asyncio.gather(
        *[accept_invitation(secret, name, PASSWORD) for name in ("Alice", "Mallory")], return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {SignedIn, OneTimeUsed}


async def test_newer_invitation_ends_the_older() -> None:
    first, second = await invite("alice@example.org"), await invite("alice@example.org")
    with pytest.raises(OneTimeUsed):
        await one_time(first)
    assert (await one_time(second)).email == "alice@example.org"


async def test_invitation_of_last_week_is_too_old() -> None:
    secret = await invite("alice@example.org")
    await OneTimeLink.update({OneTimeLink.expires_at: now() - timedelta(seconds=1)}, force=True)
    with pytest.raises(OneTimeUsed):
        await accept_invitation(secret, "Alice", PASSWORD)
    assert await open_invitations() == []


async def test_invitation_of_a_known_person_sets_a_new_password_and_ends_sessions() -> None:
    alice = await make()
    session = await open_session(alice)
    again = await accept_invitation(await invite("alice@example.org"), "Alice Z", "an entirely other sentence here")
    assert (again.id, again.name) == (alice.id, "Alice Z")
    assert await session_person(session) is None
    with pytest.raises(SignInFailed):
        await sign_in("alice@example.org", PASSWORD)


async def test_invitation_of_an_admin_never_takes_the_right_away() -> None:
    await make(admin=True)
    assert (await make(admin=False)).admin


@pytest.mark.parametrize("email", ["", "alice", "a@b", "a b@example.org", "a@exa mple.org", "a@@example.org", "x@y.z"])
async def test_bad_addresses_are_not_invited(email: str) -> None:
    with pytest.raises(Invalid) as failure:
        await invite(email)
    assert list(failure.value.fields) == ["email"]
    assert await OneTimeLink.count() == 0


async def test_password_is_compared_whole() -> None:
    long = (PASSWORD * 4)[:128]
    await accept_invitation(await invite("alice@example.org"), "Alice", long)
    assert await sign_in("alice@example.org", long)
    for wrong in (long[:-1], long + "x", long[:72]):
        with pytest.raises(SignInFailed):
            await sign_in("alice@example.org", wrong)


async def test_changing_the_password_ends_all_sessions() -> None:
    alice, bob = await make(), await make("bob")
    sessions = [await open_session(alice), await open_session(alice)]
    other = await open_session(bob)
    await check_password(alice, PASSWORD)
    await change_password(alice, "an entirely other sentence here")
    assert [await session_person(session) for session in sessions] == [None, None]
    assert await session_person(other) == bob
    assert await sign_in("alice@example.org", "an entirely other sentence here") == alice


async def test_password_that_cannot_be_changed_ends_no_session() -> None:
    alice = await make()
    session = await open_session(alice)
    for work, field in ((check_password(alice, "not it"), "old"), (change_password(alice, "short"), "password")):
        with pytest.raises(Invalid) as failure:
            await work
        assert list(failure.value.fields) == [field]
    assert await session_person(session) == alice
    assert await sign_in("alice@example.org", PASSWORD) == alice


async def test_somebody_who_is_gone_is_asked_for_no_password() -> None:
    alice = await make()
    await Person.delete().where(Person.id == alice.id)
    with pytest.raises(SignInNeeded):
        await check_password(alice, PASSWORD)


async def test_sign_in_link_works_once() -> None:
    alice = await make()
    secret = await sign_in_link("Alice@example.org")
    assert await use_sign_in_link(secret) == alice
    with pytest.raises(OneTimeUsed):
        await use_sign_in_link(secret)


async def test_links_are_for_what_they_say() -> None:
    await make()
    invitation, link = await invite("alice@example.org"), await sign_in_link("alice@example.org")
    with pytest.raises(OneTimeUsed):
        await use_sign_in_link(invitation)
    with pytest.raises(OneTimeUsed):
        await accept_invitation(link, "Mallory", PASSWORD)
    # neither was used up by that
    assert (await one_time(invitation)).kind == "invite"
    assert (await one_time(link)).kind == "sign-in"


async def test_nobody_gets_no_sign_in_link() -> None:
    with pytest.raises(NotFound):
        await sign_in_link("nobody@example.org")


async def test_invited_person_without_password_cannot_sign_in() -> None:
    await Person.insert(Person(email="alice@example.org", name="Alice", created_at=now()))
    for password in ("", PASSWORD):
        with pytest.raises(SignInFailed):
            await sign_in("alice@example.org", password)


async def test_account_takes_name_and_language() -> None:
    alice = await make()
    changed = await change_account(alice, "  Alice   Zhang ", "zh")
    assert changed == await find_person("alice@example.org")
    assert (changed.name, changed.language) == ("Alice Zhang", "zh")


async def test_access_ends_with_everything_that_leads_in() -> None:
    ada, alice = await make("ada", admin=True), await make()
    session, link = await open_session(alice), await sign_in_link("alice@example.org")
    await end_access(ada, alice.id)
    assert await session_person(session) is None
    for attempt in (use_sign_in_link(link), one_time(link)):
        with pytest.raises(OneTimeUsed):
            await attempt
    with pytest.raises(SignInFailed):
        await sign_in("alice@example.org", PASSWORD)
    with pytest.raises(Invalid):
        await invite("alice@example.org")
    assert [person.name for person in (await list_people()).people if person.disabled_at is None] == ["Ada"]
    await give_access_back(ada, alice.id)
    assert await sign_in("alice@example.org", PASSWORD) == alice
    assert await session_person(session) is None


async def test_access_is_ended_and_given_back_once_however_often_it_is_asked_for() -> None:
    ada, alice = await make("ada", admin=True), await make()
    for _ in range(2):
        await end_access(ada, alice.id)
    for _ in range(2):
        await give_access_back(ada, alice.id)
    actions = [row["action"] for row in await AuditEntry.select().where(AuditEntry.object == alice.id)]
    assert (actions.count("person.end"), actions.count("person.return")) == (1, 1)


async def test_nobody_ends_their_own_access() -> None:
    ada = await make("ada", admin=True)
    with pytest.raises(Conflict):
        await end_access(ada, ada.id)
    assert await sign_in("ada@example.org", PASSWORD) == ada


async def test_access_of_somebody_who_is_not_there_is_neither_ended_nor_given_back() -> None:
    ada = await make("ada", admin=True)
    for change in (end_access, give_access_back):
        with pytest.raises(NotFound):
            await change(ada, uuid4())
    assert await AuditEntry.count().where(AuditEntry.action.is_in(["person.end", "person.return"])) == 0
