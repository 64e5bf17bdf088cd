"""Keys of the management API: shown once, kept as a hash."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import writing
from courses.errors import Invalid, Message, NotFound
from courses.people.one_use_links import hashed
from courses.signed_in import SignedIn
from courses.tables.people import ApiKey

PREFIX = "llk_"
# How stale `used_at` may get before it is written again.
STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class KeyInfo:
    """A key as its person sees it; `hint` is how it begins."""

    id: UUID
    name: str
    hint: str
    created_at: datetime
    used_at: datetime | None


async def create_api_key(person: SignedIn, name: str) -> str:
    """Make a key; returns it, for the only time. Raises Invalid."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 100:
        raise Invalid({"name": Message("Give the key a name of up to 100 characters.")})
    key = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey(person=person.id, name=name, key_hash=hashed(key), hint=key[:8], created_at=now())
    async with writing():
        await ApiKey.insert(row)
        await record("key.create", person, course=None, object=row.id, label=name)
    return key


async def keys_of(person: SignedIn) -> list[KeyInfo]:
    """Those that work, the newest first."""
    rows = await ApiKey.select(ApiKey.id, ApiKey.name, ApiKey.hint, ApiKey.created_at, ApiKey.used_at).where(
        ApiKey.person == person.id, ApiKey.ended_at.is_null()
    ).order_by(ApiKey.created_at, ascending=False)  # fmt: skip
    return [KeyInfo(**row) for row in rows]


async def end_api_key(person: SignedIn, key_id: UUID) -> None:
    """End one of the person's keys at once; a second call changes nothing. Raises NotFound."""
    mine = ApiKey.id == key_id, ApiKey.person == person.id
    async with writing():
        row = await ApiKey.select(ApiKey.name, ApiKey.ended_at).where(*mine).first()
        if row is None:
            raise NotFound
        if row["ended_at"] is None:
            await ApiKey.update({ApiKey.ended_at: now()}).where(*mine)
            await record("key.end", person, course=None, object=key_id, label=row["name"])


async def api_key_person(key: str) -> SignedIn | None:
    """Whose key this is, or None; notes that it was used."""
    row = await ApiKey.select(
        ApiKey.id, ApiKey.used_at, ApiKey.ended_at, ApiKey.person.id.as_alias("person"), ApiKey.person.email.as_alias("email"),
        ApiKey.person.name.as_alias("name"), ApiKey.person.admin.as_alias("admin"),
        ApiKey.person.language.as_alias("language"), ApiKey.person.disabled_at.as_alias("disabled_at"),
    ).where(ApiKey.key_hash == hashed(key)).first()  # fmt: skip
    if row is None or row["ended_at"] or row["disabled_at"]:
        return None
    moment = now()
    if row["used_at"] is None or row["used_at"] < moment - STEP:
        await ApiKey.update({ApiKey.used_at: moment}).where(ApiKey.id == row["id"])
    return SignedIn(row["person"], row["email"], row["name"], row["admin"], row["language"])
