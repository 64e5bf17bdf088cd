"""Keys of the management API: shown once, kept as a hash."""

import secrets

from courses.clock import now
from courses.errors import Invalid, Message
from courses.people import SignedIn, hashed
from courses.tables.people import ApiKey

PREFIX = "llk_"


async def create_api_key(person: SignedIn, name: str) -> str:
    """Make a key; returns it, for the only time. Raises Invalid."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 100:
        raise Invalid({"name": Message("Give the key a name of up to 100 characters.")})
    key = PREFIX + secrets.token_urlsafe(32)
    await ApiKey.insert(ApiKey(person=person.id, name=name, key_hash=hashed(key), hint=key[:8], created_at=now()))
    return key


async def api_key_person(key: str) -> SignedIn | None:
    """Whose key this is, or None."""
    row = await ApiKey.select(
        ApiKey.ended_at, ApiKey.person.id.as_alias("person"), ApiKey.person.email.as_alias("email"),
        ApiKey.person.name.as_alias("name"), ApiKey.person.admin.as_alias("admin"),
        ApiKey.person.language.as_alias("language"), ApiKey.person.disabled_at.as_alias("disabled_at"),
    ).where(ApiKey.key_hash == hashed(key)).first()  # fmt: skip
    if row is None or row["ended_at"] or row["disabled_at"]:
        return None
    return SignedIn(row["person"], row["email"], row["name"], row["admin"], row["language"])
