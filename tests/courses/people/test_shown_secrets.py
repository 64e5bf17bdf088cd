"""What is shown once can be shown again to the browser that made it, and to nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from courses.clock import now
from courses.errors import NotFound
from courses.people.accounts import add_person
from courses.people.sessions import open_session
from courses.people.shown_secrets import keep_to_show, leave_secret, shown_secret, waiting_secrets
from courses.signed_in import SignedIn
from courses.tables.people import ShownSecret

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases, pytest.mark.usefixtures("db")]


async def browsers() -> tuple[SignedIn, str, str]:
    """Alice with two."""
    alice = await add_person("alice@example.org", "Alice")
    return alice, await open_session(alice), await open_session(alice)


async def test_secret_is_shown_again_until_it_is_left() -> None:
    alice, here, _ = await browsers()
    id = await keep_to_show(alice, here, "key", "/account#keys", {"name": "Timetable", "value": "陈 key"})
    for _ in range(2):
        shown = await shown_secret(alice, here, id)
        assert (shown.kind, shown.back, shown.content) == (
            "key",
            "/account#keys",
            {"name": "Timetable", "value": "陈 key"},
        )
    assert [each.id for each in await waiting_secrets(alice, here, "/account#keys")] == [id]
    assert await waiting_secrets(alice, here, "/people") == []
    assert await leave_secret(alice, here, id) == "/account#keys"
    for again in (shown_secret, leave_secret):
        with pytest.raises(NotFound):
            await again(alice, here, id)
    assert await waiting_secrets(alice, here, "/account#keys") == []


async def test_secret_is_of_one_browser_alone() -> None:
    alice, here, there = await browsers()
    id = await keep_to_show(alice, here, "key", "/account#keys", "secret")
    bob = await add_person("bob@example.org", "Bob")
    for person, other in ((alice, there), (alice, "no session"), (bob, here)):
        for way in (shown_secret, leave_secret):
            with pytest.raises(NotFound):
                await way(person, other, id)
    with pytest.raises(NotFound):
        await shown_secret(alice, here, uuid4())
    assert (await shown_secret(alice, here, id)).content == "secret"
    with pytest.raises(NotFound):
        await keep_to_show(alice, "no session", "key", "/", "secret")


async def test_database_does_not_hold_it_readable() -> None:
    alice, here, _ = await browsers()
    await keep_to_show(alice, here, "pins", "/", ["4711 4711"])
    (row,) = await ShownSecret.select()
    assert b"4711" not in bytes(row["sealed"])


async def test_secret_is_shown_for_a_day() -> None:
    alice, here, _ = await browsers()
    id = await keep_to_show(alice, here, "key", "/account#keys", "secret")
    await ShownSecret.update({ShownSecret.created_at: now() - timedelta(days=1, minutes=1)}).where(ShownSecret.id == id)
    with pytest.raises(NotFound):
        await shown_secret(alice, here, id)
    assert await waiting_secrets(alice, here, "/account#keys") == []
