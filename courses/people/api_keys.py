"""Keys of the management API: shown once, kept as a hash."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message, NotAllowed, NotFound
from courses.people.one_use_links import hashed
from courses.signed_in import SignedIn
from courses.tables.people import ApiKey

PREFIX = "llk_"
#: what a key may do by its scope; a device agent's only speaks for devices, and reads and changes nothing else
SCOPES = {"read": {"read"}, "write": {"read", "write"}, "agent": {"agent"}}
#: of keys made before there were scopes
FULL = "write"
# How stale `used_at` may get before it is written again.
STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class KeyInfo:
    """A key as its person sees it; `hint` is how it begins, `scope` is None of a key older than scopes."""

    id: UUID
    name: str
    hint: str
    created_at: datetime
    used_at: datetime | None
    scope: str | None
    expires_at: datetime | None

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now()


@unit_of_work
async def create_api_key(person: SignedIn, name: str, scope: str = "write", life: timedelta | None = None) -> str:
    """Make a key of one of SCOPES, good for `life` or without end; returns it, for the only time. Raises Invalid."""
    name = " ".join(name.split())
    problems: dict[str, Message] = {}
    if not 0 < len(name) <= 100:
        problems["name"] = Message("Give the key a name of up to 100 characters.")
    if scope not in SCOPES:
        problems["scope"] = Message("Choose what the key may do.")
    if problems:
        raise Invalid(problems)
    key, moment = PREFIX + secrets.token_urlsafe(32), now()
    row = ApiKey(
        person=person.id, name=name, key_hash=hashed(key), hint=key[:8], created_at=moment, scope=scope,
        expires_at=moment + life if life else None,
    )  # fmt: skip
    async with writing():
        await ApiKey.insert(row)
        await record("key.create", person, course=None, object=row.id, label=name, detail={"scope": scope})
    return key


async def keys_of(person: SignedIn) -> list[KeyInfo]:
    """Those that were not ended, the newest first."""
    rows = await ApiKey.select(
        ApiKey.id, ApiKey.name, ApiKey.hint, ApiKey.created_at, ApiKey.used_at, ApiKey.scope, ApiKey.expires_at
    ).where(
        ApiKey.person == person.id, ApiKey.ended_at.is_null()
    ).order_by(ApiKey.created_at, ascending=False)  # fmt: skip
    return [KeyInfo(**row) for row in rows]


@unit_of_work
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


async def has_keys(email: str) -> bool:
    """Whether somebody with this address has a key that was not ended."""
    return await ApiKey.exists().where(ApiKey.person.email == email, ApiKey.ended_at.is_null())


async def api_key_person(key: str, needs: str = "read") -> SignedIn | None:
    """Whose key this is, or None; notes that it was used. Raises NotAllowed where its scope has not what it `needs`."""
    row = await ApiKey.select(
        ApiKey.id, ApiKey.used_at, ApiKey.ended_at, ApiKey.scope, ApiKey.expires_at,
        ApiKey.person.id.as_alias("person"), ApiKey.person.email.as_alias("email"),
        ApiKey.person.name.as_alias("name"), ApiKey.person.admin.as_alias("admin"),
        ApiKey.person.language.as_alias("language"), ApiKey.person.disabled_at.as_alias("disabled_at"),
    ).where(ApiKey.key_hash == hashed(key)).first()  # fmt: skip
    if row is None or row["ended_at"] or row["disabled_at"]:
        return None
    moment = now()
    if row["expires_at"] and row["expires_at"] <= moment:
        return None
    if needs not in SCOPES[row["scope"] or FULL]:
        raise NotAllowed(Message("This API key may not do this. Make one that may on your account’s page."))
    if row["used_at"] is None or row["used_at"] < moment - STEP:
        await ApiKey.update({ApiKey.used_at: moment}).where(ApiKey.id == row["id"])
    return SignedIn(row["person"], row["email"], row["name"], row["admin"], row["language"])
