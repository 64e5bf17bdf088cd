"""The second factor of a person: whether there is one, taken into use, asked for, turned off."""

import hashlib
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from courses.audit import record
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Message
from courses.people.accounts import find_person
from courses.people.authenticator_apps import DIGITS, confirm_app, remove_app, use_code
from courses.people.credentials import end_credentials
from courses.people.passkeys import NewPasskey, add_passkey, has_passkey, remove_passkey
from courses.people.recovery_codes import codes_left, forget_codes, make_codes, use_recovery_code
from courses.signed_in import SignedIn
from courses.tables.people import AuthenticatorApp, Passkey, Person
from courses.tokens import Keyring


@dataclass(frozen=True)
class Factors:
    """What a person has; `codes` are the recovery codes left."""

    app: bool
    passkey: bool
    codes: int

    @property
    def any(self) -> bool:
        """Whether one is asked for at the sign-in."""
        return self.app or self.passkey


async def factors_of(person: UUID) -> Factors:
    """What a person has set up."""
    return Factors(await _has_app(person), await has_passkey(person), await codes_left(person))


async def has_factor(person: UUID) -> bool:
    """Whether one is asked for at the sign-in."""
    return await _has_app(person) or await has_passkey(person)


@unit_of_work
async def take_app_into_use(keyring: Keyring, person: SignedIn, code: str) -> list[str]:
    """Confirm the app by a code of it; recovery codes with the first factor. Raises Invalid for `code`, Conflict."""
    async with writing():
        first = not await has_factor(person.id)
        await confirm_app(keyring, person, plain(code))
        return await make_codes(person) if first else []


@unit_of_work
async def take_passkey_into_use(person: SignedIn, name: str, new: NewPasskey) -> list[str]:
    """Keep a passkey; recovery codes with the first factor. Raises Invalid for `name`, Conflict."""
    async with writing():
        first = not await has_factor(person.id)
        await add_passkey(person, name, new)
        return await make_codes(person) if first else []


@unit_of_work
async def renew_codes(person: SignedIn) -> list[str]:
    """New recovery codes; the old ones are good no more. Raises Conflict where there is nothing to recover."""
    async with writing():
        if not await has_factor(person.id):
            raise Conflict(Message("Set up a second factor first."))
        return await make_codes(person)


@unit_of_work
async def turn_app_off(keyring: Keyring, person: SignedIn, code: str) -> None:
    """By a code of it, or a recovery code. Raises Invalid for `code`."""
    await check_code(keyring, person, code)
    async with writing():
        await remove_app(person)
        await _forget_codes_of_none(person.id)


@unit_of_work
async def take_passkey_off(person: SignedIn, passkey_id: UUID) -> None:
    """One of theirs. Raises NotFound."""
    async with writing():
        await remove_passkey(person, passkey_id)
        await _forget_codes_of_none(person.id)


async def check_code(keyring: Keyring, person: SignedIn, code: str) -> None:
    """Take a code of the app or a recovery code, once. Raises Invalid for `code`."""
    code = plain(code)
    if is_recovery_code(code):
        await use_recovery_code(person, code)
    else:
        await use_code(keyring, person.id, code)


@unit_of_work
async def take_factors_off(email: str, by: SignedIn | None = None) -> bool:
    """For somebody who has lost them: all go, with all sessions. False where there were none. Raises NotFound."""
    person = await find_person(email)
    async with writing():
        apps = (
            await AuthenticatorApp.delete().where(AuthenticatorApp.person == person.id).returning(AuthenticatorApp.id)
        )
        passkeys = await Passkey.delete().where(Passkey.person == person.id).returning(Passkey.id)
        await forget_codes(person.id)
        if apps or passkeys:
            ended = await end_credentials(person.id, person.email, keep_keys=True)
            detail = {"ended": dict(ended)} if ended else {}
            await record("person.factors_off", by, course=None, object=person.id, label=person.name, detail=detail)
    return bool(apps or passkeys)


async def half_way(person: UUID) -> tuple[SignedIn, str] | None:
    """Somebody whose password was right, and a mark that another password changes; None when gone."""
    row = await Person.select().where(Person.id == person, Person.disabled_at.is_null()).first()
    if row is None:
        return None
    mark = hashlib.sha256((row["password_hash"] or "").encode()).hexdigest()[:16]
    return SignedIn(row["id"], row["email"], row["name"], row["admin"], row["language"]), mark


def plain(code: str) -> str:
    """Letters and digits alone, upper case and of usual width."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", code[:100]) if letter.isalnum()).upper()


def is_recovery_code(code: str) -> bool:
    """By its length: a code of the app has six digits."""
    return len(plain(code)) > DIGITS


async def _has_app(person: UUID) -> bool:
    return await AuthenticatorApp.exists().where(
        AuthenticatorApp.person == person, AuthenticatorApp.confirmed_at.is_not_null()
    )


async def _forget_codes_of_none(person: UUID) -> None:
    """Recovery codes go with the last factor."""
    if not await has_factor(person):
        await forget_codes(person)
