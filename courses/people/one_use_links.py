"""One-use links: made, looked at, used. What is stored is the hash of the secret."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from courses.clock import now
from courses.errors import Message, OneTimeUsed
from courses.tables.people import OneTimeLink


@dataclass(frozen=True)
class OneTime:
    """What a one-use link is for: `kind` is "invite", "sign-in" or "join"; the latter is into a course, as a role."""

    kind: str
    email: str
    admin: bool
    course: UUID | None = None
    role: str | None = None


def hashed(secret: str) -> str:
    """How a random secret is stored (it has 256 bits, so a plain hash is enough)."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def make_link(link: OneTime, life: timedelta) -> str:
    """Make a link, ending earlier ones for the same; inside a transaction. Returns its secret."""
    secret, moment = secrets.token_urlsafe(32), now()
    place = OneTimeLink.course.is_null() if link.course is None else OneTimeLink.course == link.course
    await OneTimeLink.update({OneTimeLink.used_at: moment}).where(
        OneTimeLink.email == link.email, OneTimeLink.kind == link.kind, OneTimeLink.used_at.is_null(), place
    )
    await OneTimeLink.insert(
        OneTimeLink(
            token_hash=hashed(secret), kind=link.kind, email=link.email, admin=link.admin, course=link.course,
            role=link.role, created_at=moment, expires_at=moment + life,
        )
    )  # fmt: skip
    return secret


async def one_time(secret: str) -> OneTime:
    """Look at a one-use link without using it. Raises OneTimeUsed."""
    row = await OneTimeLink.select().where(OneTimeLink.token_hash == hashed(secret)).first()
    if row is None or row["used_at"] is not None or row["expires_at"] <= now():
        raise too_late()
    return OneTime(row["kind"], row["email"], row["admin"], row["course"], row["role"])


async def use_link(secret: str) -> None:
    """Mark as used, inside a transaction; of two at the same moment one gets it. Raises OneTimeUsed."""
    rows = (
        await OneTimeLink.update({OneTimeLink.used_at: now()})
        .where(OneTimeLink.token_hash == hashed(secret), OneTimeLink.used_at.is_null())
        .returning(OneTimeLink.id)
    )
    if not rows:
        raise too_late()


def too_late() -> OneTimeUsed:
    """What is said of a link that was used, replaced, withdrawn, has expired, or never was."""
    return OneTimeUsed(Message("This link has been used or is too old. Ask for a new one."))
