"""The two ceremonies of WebAuthn: a device makes a passkey, and signs with it. The browser's answer is text from outside."""

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from courses.audit import record
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message
from courses.people.passkey_challenges import LIFE, make_challenge, take_challenge
from courses.people.passkeys import NewPasskey, count_up
from courses.signed_in import SignedIn
from courses.tables.people import Passkey

#: characters of an answer: a key of RSA has some 2,000, and some devices add certificates
ANSWER_MAX = 12_000
#: bytes; RSA of 4,096 bits has 540
PUBLIC_KEY_MAX, CREDENTIAL_MAX = 700, 1_023
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_TIMEOUT = int(LIFE.total_seconds() * 1_000)
_TRANSPORTS = {each.value for each in AuthenticatorTransport}


@dataclass(frozen=True)
class RelyingParty:
    """Where passkeys are good: `id` is a host's name, `origin` its pages as browsers say it."""

    id: str
    origin: str


class PasskeyCopied(Invalid):
    """The signature is right, and the device's counter is not: two devices have the key."""


async def begin_adding(party: RelyingParty, person: SignedIn, browser: str) -> dict[str, Any]:
    """What the browser is asked (`PublicKeyCredentialCreationOptionsJSON`)."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name="Lessonlink",
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        challenge=base64url_to_bytes(await make_challenge(person.id, "add", browser)),
        timeout=_TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=await _descriptors(person.id),
    )
    return options_to_json_dict(options)


async def made_passkey(party: RelyingParty, person: SignedIn, browser: str, answer: str) -> NewPasskey:
    """What a device has made, from the browser's answer (`RegistrationResponseJSON`). Raises Invalid for `passkey`."""
    return read_making(party, await take_challenge(person.id, "add", browser), answer)


def read_making(party: RelyingParty, challenge: str, answer: str) -> NewPasskey:
    """The same for a challenge (base64url) that was taken. Raises Invalid for `passkey`."""
    given = _read(answer)
    try:
        made = verify_registration_response(
            credential=given,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except Exception as error:  # its parsers raise what Python raises, KeyError and TypeError too
        raise not_taken() from error
    if len(made.credential_id) > CREDENTIAL_MAX or len(made.credential_public_key) > PUBLIC_KEY_MAX:
        raise not_taken()
    said = given["response"].get("transports")
    known = {each for each in said if isinstance(each, str)} & _TRANSPORTS if isinstance(said, list) else set()
    return NewPasskey(
        bytes_to_base64url(made.credential_id), bytes_to_base64url(made.credential_public_key), made.sign_count,
        ",".join(sorted(known)),
    )  # fmt: skip


async def begin_using(party: RelyingParty, person: SignedIn | None, browser: str) -> dict[str, Any]:
    """What the browser is asked (`PublicKeyCredentialRequestOptionsJSON`); without a person the passkey says whose it is."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=base64url_to_bytes(await make_challenge(person.id if person else None, "use", browser)),
        timeout=_TIMEOUT,
        allow_credentials=await _descriptors(person.id) if person else [],
        # Who is known has given the password; else the device's own check is the other factor.
        user_verification=UserVerificationRequirement.PREFERRED if person else UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


async def use_passkey(party: RelyingParty, person: SignedIn | None, browser: str, answer: str) -> SignedIn:
    """Take the browser's answer (`AuthenticationResponseJSON`), once; whose passkey it is.

    Without a person the device must have known its owner. Raises Invalid for `passkey`, PasskeyCopied.
    """
    challenge = await take_challenge(person.id if person else None, "use", browser)
    given = _read(answer)
    row = await _passkey(given["id"])
    handle, known = given["response"].get("userHandle"), person is None
    if row is None or (person and person.id != row["person"]) or not _is_handle(handle, row["person"], known):
        raise not_taken()
    owner = person or SignedIn(row["person"], row["email"], row["person_name"], row["admin"], row["language"])
    count = read_signing(party, challenge, row["public_key"], answer, known)
    if not await _count_use(owner, row, count):
        raise PasskeyCopied(
            {
                "passkey": Message(
                    "This passkey was refused: its counter went backwards, so there may be a copy of it."
                    " Use another way, then remove it from your account."
                )
            }
        )
    return owner


@unit_of_work
async def _count_use(owner: SignedIn, row: dict[str, Any], count: int) -> bool:
    """False, and written down, where the counter says that there are two devices."""
    async with writing():
        taken = await count_up(row["id"], row["sign_count"], count)
        if not taken:
            await record("person.passkey_copied", owner, course=None, object=owner.id, label=row["name"])
    return taken


def read_signing(party: RelyingParty, challenge: str, public_key: str, answer: str, known: bool = False) -> int:
    """The device's counter, where the key (base64url) has signed the challenge for us.

    `known`: only if the device has asked for finger, face or PIN. Raises Invalid for `passkey`.
    """
    try:
        used = verify_authentication_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(public_key),
            # Whoever calls compares it: the library would look at the counter before the signature, and anybody can write one.
            credential_current_sign_count=0,
            require_user_verification=known,
        )
    except Exception as error:  # as above
        raise not_taken() from error
    return used.new_sign_count


def not_taken() -> Invalid:
    """What is said of an answer that is not right."""
    return Invalid({"passkey": Message("This passkey was not accepted. Please try again.")})


def _read(answer: str) -> dict[str, Any]:
    """JSON of a browser. Raises Invalid for `passkey`."""
    try:
        given = json.loads(answer) if len(answer) <= ANSWER_MAX else None
    except (ValueError, RecursionError) as error:
        raise not_taken() from error
    if not isinstance(given, dict) or not isinstance(given.get("response"), dict):
        raise not_taken()
    if not isinstance(given.get("id"), str) or not _BASE64URL.fullmatch(given["id"]):
        raise not_taken()
    return given


def _is_handle(handle: object, person: UUID, needed: bool) -> bool:
    """It is the one that the device was given; devices that know no accounts give none."""
    return handle == bytes_to_base64url(person.bytes) or (not handle and not needed)


async def _passkey(credential: str) -> dict[str, Any] | None:
    """With its person, who may still come in."""
    return await Passkey.select(
        Passkey.id, Passkey.name, Passkey.public_key, Passkey.sign_count,
        Passkey.person.id.as_alias("person"), Passkey.person.email.as_alias("email"),
        Passkey.person.name.as_alias("person_name"), Passkey.person.admin.as_alias("admin"),
        Passkey.person.language.as_alias("language"),
    ).where(Passkey.credential == credential, Passkey.person.disabled_at.is_null()).first()  # fmt: skip


async def _descriptors(person: UUID) -> list[PublicKeyCredentialDescriptor]:
    rows = await Passkey.select(Passkey.credential, Passkey.transports).where(Passkey.person == person)
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row["credential"]),
            transports=[AuthenticatorTransport(each) for each in row["transports"].split(",") if each],
        )
        for row in rows
    ]
