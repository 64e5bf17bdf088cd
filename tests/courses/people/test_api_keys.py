"""API keys: shown once, kept as a hash, gone with their person."""

from datetime import timedelta

import pytest

from courses.clock import now
from courses.errors import Invalid, NotAllowed
from courses.people.access import end_access
from courses.people.accounts import add_person
from courses.people.api_keys import PREFIX, STEP, api_key_person, create_api_key, keys_of
from courses.tables.people import ApiKey

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def test_api_key_names_its_person_and_is_not_stored(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    key = await create_api_key(alice, "  timetable   sync ")
    assert key.startswith(PREFIX)
    assert await api_key_person(key) == alice
    row = await ApiKey.select()
    assert key not in str(row)
    assert row[0]["name"] == "timetable sync"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
async def test_api_key_needs_a_name(db: str, name: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    with pytest.raises(Invalid):
        await create_api_key(alice, name)
    assert await ApiKey.count() == 0


async def test_api_key_counts_for_nothing_when_ended_or_its_person_is(db: str) -> None:
    alice, bob = await add_person("alice@example.org", "Alice"), await add_person("bob@example.org", "Bob")
    ended, orphaned = await create_api_key(alice, "one"), await create_api_key(bob, "two")
    await ApiKey.update({ApiKey.ended_at: now()}).where(ApiKey.person == alice.id)
    await end_access(alice, bob.id)
    for key in (ended, orphaned, "", PREFIX, ended.lower()):
        assert await api_key_person(key) is None


async def test_api_key_may_do_what_its_scope_says(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    allowed = {"read": {"read"}, "write": {"read", "write"}, "agent": {"agent"}}
    for scope, needs in allowed.items():
        key = await create_api_key(alice, scope, scope)
        for need in ("read", "write", "agent"):
            if need in needs:
                assert await api_key_person(key, need) == alice
            else:
                with pytest.raises(NotAllowed):
                    await api_key_person(key, need)
    with pytest.raises(Invalid) as failure:
        await create_api_key(alice, "x", "admin")
    assert list(failure.value.fields) == ["scope"]


async def test_api_key_of_before_scopes_may_do_all_that_it_could(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    key = await create_api_key(alice, "old", "read")
    await ApiKey.update({ApiKey.scope: None}).where(ApiKey.person == alice.id)
    assert await api_key_person(key, "write") == alice
    (info,) = await keys_of(alice)
    assert (info.scope, info.expires_at, info.expired) == (None, None, False)


async def test_api_key_expires_and_stays_in_the_list(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    key = await create_api_key(alice, "short", "write", timedelta(days=30))
    assert await api_key_person(key, "write") == alice
    await ApiKey.update({ApiKey.expires_at: now()}).where(ApiKey.person == alice.id)
    assert await api_key_person(key) is None
    assert [info.expired for info in await keys_of(alice)] == [True]


async def test_api_key_knows_when_it_was_last_used(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    key = await create_api_key(alice, "timetable")
    assert (await keys_of(alice))[0].used_at is None
    await api_key_person(key)
    first = (await keys_of(alice))[0].used_at
    assert first is not None
    await api_key_person(key)
    assert (await keys_of(alice))[0].used_at == first  # written once a minute, not at every call
    await ApiKey.update({ApiKey.used_at: first - 2 * STEP}).where(ApiKey.person == alice.id)
    await api_key_person(key)
    assert (await keys_of(alice))[0].used_at > first - STEP
