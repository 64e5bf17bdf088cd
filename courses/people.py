"""People who sign in: invitations, passwords, one-use links."""

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import argon2
from zxcvbn import zxcvbn

from courses.clock import now
from courses.database import writing
from courses.errors import Invalid, Message, NotFound, OneTimeUsed, SignInFailed
from courses.tables.people import OneTimeLink, Person, Session

INVITATION_LIFE = timedelta(days=7)
SIGN_IN_LINK_LIFE = timedelta(hours=12)
PASSWORD_MIN, PASSWORD_MAX = 12, 128
# zxcvbn's scale: 3 is "safely unguessable: moderate protection from offline slow-hash scenario" (10^8 guesses or more).
PASSWORD_SCORE = 3
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,185}\.[^@\s.]{2,}|[^@\s]{1,64}@localhost")
_hasher = argon2.PasswordHasher()
# Verified when the address is unknown, so that the answer takes the same time.
_NOBODY = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class SignedIn:
    """Who acts; `via` is "page" or "api"."""

    id: UUID
    email: str
    name: str
    admin: bool
    language: str | None
    via: str = "page"


@dataclass(frozen=True)
class OneTime:
    """What a one-use link is for: `kind` is "invite" or "sign-in"."""

    kind: str
    email: str
    admin: bool


def hashed(secret: str) -> str:
    """How a random secret is stored (it has 256 bits, so a plain hash is enough)."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def invite(email: str, admin: bool = False) -> str:
    """Make an invitation, ending earlier ones to this address; for a person who exists it sets a new password.

    Returns the secret of the link. Raises Invalid.
    """
    email = _address(email)
    if await Person.exists().where(Person.email == email, Person.disabled_at.is_not_null()):
        raise Invalid({"email": Message("This person's access has ended. Give it back first.")})
    return await _one_time_link("invite", email, admin, INVITATION_LIFE)


async def sign_in_link(email: str) -> str:
    """A link that signs a person in once; returns its secret. Raises NotFound."""
    if not await Person.exists().where(Person.email == _address(email)):
        raise NotFound(Message("Nobody has the address {email}.", email=email))
    return await _one_time_link("sign-in", _address(email), False, SIGN_IN_LINK_LIFE)


async def _one_time_link(kind: str, email: str, admin: bool, life: timedelta) -> str:
    secret, moment = secrets.token_urlsafe(32), now()
    async with writing():
        await OneTimeLink.update({OneTimeLink.used_at: moment}).where(
            OneTimeLink.email == email, OneTimeLink.kind == kind, OneTimeLink.used_at.is_null()
        )
        await OneTimeLink.insert(
            OneTimeLink(
                token_hash=hashed(secret),
                kind=kind,
                email=email,
                admin=admin,
                created_at=moment,
                expires_at=moment + life,
            )
        )
    return secret


async def one_time(secret: str) -> OneTime:
    """Look at a one-use link without using it. Raises OneTimeUsed."""
    row = await OneTimeLink.select().where(OneTimeLink.token_hash == hashed(secret)).first()
    if row is None or row["used_at"] is not None or row["expires_at"] <= now():
        raise OneTimeUsed(Message("This link has been used or is too old. Ask for a new one."))
    return OneTime(row["kind"], row["email"], row["admin"])


async def accept_invitation(secret: str, name: str, password: str) -> SignedIn:
    """Use an invitation: set name and password, ending all sessions. Raises OneTimeUsed, Invalid."""
    link = await one_time(secret)
    if link.kind != "invite":
        raise OneTimeUsed(Message("This link has been used or is too old. Ask for a new one."))
    problems = {}
    try:
        name = _person_name(name)
    except Invalid as error:
        problems |= error.fields
    problem = password_problem(password, [name, link.email])
    if problem:
        problems["password"] = problem
    if problems:
        raise Invalid(problems)
    digest = await asyncio.to_thread(_hasher.hash, password)
    async with writing():
        await _use(secret)
        await Person.insert(Person(email=link.email, name=name, created_at=now())).on_conflict(
            target=Person.email, action="DO NOTHING"
        )
        values = {Person.name: name, Person.password_hash: digest}
        if link.admin:
            values[Person.admin] = True
        await Person.update(values).where(Person.email == link.email)
        person = await _person(Person.email == link.email)
        await _end_sessions(person.id)
    return person


async def add_person(email: str, name: str) -> SignedIn:
    """A person without a password, who comes in by one-use links; nothing changes if there is one. Raises Invalid."""
    email = _address(email)
    await Person.insert(Person(email=email, name=name, created_at=now())).on_conflict(
        target=Person.email, action="DO NOTHING"
    )
    return await _person(Person.email == email)


async def use_sign_in_link(secret: str) -> SignedIn:
    """Use a sign-in link. Raises OneTimeUsed."""
    link = await one_time(secret)
    async with writing():
        await _use(secret)
        person = await _person(Person.email == link.email) if link.kind == "sign-in" else None
        if person is None:
            raise OneTimeUsed(Message("This link has been used or is too old. Ask for a new one."))
    return person


async def _use(secret: str) -> None:
    """Mark as used; of two at the same moment one gets it."""
    rows = (
        await OneTimeLink.update({OneTimeLink.used_at: now()})
        .where(OneTimeLink.token_hash == hashed(secret), OneTimeLink.used_at.is_null())
        .returning(OneTimeLink.id)
    )
    if not rows:
        raise OneTimeUsed(Message("This link has been used or is too old. Ask for a new one."))


async def sign_in(email: str, password: str) -> SignedIn:
    """Who has this address and password. Raises SignInFailed, which never says what was wrong."""
    row = await Person.select(Person.id, Person.password_hash).where(
        Person.email == email.strip().lower(), Person.disabled_at.is_null()
    ).first()  # fmt: skip
    digest = row["password_hash"] if row and row["password_hash"] else _NOBODY
    matches = await asyncio.to_thread(_matches, digest, password[: PASSWORD_MAX + 1])
    if not matches or digest is _NOBODY:
        raise SignInFailed(Message("The address or the password is wrong."))
    return await _person(Person.id == row["id"])


async def change_password(person: SignedIn, old: str, new: str) -> None:
    """Set a new password and end all sessions. Raises Invalid."""
    row = await Person.select(Person.password_hash).where(Person.id == person.id).first()
    if not await asyncio.to_thread(_matches, row["password_hash"] or _NOBODY, old[: PASSWORD_MAX + 1]):
        raise Invalid({"old": Message("This is not your present password.")})
    problem = password_problem(new, [person.name, person.email])
    if problem:
        raise Invalid({"password": problem})
    digest = await asyncio.to_thread(_hasher.hash, new)
    async with writing():
        await Person.update({Person.password_hash: digest}).where(Person.id == person.id)
        await _end_sessions(person.id)


def password_problem(password: str, about: list[str]) -> Message | None:
    """Why a password is refused: 12 to 128 characters, and not one of those tried first (ASVS 6.2.1, 6.2.4)."""
    if len(password) < PASSWORD_MIN:
        return Message("Use at least {limit} characters.", limit=PASSWORD_MIN)
    if len(password) > PASSWORD_MAX:
        return Message("Use at most {limit} characters.", limit=PASSWORD_MAX)
    inputs = [*about, *[part for item in about for part in re.split(r"[\s@.]+", item)], "lessonlink"]
    if zxcvbn(password[:72], user_inputs=inputs)["score"] < PASSWORD_SCORE:
        return Message("This password is easy to guess. Try four or five words that do not belong together.")
    return None


async def find_person(email: str) -> SignedIn:
    """By address. Raises NotFound."""
    return await _person(Person.email == email.strip().lower())


async def change_account(person: SignedIn, name: str, language: str | None) -> SignedIn:
    """Set name and language ("zh", "en", or None to follow the browser). Raises Invalid."""
    name = _person_name(name)
    await Person.update({Person.name: name, Person.language: language}).where(Person.id == person.id)
    return replace(person, name=name, language=language)


async def set_language(person: SignedIn, language: str) -> None:
    """Remember the language, "zh" or "en"."""
    await Person.update({Person.language: language}).where(Person.id == person.id)


def _matches(digest: str, password: str) -> bool:
    try:
        return _hasher.verify(digest, password)
    except argon2.exceptions.VerifyMismatchError:
        return False


def _address(email: str) -> str:
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise Invalid({"email": Message("Write an e-mail address such as name@school.example.")})
    return email


def _person_name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= 100 or not name.isprintable():
        raise Invalid({"name": Message("Write your name, up to 100 characters.")})
    return name


async def _person(where: object) -> SignedIn:
    row = await Person.select().where(where, Person.disabled_at.is_null()).first()
    if row is None:
        raise NotFound(Message("There is no such person."))
    return SignedIn(row["id"], row["email"], row["name"], row["admin"], row["language"])


async def _end_sessions(person: UUID) -> None:
    await Session.update({Session.ended_at: now()}).where(Session.person == person, Session.ended_at.is_null())
