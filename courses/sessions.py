"""Sessions are rows; the browser holds a random id whose hash is stored."""

import secrets
from datetime import timedelta

from courses.clock import now
from courses.people import SignedIn, hashed
from courses.tables.people import Session

# A school day without a click, and a working week in all. ASVS 7.1.1 leaves the figures to the risk.
IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(days=7)
# How stale `seen_at` may get before it is written again.
SEEN_STEP = timedelta(minutes=5)


async def open_session(person: SignedIn, browser: str = "") -> str:
    """Start a session; returns its secret, new at every sign-in."""
    secret, moment = secrets.token_urlsafe(32), now()
    await Session.insert(
        Session(token_hash=hashed(secret), person=person.id, browser=browser[:60], created_at=moment, seen_at=moment)
    )
    return secret


async def session_person(secret: str) -> SignedIn | None:
    """Who is signed in with this secret, or None when it is unknown, ended, idle too long or too old."""
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
    if moment - row["seen_at"] > SEEN_STEP:
        await Session.update({Session.seen_at: moment}).where(Session.id == row["id"])
    return SignedIn(row["person"], row["email"], row["name"], row["admin"], row["language"])


async def end_session(secret: str) -> None:
    """End one session; a second call changes nothing."""
    await Session.update({Session.ended_at: now()}).where(
        Session.token_hash == hashed(secret), Session.ended_at.is_null()
    )
