"""Sessions are rows; the browser holds a random id whose hash is stored."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from piccolo.query.functions.aggregate import Max

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import NotFound
from courses.people.one_use_links import hashed
from courses.signed_in import SignedIn
from courses.tables.people import Session

# A school day without a click, and a working week in all. ASVS 7.1.1 leaves the figures to the risk.
IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(days=7)
# How stale `seen_at` may get before it is written again.
SEEN_STEP = timedelta(minutes=5)


@dataclass(frozen=True)
class SessionInfo:
    """A signed-in browser; `here` is the one that asks."""

    id: UUID
    browser: str
    created_at: datetime
    seen_at: datetime
    here: bool


async def open_session(person: SignedIn, browser: str = "") -> str:
    """Start a session; returns its secret, new at every sign-in."""
    secret, moment = secrets.token_urlsafe(32), now()
    await Session.insert(
        Session(token_hash=hashed(secret), person=person.id, browser=browser[:60], created_at=moment, seen_at=moment)
    )
    return secret


async def session_person(secret: str, seen: bool = True) -> SignedIn | None:
    """Who is signed in with this secret, or None when it is unknown, ended, idle too long or too old.

    `seen=False` only looks: what a page does by itself is no sign of somebody in front of it.
    """
    row = await Session.select(
        Session.id, Session.created_at, Session.seen_at, Session.ended_at,
        Session.person.id.as_alias("person"), Session.person.email.as_alias("email"),
        Session.person.name.as_alias("name"), Session.person.admin.as_alias("admin"),
        Session.person.language.as_alias("language"), Session.person.disabled_at.as_alias("disabled_at"),
    ).where(Session.token_hash == hashed(secret)).first()  # fmt: skip
    moment = now()
    if row is None or row["ended_at"] or row["disabled_at"]:
        return None
    if moment - row["seen_at"] > IDLE or moment - row["created_at"] > ABSOLUTE:
        return None
    if seen and moment - row["seen_at"] > SEEN_STEP:
        await Session.update({Session.seen_at: moment}).where(Session.id == row["id"])
    return SignedIn(row["person"], row["email"], row["name"], row["admin"], row["language"])


async def end_session(secret: str) -> None:
    """End one session; a second call changes nothing."""
    await Session.update({Session.ended_at: now()}).where(
        Session.token_hash == hashed(secret), Session.ended_at.is_null()
    )


async def sessions_of(person: SignedIn, secret: str) -> list[SessionInfo]:
    """Where the person is signed in: this browser first, then the last seen."""
    moment = now()
    rows = await Session.select(
        Session.id, Session.token_hash, Session.browser, Session.created_at, Session.seen_at
    ).where(
        Session.person == person.id, Session.ended_at.is_null(), Session.seen_at > moment - IDLE,
        Session.created_at > moment - ABSOLUTE,
    ).order_by(Session.seen_at, ascending=False)  # fmt: skip
    found = [SessionInfo(here=row.pop("token_hash") == hashed(secret), **row) for row in rows]
    return sorted(found, key=lambda session: not session.here)


@unit_of_work
async def end_session_of(person: SignedIn, session_id: UUID) -> None:
    """End one of the person's sessions; a second call changes nothing. Raises NotFound."""
    mine = Session.id == session_id, Session.person == person.id
    async with writing():
        row = await Session.select(Session.browser, Session.ended_at).where(*mine).first()
        if row is None:
            raise NotFound
        if row["ended_at"] is None:
            await Session.update({Session.ended_at: now()}).where(*mine)
            await record("session.end", person, course=None, object=session_id, label=row["browser"])


@unit_of_work
async def end_other_sessions(person: SignedIn, secret: str) -> None:
    """End all sessions of the person but the one with this secret."""
    others = Session.person == person.id, Session.token_hash != hashed(secret), Session.ended_at.is_null()
    async with writing():
        if await Session.update({Session.ended_at: now()}).where(*others).returning(Session.id):
            await record("session.end_others", person, course=None, object=person.id, label=person.name)


async def last_seen(people: list[UUID]) -> dict[UUID, datetime]:
    """The last sign of a session of each of them who has had one."""
    rows = await Session.select(Session.person, Max(Session.seen_at, alias="seen_at")).where(
        Session.person.is_in(people)
    ).group_by(Session.person)  # fmt: skip
    # An aggregate comes back from SQLite as text.
    times = {row["person"]: row["seen_at"] for row in rows}
    return {person: datetime.fromisoformat(at) if isinstance(at, str) else at for person, at in times.items()}
