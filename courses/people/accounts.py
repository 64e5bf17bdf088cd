"""People who sign in: invitations, passwords, accounts."""

import asyncio
import base64
import re
import secrets
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import argon2
from piccolo.custom_types import Combinable

from courses.audit import changed, record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message, NotFound, SignInFailed, SignInNeeded
from courses.people.credentials import end_credentials
from courses.people.one_use_links import OneTime, make_link, one_time, too_late, use_link
from courses.people.passwords import PASSWORD_MAX, password_problem
from courses.people.slow_hashes import Hashing
from courses.signed_in import SignedIn
from courses.tables.people import Person

INVITATION_LIFE = timedelta(days=7)
SIGN_IN_LINK_LIFE = timedelta(hours=12)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,185}\.[^@\s.]{2,}|[^@\s]{1,64}@localhost")
_hasher = argon2.PasswordHasher()


def _nobodys(hasher: argon2.PasswordHasher) -> str:
    """A digest that no password has and that takes as long to verify as any; made without that work, as each process makes one."""
    salt, made = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}${salt}${made}"


# Verified when the address is unknown, so that the answer takes the same time.
_NOBODY = _nobodys(_hasher)


@unit_of_work
async def invite(email: str, admin: bool = False, by: SignedIn | None = None) -> str:
    """Make an invitation, ending earlier ones to this address; for a person who exists it sets a new password.

    Returns the secret of the link. Raises Invalid.
    """
    email = checked_address(email)
    if await Person.exists().where(Person.email == email, Person.disabled_at.is_not_null()):
        raise Invalid({"email": Message("This person's access has ended. Give it back first.")})
    async with writing():
        secret = await make_link(OneTime("invite", email, admin), INVITATION_LIFE)
        await record("person.invite", by, course=None, label=email, detail={"admin": True} if admin else {})
    return secret


@unit_of_work
async def sign_in_link(email: str) -> str:
    """A link that signs a person in once; returns its secret. Raises NotFound."""
    address = checked_address(email)
    if not await Person.exists().where(Person.email == address):
        raise NotFound(Message("Nobody has the address {email}.", email=email))
    async with writing():
        return await make_link(OneTime("sign-in", address, False), SIGN_IN_LINK_LIFE)


@unit_of_work
async def accept_invitation(
    secret: str, name: str, password: str, hashing: Hashing = asyncio.to_thread, keep_keys: bool = False
) -> SignedIn:
    """Use an invitation: set name and password, ending what let somebody in before. Raises OneTimeUsed, Invalid."""
    link = await one_time(secret)
    if link.kind != "invite":
        raise too_late()
    name, digest = await new_account(link.email, name, password, hashing)
    async with writing():
        await use_link(secret)
        await Person.insert(Person(email=link.email, name=name, created_at=now())).on_conflict(
            target=Person.email, action="DO NOTHING"
        )
        values: Changes = {Person.name: name, Person.password_hash: digest}
        if link.admin:
            values[Person.admin] = True
        await Person.update(values).where(Person.email == link.email)
        person = await _person(Person.email == link.email)
        ended = await end_credentials(person.id, person.email, keep_keys)
        detail = {"ended": dict(ended)} if ended else {}
        await record("person.join", person, course=None, object=person.id, label=person.name, detail=detail)
    return person


async def new_account(email: str, name: str, password: str, hashing: Hashing = asyncio.to_thread) -> tuple[str, str]:
    """Check what somebody chose; the name as it is kept, and the password's Argon2id hash. Raises Invalid."""
    problems: dict[str, Message] = {}
    try:
        name = _person_name(name)
    except Invalid as error:
        problems |= error.fields
    problem = await hashing(password_problem, password, [name, email])
    if problem:
        problems["password"] = problem
    if problems:
        raise Invalid(problems)
    return name, await hashing(_hasher.hash, password)


@unit_of_work
async def add_person(email: str, name: str) -> SignedIn:
    """A person without a password, who comes in by one-use links; nothing changes if there is one. Raises Invalid."""
    email = checked_address(email)
    async with writing():
        if not await Person.exists().where(Person.email == email):
            person = Person(email=email, name=name, created_at=now())
            await Person.insert(person)
            await record("person.add", None, course=None, object=person.id, label=name)
    return await _person(Person.email == email)


@unit_of_work
async def use_sign_in_link(secret: str) -> SignedIn:
    """Use a sign-in link. Raises OneTimeUsed."""
    link = await one_time(secret)
    async with writing():
        await use_link(secret)
        person = await _person(Person.email == link.email) if link.kind == "sign-in" else None
        if person is None:
            raise too_late()
    return person


async def sign_in(email: str, password: str, hashing: Hashing = asyncio.to_thread) -> SignedIn:
    """Who has this address and password. Raises SignInFailed, which never says what was wrong."""
    row = await Person.select(Person.id, Person.password_hash).where(
        Person.email == email.strip().lower(), Person.disabled_at.is_null()
    ).first()  # fmt: skip
    who, digest = (row["id"], row["password_hash"]) if row else (None, None)
    if not await _is_password(who, digest, password, hashing):
        raise SignInFailed(Message("The address or the password is wrong."))
    return await _person(Person.id == who)


async def check_password(person: SignedIn, password: str, hashing: Hashing = asyncio.to_thread) -> None:
    """Ask again who is signed in. Raises Invalid for `old`, SignInNeeded for somebody who is gone."""
    row = await Person.select(Person.password_hash).where(Person.id == person.id).first()
    if row is None:
        raise SignInNeeded
    if not await _is_password(person.id, row["password_hash"], password, hashing):
        raise Invalid({"old": Message("This is not your present password.")})


async def _is_password(person: UUID | None, digest: str | None, password: str, hashing: Hashing) -> bool:
    """Whether it is, and still is after the time that the hash takes; for nobody that takes as long."""
    matches: bool = await hashing(_matches, digest or _NOBODY, password[: PASSWORD_MAX + 1])
    if person is None or digest is None or not matches:
        return False
    return await Person.exists().where(Person.id == person, Person.password_hash == digest)


@unit_of_work
async def change_password(
    person: SignedIn, new: str, hashing: Hashing = asyncio.to_thread, keep_keys: bool = False
) -> None:
    """Set a new password and end what let somebody in before. Raises Invalid."""
    problem = await hashing(password_problem, new, [person.name, person.email])
    if problem:
        raise Invalid({"password": problem})
    digest = await hashing(_hasher.hash, new)
    async with writing():
        await Person.update({Person.password_hash: digest}).where(Person.id == person.id)
        ended = dict(await end_credentials(person.id, person.email, keep_keys))
        await record(
            "person.password", person, course=None, object=person.id, label=person.name, detail={"ended": ended}
        )


async def has_password(person: SignedIn) -> bool:
    """Whether there is one to ask for: who comes in by one-use links only has none."""
    return await Person.exists().where(Person.id == person.id, Person.password_hash.is_not_null())


async def account_of(email: str) -> UUID | None:
    """Whose address this is, also of those whose access has ended."""
    found = await Person.select(Person.id).where(Person.email == email.strip().lower()).first()
    return found["id"] if found else None


async def find_person(email: str) -> SignedIn:
    """By address. Raises NotFound."""
    return await _person(Person.email == email.strip().lower())


@unit_of_work
async def change_account(person: SignedIn, name: str, language: str | None) -> SignedIn:
    """Set name and language ("zh", "en", or None to follow the browser). Raises Invalid."""
    name = _person_name(name)
    async with writing():
        await Person.update({Person.name: name, Person.language: language}).where(Person.id == person.id)
        detail = changed({"name": person.name}, {"name": name})
        if detail:
            await record("person.rename", person, course=None, object=person.id, label=name, detail=detail)
    return replace(person, name=name, language=language)


async def set_language(person: SignedIn, language: str) -> None:
    """Remember the language, "zh" or "en"."""
    await Person.update({Person.language: language}).where(Person.id == person.id)


def _matches(digest: str, password: str) -> bool:
    try:
        return _hasher.verify(digest, password)
    except argon2.exceptions.VerifyMismatchError:
        return False


def checked_address(email: str) -> str:
    """As it is kept. Raises Invalid."""
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise Invalid({"email": Message("Write an e-mail address such as name@school.example.")})
    return email


def _person_name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= 100 or not name.isprintable():
        raise Invalid({"name": Message("Write your name, up to 100 characters.")})
    return name


async def _person(where: Combinable) -> SignedIn:
    row = await Person.select().where(where, Person.disabled_at.is_null()).first()
    if row is None:
        raise NotFound(Message("There is no such person."))
    return SignedIn(row["id"], row["email"], row["name"], row["admin"], row["language"])
