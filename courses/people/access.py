"""Who may sign in: everybody with an account, and the invitations that are open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from piccolo.columns.combination import WhereRaw
from piccolo.query import OrderByRaw, Select

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Message, NotFound
from courses.paging import Paging, page_of
from courses.people.credentials import end_credentials
from courses.people.sessions import last_seen
from courses.signed_in import SignedIn
from courses.tables.people import OneTimeLink, Person

#: people to a page; characters that are looked for
PAGE, SEARCH = 20, 200
_ORDER = "CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END, LOWER(name), email"


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


@dataclass(frozen=True)
class PeoplePage:
    """A page of `total` people."""

    people: list[PersonInfo]
    paging: Paging
    total: int


async def list_people(page: int = 1, search: str = "") -> PeoplePage:
    """A page of everybody by name, those whose access has ended last; or of those in whose name or address the words stand."""
    # PostgreSQL keeps no NUL, so nothing can be found by one.
    words = search.replace("\0", "")[:SEARCH].lower().split()
    where = [_stands_in(word) for word in words]
    total = await Person.count().where(*where)
    paging = page_of(total, PAGE, page)
    rows = await _select().where(*where).order_by(OrderByRaw(_ORDER)).limit(PAGE).offset(paging.offset)
    return PeoplePage(await _infos(rows), paging, total)


async def known_people(people: set[UUID]) -> list[PersonInfo]:
    """Those of them who have an account."""
    return await _infos(await _select().where(Person.id.is_in(list(people)))) if people else []


async def names_of_people(people: set[UUID]) -> dict[UUID, str]:
    """Of those who have an account, by name."""
    rows = (
        await Person.select(Person.id, Person.name).where(Person.id.is_in(list(people))).order_by(Person.name)
        if people
        else []
    )
    return {row["id"]: row["name"] for row in rows}


def _select() -> Select[Person]:
    return Person.select(Person.id, Person.email, Person.name, Person.admin, Person.created_at, Person.disabled_at)


def _stands_in(word: str) -> WhereRaw:
    for letter in "!%_":
        word = word.replace(letter, f"!{letter}")
    return WhereRaw("LOWER(name || ' ' || email) LIKE {} ESCAPE '!'", f"%{word}%")


async def _infos(rows: list[dict[str, Any]]) -> list[PersonInfo]:
    seen = await last_seen([row["id"] for row in rows]) if rows else {}
    return [PersonInfo(**row, seen_at=seen.get(row["id"])) for row in rows]


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
    for found in await known_people({person_id}):
        return found
    raise NotFound
