"""Who may sign in: everybody with an account, and the invitations that are open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Message, NotFound
from courses.people.credentials import end_credentials
from courses.signed_in import SignedIn
from courses.tables.people import OneTimeLink, Person, Session


@dataclass(frozen=True)
class PersonInfo:
    """Somebody with an account; `seen_at` is the last sign of a session."""

    id: UUID
    email: str
    name: str
    admin: bool
    created_at: datetime
    disabled_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation that can still be used."""

    email: str
    admin: bool
    expires_at: datetime


async def list_people() -> list[PersonInfo]:
    """Everybody by name, those whose access has ended last."""
    rows = await Person.select(
        Person.id, Person.email, Person.name, Person.admin, Person.created_at, Person.disabled_at
    )  # fmt: skip
    seen: dict[UUID, datetime] = {}
    for session in await Session.select(Session.person, Session.seen_at).order_by(Session.seen_at):
        seen[session["person"]] = session["seen_at"]
    people = [PersonInfo(**row, seen_at=seen.get(row["id"])) for row in rows]
    return sorted(people, key=lambda person: (person.disabled_at is not None, person.name.casefold(), person.email))


async def open_invitations() -> list[OpenInvitation]:
    """Those not used and not too old, by address."""
    rows = await OneTimeLink.select(OneTimeLink.email, OneTimeLink.admin, OneTimeLink.expires_at).where(
        OneTimeLink.kind == "invite", OneTimeLink.used_at.is_null(), OneTimeLink.expires_at > now()
    ).order_by(OneTimeLink.email)  # fmt: skip
    return [OpenInvitation(**row) for row in rows]


@unit_of_work
async def end_access(by: SignedIn, person_id: UUID) -> PersonInfo:
    """End somebody's access at once, with all sessions, API keys and open one-use links. Raises NotFound, Conflict."""
    person = await _find(person_id)
    if person.id == by.id:
        raise Conflict(Message("You cannot end your own access. Ask another admin."))
    moment = now()
    async with writing():
        await Person.update({Person.disabled_at: moment}).where(Person.id == person.id, Person.disabled_at.is_null())
        await end_credentials(person.id, person.email)
        await OneTimeLink.update({OneTimeLink.used_at: moment}).where(
            OneTimeLink.email == person.email, OneTimeLink.used_at.is_null()
        )
        if person.disabled_at is None:
            await record("person.end", by, course=None, object=person.id, label=person.name)
    return person


@unit_of_work
async def give_access_back(by: SignedIn, person_id: UUID) -> PersonInfo:
    """Let somebody sign in again; the sessions and keys that ended stay ended. Raises NotFound."""
    person = await _find(person_id)
    async with writing():
        await Person.update({Person.disabled_at: None}).where(Person.id == person.id)
        if person.disabled_at is not None:
            await record("person.return", by, course=None, object=person.id, label=person.name)
    return person


async def _find(person_id: UUID) -> PersonInfo:
    found = next((person for person in await list_people() if person.id == person_id), None)
    if found is None:
        raise NotFound
    return found
