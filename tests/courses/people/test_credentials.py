"""What lets somebody in ends with the password that it was made under."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from courses.audit import entries_of_account
from courses.catalogue.courses import course_of, create_course
from courses.catalogue.invitations import invite_member
from courses.errors import Conflict, Invalid, NotFound, OneTimeUsed, SignInFailed
from courses.people.access import end_access, give_access_back
from courses.people.accounts import accept_invitation, change_password, check_password, invite, sign_in, sign_in_link
from courses.people.api_keys import api_key_person, create_api_key, has_keys
from courses.people.credentials import sign_out_everywhere
from courses.people.one_use_links import one_time
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases, pytest.mark.usefixtures("db")]
OLD, NEW = "nine copper windmills hum softly", "an entirely other sentence here"


async def make(name: str = "alice") -> SignedIn:
    return await accept_invitation(await invite(f"{name}@example.org"), name.title(), OLD)


class Held:
    """A session, a key and links of somebody."""

    def __init__(self, session: str, key: str, links: list[str]) -> None:
        self.session, self.key, self.links = session, key, links

    async def good(self) -> set[str]:
        found = {"session"} if await session_person(self.session) else set()
        found |= {"key"} if await api_key_person(self.key) else set()
        for link in self.links:
            try:
                found.add((await one_time(link)).kind)
            except OneTimeUsed:
                continue
        return found


async def hold(person: SignedIn) -> Held:
    links = [await sign_in_link(person.email), await invite(person.email)]
    return Held(await open_session(person), await create_api_key(person, "tests"), links)


async def test_changed_password_ends_all_of_the_person_alone() -> None:
    alice, bob = await make(), await make("bob")
    hers, his = await hold(alice), await hold(bob)
    everything = {"session", "key", "sign-in", "invite"}
    assert await hers.good() == everything
    await change_password(alice, NEW)
    assert await hers.good() == set()
    assert await his.good() == everything
    entry = next(entry for entry in await entries_of_account(alice.id, 20) if entry.action == "person.password")
    assert entry.detail["ended"] == {"sessions": 1, "links": 2, "keys": 1}


async def test_password_that_is_changed_while_it_is_checked_lets_nobody_in() -> None:
    """Whoever signs in again and again with the old one would else be in just after the change."""
    alice = await make()

    async def overtaken(work: Callable[..., Any], *arguments: Any) -> Any:
        found = await asyncio.to_thread(work, *arguments)
        await change_password(alice, NEW)
        return found

    with pytest.raises(SignInFailed):
        await sign_in(alice.email, OLD, overtaken)
    await change_password(alice, OLD)
    with pytest.raises(Invalid):
        await check_password(alice, OLD, overtaken)
    assert await sign_in(alice.email, NEW) == alice


async def test_keys_are_kept_by_choice() -> None:
    alice = await make()
    held = await hold(alice)
    await change_password(alice, NEW, keep_keys=True)
    assert await held.good() == {"key"}
    await accept_invitation(await invite(alice.email), "Alice", OLD, keep_keys=True)
    assert await held.good() == {"key"}
    await accept_invitation(await invite(alice.email), "Alice", NEW)
    assert await held.good() == set()
    assert not await has_keys(alice.email)


async def test_invitation_into_a_course_outlives_the_password() -> None:
    """It lets nobody in who has not signed in."""
    alice, bob = await make(), await make("bob")
    course = await course_of(bob, await create_course(bob, "Tea"))
    joining = await invite_member(bob, course, alice.email, "editor")
    await change_password(alice, NEW)
    assert (await one_time(joining)).kind == "join"


async def test_admin_signs_somebody_out_everywhere() -> None:
    alice, ada = await make(), await make("ada")
    held = await hold(alice)
    await sign_out_everywhere(ada, alice.id)
    assert await held.good() == set()
    with pytest.raises(Conflict):
        await sign_out_everywhere(ada, ada.id)
    with pytest.raises(NotFound):
        await sign_out_everywhere(ada, uuid4())


async def test_access_that_is_given_back_brings_no_key_back() -> None:
    alice, ada = await make(), await make("ada")
    held = await hold(alice)
    await end_access(ada, alice.id)
    await give_access_back(ada, alice.id)
    assert await held.good() == set()
