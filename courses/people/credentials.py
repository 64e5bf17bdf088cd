"""Credentials changed: one step that ends what would let somebody in without the new ones."""

from collections.abc import Mapping
from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Message, NotFound
from courses.signed_in import SignedIn
from courses.tables.people import ApiKey, OneTimeLink, Person, Session

#: one-use links that sign in or set a password; one into a course lets nobody in who has not signed in
LINKS = ("invite", "sign-in", "reset")


async def end_credentials(person: UUID, email: str, keep_keys: bool = False) -> Mapping[str, int]:
    """End all sessions, one-use links and, unless they are kept, API keys; inside a transaction. How many, for the log."""
    moment = now()
    sessions = await Session.update({Session.ended_at: moment}).where(
        Session.person == person, Session.ended_at.is_null()
    ).returning(Session.id)  # fmt: skip
    links = await OneTimeLink.update({OneTimeLink.used_at: moment}).where(
        OneTimeLink.email == email, OneTimeLink.kind.is_in(list(LINKS)), OneTimeLink.used_at.is_null()
    ).returning(OneTimeLink.id)  # fmt: skip
    keys = [] if keep_keys else await ApiKey.update({ApiKey.ended_at: moment}).where(
        ApiKey.person == person, ApiKey.ended_at.is_null()
    ).returning(ApiKey.id)  # fmt: skip
    counts = {"sessions": len(sessions), "links": len(links), "keys": len(keys)}
    return {what: count for what, count in counts.items() if count}


@unit_of_work
async def sign_out_everywhere(by: SignedIn, person_id: UUID) -> None:
    """An admin ends all of somebody's; the password stays. Raises NotFound, Conflict."""
    if person_id == by.id:
        raise Conflict(Message("Change your own password instead: that signs you out everywhere else."))
    row = await Person.select(Person.email, Person.name).where(Person.id == person_id).first()
    if row is None:
        raise NotFound
    async with writing():
        ended = await end_credentials(person_id, row["email"])
        await record(
            "person.sign_out", by, course=None, object=person_id, label=row["name"], detail={"ended": dict(ended)}
        )
