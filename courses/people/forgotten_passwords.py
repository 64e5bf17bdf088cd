"""A forgotten password: a link by mail that sets a new one, once and within half an hour."""

import asyncio
from datetime import timedelta

from courses.audit import record
from courses.database import unit_of_work, writing
from courses.errors import NotFound
from courses.people.accounts import find_person, new_account
from courses.people.credentials import end_credentials
from courses.people.one_use_links import OneTime, make_link, one_time, too_late, use_link
from courses.people.slow_hashes import Hashing
from courses.signed_in import SignedIn
from courses.tables.people import Person

RESET = "reset"
LIFE = timedelta(minutes=30)


@unit_of_work
async def reset_link(email: str) -> tuple[SignedIn, str] | None:
    """Whose address it is, and the secret of a new link; None for nobody's, and where access has ended."""
    try:
        person = await find_person(email)
    except NotFound:
        return None
    async with writing():
        return person, await make_link(OneTime(RESET, person.email, False), LIFE)


async def reset_email(secret: str) -> str:
    """Whose password the link sets, without using it. Raises OneTimeUsed."""
    link = await one_time(secret)
    if link.kind != RESET:
        raise too_late()
    return link.email


@unit_of_work
async def reset_password(secret: str, password: str, hashing: Hashing = asyncio.to_thread) -> SignedIn:
    """Use the link: set the password, and end what let somebody in before. Raises OneTimeUsed, Invalid."""
    person = await _person(await reset_email(secret))
    _, digest = await new_account(person.email, person.name, password, hashing)
    async with writing():
        await use_link(secret)
        await Person.update({Person.password_hash: digest}).where(Person.id == person.id)
        ended = dict(await end_credentials(person.id, person.email))
        await record("person.reset", person, course=None, object=person.id, label=person.name, detail={"ended": ended})
    return person


async def _person(email: str) -> SignedIn:
    try:
        return await find_person(email)
    except NotFound as error:
        raise too_late() from error
