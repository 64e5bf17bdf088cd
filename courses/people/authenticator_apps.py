"""Codes of an authenticator app (TOTP, RFC 6238): each is good once, and the secret opens with the keyring only."""

import base64
import hmac
from datetime import datetime
from uuid import UUID

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from courses.audit import record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, TokenInvalid
from courses.signed_in import SignedIn
from courses.tables.people import AuthenticatorApp
from courses.tokens import Keyring

#: seconds that an app shows a code
STEP = 30
#: a clock may be a step behind or ahead (RFC 6238 §5.2)
AROUND = (0, -1, 1)
DIGITS = 6
PURPOSE = "authenticator-v1"
# Each secret has a key of its own, so that no nonce is used twice.
_NONCE = bytes(12)


@unit_of_work
async def begin_app(keyring: Keyring, person: SignedIn) -> None:
    """A new secret, in the place of one that was not confirmed. Raises Conflict where an app is set up."""
    values: Changes = {
        AuthenticatorApp.secret: _sealed(keyring, person.id, pyotp.random_base32()),
        AuthenticatorApp.created_at: now(),
    }
    async with writing():
        await AuthenticatorApp.insert(AuthenticatorApp(person=person.id, secret="", created_at=now())).on_conflict(
            target=AuthenticatorApp.person, action="DO NOTHING"
        )
        mine = AuthenticatorApp.person == person.id, AuthenticatorApp.confirmed_at.is_null()
        if not await AuthenticatorApp.update(values).where(*mine).returning(AuthenticatorApp.id):
            raise Conflict(Message("An authenticator app is set up already. Turn it off first."))


async def secret_to_confirm(keyring: Keyring, person: SignedIn) -> str | None:
    """The secret (base32) that the person's app is to learn, until it is confirmed."""
    row = await AuthenticatorApp.select(AuthenticatorApp.secret).where(
        AuthenticatorApp.person == person.id, AuthenticatorApp.confirmed_at.is_null()
    ).first()  # fmt: skip
    return _opened(keyring, person.id, row["secret"]) if row else None


async def confirm_app(keyring: Keyring, person: SignedIn, code: str) -> None:
    """Take the app into use, inside a transaction. Raises Invalid for `code`, Conflict where nothing was begun."""
    row = await AuthenticatorApp.select().where(
        AuthenticatorApp.person == person.id, AuthenticatorApp.confirmed_at.is_null()
    ).first()  # fmt: skip
    secret = _opened(keyring, person.id, row["secret"]) if row else None
    if row is None or secret is None:
        raise Conflict(Message("Begin again: there is no authenticator app to confirm."))
    step = matching_step(secret, code, now())
    if step is None:
        raise wrong_code()
    values: Changes = {AuthenticatorApp.confirmed_at: now(), AuthenticatorApp.last_step: step}
    await AuthenticatorApp.update(values).where(AuthenticatorApp.id == row["id"])
    await record("person.app_on", person, course=None, object=person.id, label=person.name)


async def use_code(keyring: Keyring, person: UUID, code: str) -> None:
    """Take a code, once. Raises Invalid for `code`."""
    row = await AuthenticatorApp.select(AuthenticatorApp.secret).where(
        AuthenticatorApp.person == person, AuthenticatorApp.confirmed_at.is_not_null()
    ).first()  # fmt: skip
    secret = _opened(keyring, person, row["secret"]) if row else None
    step = matching_step(secret, code, now()) if secret else None
    if secret is None or step is None:
        raise wrong_code()
    # Encrypted anew, so that a keyring's old key can be dropped some time after a new one was put before it.
    values: Changes = {AuthenticatorApp.last_step: step, AuthenticatorApp.secret: _sealed(keyring, person, secret)}
    unused = AuthenticatorApp.person == person, AuthenticatorApp.last_step < step
    if not await AuthenticatorApp.update(values).where(*unused).returning(AuthenticatorApp.id):
        raise Invalid({"code": Message("This code was used before. Wait for the next one.")})


async def remove_app(person: SignedIn) -> None:
    """Turn it off, inside a transaction; without one nothing changes."""
    if await AuthenticatorApp.delete().where(AuthenticatorApp.person == person.id).returning(AuthenticatorApp.id):
        await record("person.app_off", person, course=None, object=person.id, label=person.name)


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The step since 1970 whose code this is, of those around `at`."""
    present = int(at.timestamp()) // STEP
    made = {step: code_of(secret, step) for step in (present + way for way in AROUND)}
    # All are compared, in constant time.
    found = [step for step, right in made.items() if hmac.compare_digest(right.encode(), code.encode())]
    return found[0] if found else None


def code_of(secret: str, step: int) -> str:
    """What an app with this secret (base32) shows in a step: six digits, SHA-1, as every app knows it."""
    return pyotp.HOTP(secret, digits=DIGITS).at(step)


def app_address(secret: str, account: str, issuer: str) -> str:
    """What the app's camera reads: otpauth://totp/…"""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).provisioning_uri(name=account, issuer_name=issuer)


def wrong_code() -> Invalid:
    """What is said of a code that is not right."""
    return Invalid({"code": Message("This code is not right. Take the one that the app shows now.")})


def _sealed(keyring: Keyring, person: UUID, secret: str) -> str:
    """NAME.BASE64: the key's name, and AES-256-GCM that opens for this person only."""
    name = keyring.new_name()
    sealed = AESGCM(keyring.derive(PURPOSE, name)).encrypt(_NONCE, secret.encode(), person.bytes)
    return f"{name}.{base64.b64encode(sealed).decode()}"


def _opened(keyring: Keyring, person: UUID, text: str) -> str | None:
    """None where its key has been dropped, or it is somebody else's."""
    name, _, sealed = text.partition(".")
    try:
        return AESGCM(keyring.derive(PURPOSE, name)).decrypt(_NONCE, base64.b64decode(sealed), person.bytes).decode()
    except (TokenInvalid, InvalidTag):
        return None
