"""A person's passkeys as rows: listed, added, renamed, removed, counted up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.audit import record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.signed_in import SignedIn
from courses.tables.people import Passkey

#: of one person
MOST = 20
NAME_MAX = 60


@dataclass(frozen=True)
class PasskeyInfo:
    """A passkey as its person sees it."""

    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class NewPasskey:
    """What a device has made, and proved to have: texts are base64url."""

    credential: str
    public_key: str
    sign_count: int
    transports: str


async def passkeys_of(person: UUID) -> list[PasskeyInfo]:
    """The oldest first."""
    rows = await Passkey.select(Passkey.id, Passkey.name, Passkey.created_at, Passkey.used_at).where(
        Passkey.person == person
    ).order_by(Passkey.created_at)  # fmt: skip
    return [PasskeyInfo(**row) for row in rows]


async def has_passkey(person: UUID) -> bool:
    """Whether there is one."""
    return await Passkey.exists().where(Passkey.person == person)


def checked_name(name: str) -> str:
    """As it is kept. Raises Invalid for `name`."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise Invalid({"name": Message("Give the passkey a name of up to {most} characters.", most=NAME_MAX)})
    return name


async def add_passkey(person: SignedIn, name: str, new: NewPasskey) -> None:
    """Keep it, inside a transaction. Raises Invalid for `name`, Conflict for one that somebody has already, or for too many."""
    name = checked_name(name)
    if await Passkey.count().where(Passkey.person == person.id) >= MOST:
        raise Conflict(Message("You have {most} passkeys. Remove one that you no longer use first.", most=MOST))
    row = Passkey(
        person=person.id, name=name, credential=new.credential, public_key=new.public_key,
        sign_count=new.sign_count, transports=new.transports, created_at=now(),
    )  # fmt: skip
    if not await Passkey.insert(row).on_conflict(target=Passkey.credential, action="DO NOTHING").returning(Passkey.id):
        raise Conflict(Message("This passkey is in use already."))
    await record("person.passkey_on", person, course=None, object=person.id, label=name)


@unit_of_work
async def rename_passkey(person: SignedIn, passkey_id: UUID, name: str) -> None:
    """Raises Invalid for `name`, NotFound."""
    name = checked_name(name)
    async with writing():
        mine = Passkey.id == passkey_id, Passkey.person == person.id
        if not await Passkey.update({Passkey.name: name}).where(*mine).returning(Passkey.id):
            raise NotFound
        await record("person.passkey_rename", person, course=None, object=person.id, label=name)


async def remove_passkey(person: SignedIn, passkey_id: UUID) -> None:
    """Inside a transaction. Raises NotFound."""
    mine = Passkey.id == passkey_id, Passkey.person == person.id
    gone = await Passkey.delete().where(*mine).returning(Passkey.name)
    if not gone:
        raise NotFound
    await record("person.passkey_off", person, course=None, object=person.id, label=gone[0]["name"])


async def count_up(passkey_id: UUID, old: int, new: int) -> bool:
    """Note a use that the device counted as `new`; False where it had been used meanwhile, or it counts backwards.

    A device that does not count says 0 for ever (WebAuthn §6.1.1).
    """
    if (old or new) and new <= old:
        return False
    values: Changes = {Passkey.sign_count: new, Passkey.used_at: now()}
    return bool(
        await Passkey.update(values).where(Passkey.id == passkey_id, Passkey.sign_count == old).returning(Passkey.id)
    )
