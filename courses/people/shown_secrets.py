"""What is shown once: kept for the browser that made it, so that it can be shown again until it is left on purpose.

Keys, PINs and links are stored as hashes, and nobody can show them a second time. Until they are safe with whom they are for, what
was shown is kept too, under a key that the cookie of that browser's session gives: neither the database nor the keyring opens it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from piccolo.columns.combination import Where

from courses.clock import now
from courses.errors import NotFound
from courses.people.one_use_links import hashed
from courses.signed_in import SignedIn
from courses.tables.people import Session, ShownSecret

#: after that nobody comes back for it
KEPT = timedelta(days=1)
PURPOSE = b"shown-secret-v1"
# Each has a key of its own, of the session and its id, so that no nonce is used twice.
_NONCE = bytes(12)


@dataclass(frozen=True)
class Waiting:
    """Something that was not left yet; kinds are those of the table."""

    id: UUID
    kind: str
    created_at: datetime


@dataclass(frozen=True)
class Shown:
    """What is shown: `content` is as it was given, `back` the path of the page that it was made on."""

    id: UUID
    kind: str
    back: str
    content: Any
    created_at: datetime


async def keep_to_show(person: SignedIn, secret: str, kind: str, back: str, content: Any) -> UUID:
    """Keep what JSON can hold for the person's session with this secret; its id. Raises NotFound for one that is none."""
    row = ShownSecret(session=await _session(person, secret), kind=kind, back=back, sealed=b"", created_at=now())
    row.sealed = AESGCM(_key(secret, row.id)).encrypt(_NONCE, json.dumps(content).encode(), PURPOSE)
    await ShownSecret.insert(row)
    return row.id


async def shown_secret(person: SignedIn, secret: str, id: UUID) -> Shown:
    """What was kept. Raises NotFound when it is another session's, was left, or is too old."""
    row = await ShownSecret.select().where(*_kept(await _session(person, secret)), ShownSecret.id == id).first()
    if row is None:
        raise NotFound
    content = json.loads(AESGCM(_key(secret, id)).decrypt(_NONCE, bytes(row["sealed"]), PURPOSE))
    return Shown(id, row["kind"], row["back"], content, row["created_at"])


async def waiting_secrets(person: SignedIn, secret: str, back: str) -> list[Waiting]:
    """What was made on this page and is not left yet, the newest first."""
    rows = await ShownSecret.select(ShownSecret.id, ShownSecret.kind, ShownSecret.created_at).where(
        ShownSecret.session.token_hash == hashed(secret), ShownSecret.session.person == person.id,
        ShownSecret.created_at > now() - KEPT, ShownSecret.back == back,
    ).order_by(ShownSecret.created_at, ascending=False)  # fmt: skip
    return [Waiting(**row) for row in rows]


async def leave_secret(person: SignedIn, secret: str, id: UUID) -> str:
    """It is shown no more; the path of its page. Raises NotFound."""
    mine = _kept(await _session(person, secret))
    left = await ShownSecret.delete().where(*mine, ShownSecret.id == id).returning(ShownSecret.back)
    if not left:
        raise NotFound
    back: str = left[0]["back"]
    return back


async def _session(person: SignedIn, secret: str) -> UUID:
    mine = Session.token_hash == hashed(secret), Session.person == person.id
    row = await Session.select(Session.id).where(*mine).first()
    if row is None:
        raise NotFound
    session: UUID = row["id"]
    return session


def _kept(session: UUID) -> tuple[Where, Where]:
    return ShownSecret.session == session, ShownSecret.created_at > now() - KEPT


def _key(secret: str, id: UUID) -> bytes:
    return hashlib.sha256(PURPOSE + id.bytes + secret.encode()).digest()
