"""Sessions: rows with an idle and an absolute end."""

from datetime import timedelta
from typing import Any

import pytest

from courses.clock import now
from courses.people.accounts import accept_invitation, invite
from courses.people.one_use_links import hashed
from courses.people.sessions import ABSOLUTE, IDLE, SEEN_STEP, end_session, open_session, session_person
from courses.signed_in import SignedIn
from courses.tables.people import Person, Session

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
SECOND = timedelta(seconds=1)
WINDOW = timedelta(minutes=15)


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await accept_invitation(await invite("alice@example.org"), "Alice", "nine copper windmills hum softly")


async def age(secret: str, **back: timedelta) -> None:
    """Put a session's times back."""
    values: dict[Any, Any] = {name: now() - by for name, by in back.items()}
    await Session.update(values).where(Session.token_hash == hashed(secret))


async def test_session_is_the_persons(alice: SignedIn) -> None:
    secret = await open_session(alice, "Chrome on Android")
    assert await session_person(secret) == alice
    assert len(secret) >= 43  # 256 bits
    assert await open_session(alice) != secret


async def test_unknown_secrets_are_nobodys(alice: SignedIn) -> None:
    secret = await open_session(alice)
    for wrong in ("", "x", secret + "x", secret[:-1], hashed(secret)):
        assert await session_person(wrong) is None


async def test_session_ends_after_idle_time(alice: SignedIn) -> None:
    secret = await open_session(alice)
    await age(secret, seen_at=IDLE - 10 * SECOND)
    assert await session_person(secret) == alice
    await age(secret, seen_at=IDLE + SECOND)
    assert await session_person(secret) is None


async def test_session_ends_after_absolute_time_however_busy(alice: SignedIn) -> None:
    secret = await open_session(alice)
    await age(secret, created_at=ABSOLUTE - 10 * SECOND)
    assert await session_person(secret) == alice
    await age(secret, created_at=ABSOLUTE + SECOND)
    assert await session_person(secret) is None


async def test_use_keeps_a_session_alive_and_is_written_seldom(alice: SignedIn) -> None:
    secret = await open_session(alice)

    async def seen() -> Any:
        return (await Session.select(Session.seen_at).first())["seen_at"]

    before = await seen()
    await session_person(secret)
    assert await seen() == before
    await age(secret, seen_at=SEEN_STEP + SECOND)
    await session_person(secret)
    assert now() - await seen() < timedelta(minutes=1)


async def test_ended_session_stays_ended(alice: SignedIn) -> None:
    secret, other = await open_session(alice), await open_session(alice)
    await end_session(secret)
    (ended,) = [row["ended_at"] for row in await Session.select() if row["token_hash"] == hashed(secret)]
    await end_session(secret)
    assert await session_person(secret) is None
    assert await session_person(other) == alice
    assert ended in [row["ended_at"] for row in await Session.select()]


async def test_disabled_person_has_no_session(alice: SignedIn) -> None:
    secret = await open_session(alice)
    await Person.update({Person.disabled_at: now()}).where(Person.id == alice.id)
    assert await session_person(secret) is None
