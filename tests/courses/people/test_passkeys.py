"""Passkeys: made and used at one address, by one person, once for each challenge; copies and broken answers are refused."""

import json
from dataclasses import replace
from datetime import timedelta

import anyio
import cbor2
import pytest

from courses.audit import entries_of_account
from courses.clock import now
from courses.errors import Conflict, Invalid, NotFound
from courses.people.accounts import accept_invitation, invite
from courses.people.authenticator_apps import STEP, begin_app, code_of, secret_to_confirm
from courses.people.passkey_ceremonies import (
    PasskeyCopied,
    RelyingParty,
    begin_adding,
    begin_using,
    made_passkey,
    use_passkey,
)
from courses.people.passkey_challenges import LIFE
from courses.people.passkeys import NAME_MAX, passkeys_of, rename_passkey
from courses.people.second_factors import (
    factors_of,
    has_factor,
    take_app_into_use,
    take_factors_off,
    take_passkey_into_use,
    take_passkey_off,
)
from courses.signed_in import SignedIn
from courses.tables.people import Passkey, PasskeyChallenge, Person
from courses.tokens import Keyring
from tests.passkey_device import Device, data, text

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
PARTY = RelyingParty("class.example.org", "https://class.example.org")
RING = Keyring.parse(f"1:{'11' * 32}")


async def make(name: str = "alice") -> SignedIn:
    return await accept_invitation(
        await invite(f"{name}@example.org"), name.title(), "nine copper windmills hum softly"
    )


async def add(person: SignedIn, device: Device, name: str = "Laptop") -> list[str]:
    """The recovery codes, where there are any."""
    answer = device.make(await begin_adding(PARTY, person, "here"))
    return await take_passkey_into_use(person, name, await made_passkey(PARTY, person, "here", answer))


async def with_passkey(name: str = "alice") -> tuple[SignedIn, Device]:
    person, device = await make(name), Device()
    await add(person, device)
    return person, device


async def use(person: SignedIn, device: Device, **other: str) -> None:
    await use_passkey(PARTY, person, "here", device.sign(await begin_using(PARTY, person, "here"), **other))


async def test_passkey_is_made_used_and_listed() -> None:
    person, device = await make(), Device()
    asked = await begin_adding(PARTY, person, "here")
    assert (asked["rp"]["id"], data(asked["user"]["id"]), asked["attestation"]) == (PARTY.id, person.id.bytes, "none")
    codes = await take_passkey_into_use(
        person, " My  phone ", await made_passkey(PARTY, person, "here", device.make(asked))
    )
    assert len(codes) == 10
    assert await has_factor(person.id)
    (passkey,) = await passkeys_of(person.id)
    assert (passkey.name, passkey.used_at) == ("My phone", None)
    known = [{"id": text(device.credential), "type": "public-key", "transports": ["internal"]}]
    assert (await begin_adding(PARTY, person, "here"))["excludeCredentials"] == known
    assert (await begin_using(PARTY, person, "here"))["allowCredentials"] == known
    await use(person, device, userHandle=text(person.id.bytes))
    assert (await passkeys_of(person.id))[0].used_at
    with pytest.raises(Conflict):
        await add(await make("bob"), device)


async def test_challenge_is_good_once_for_its_person_purpose_and_browser_and_not_long() -> None:
    person, device = await with_passkey()
    answer = device.sign(await begin_using(PARTY, person, "here"))
    await use_passkey(PARTY, person, "here", answer)
    with pytest.raises(Invalid, match="correct"):
        await use_passkey(PARTY, person, "here", answer)
    # A wrong answer uses it up, too.
    asked = await begin_using(PARTY, person, "here")
    with pytest.raises(Invalid):
        await use_passkey(PARTY, person, "here", "{}")
    with pytest.raises(Invalid):
        await use_passkey(PARTY, person, "here", device.sign(asked))
    # Of another browser, purpose or person, and an earlier one of this browser.
    first, second = await begin_using(PARTY, person, "here"), await begin_using(PARTY, person, "here")
    bob = await make("bob")
    for who, browser, asked in ((person, "there", second), (bob, "here", second), (person, "here", first)):
        with pytest.raises(Invalid):
            await use_passkey(PARTY, who, browser, device.sign(asked))
    asked = await begin_adding(PARTY, person, "here")
    with pytest.raises(Invalid):
        await use_passkey(PARTY, person, "here", device.sign(asked))
    asked = await begin_using(PARTY, person, "here")
    await PasskeyChallenge.update({PasskeyChallenge.expires_at: now() - timedelta(seconds=1)}, force=True)
    with pytest.raises(Invalid):
        await use_passkey(PARTY, person, "here", device.sign(asked))
    assert timedelta(minutes=5) >= LIFE


async def test_passkey_alone_says_whose_it_is_where_the_device_has_known_its_owner() -> None:
    person, device = await with_passkey()
    bob, _ = await with_passkey("bob")
    mine = text(person.id.bytes)
    asked = await begin_using(PARTY, None, "there")
    assert (asked["allowCredentials"], asked["userVerification"]) == ([], "required")
    known = replace(device, known=True)
    assert await use_passkey(PARTY, None, "there", known.sign(asked, userHandle=mine)) == person
    for wrong, handle in ((device, mine), (known, ""), (known, text(bob.id.bytes)), (Device(known=True), mine)):
        asked = await begin_using(PARTY, None, "there")
        with pytest.raises(Invalid):
            await use_passkey(PARTY, None, "there", wrong.sign(asked, userHandle=handle))
    # What was asked of nobody in particular is no second factor of somebody, and the other way round.
    for ask, take in ((None, person), (person, None)):
        asked = await begin_using(PARTY, ask, "there")
        with pytest.raises(Invalid):
            await use_passkey(PARTY, take, "there", known.sign(asked, userHandle=mine))
    await Person.update({Person.disabled_at: now()}).where(Person.id == person.id)
    asked = await begin_using(PARTY, None, "there")
    with pytest.raises(Invalid):
        await use_passkey(PARTY, None, "there", known.sign(asked, userHandle=mine))


async def test_of_two_with_one_answer_one_gets_in() -> None:
    person, device = await with_passkey()
    answer, got_in = device.sign(await begin_using(PARTY, person, "here")), []

    async def attempt() -> None:
        try:
            await use_passkey(PARTY, person, "here", answer)
        except Invalid:
            return
        got_in.append(1)

    async with anyio.create_task_group() as tasks:
        for _ in range(6):
            tasks.start_soon(attempt)
    assert len(got_in) == 1


async def test_other_sites_and_other_people_s_passkeys_are_refused() -> None:
    person, device = await with_passkey()
    bob, bobs = await with_passkey("bob")
    for wrong in (
        replace(device, origin="https://class.example.org.evil.example"),
        replace(device, origin="http://class.example.org"),
        replace(device, rp_id="evil.example"),
        replace(device, key=bobs.key),
        bobs,
        Device(),
    ):
        with pytest.raises(Invalid):
            await use(person, wrong)
    with pytest.raises(Invalid):
        await use(person, device, userHandle=text(bob.id.bytes))
    for wrong in (Device(origin="https://evil.example"), Device(rp_id="evil.example")):
        with pytest.raises(Invalid):
            await add(person, wrong)
    await use(person, device)
    mine = (await passkeys_of(person.id))[0].id
    for act in (rename_passkey(bob, mine, "Bob’s"), take_passkey_off(bob, mine)):
        with pytest.raises(NotFound):
            await act


async def test_copy_of_a_device_that_counts_is_refused_and_written_down() -> None:
    person, device = await make(), Device(count=7)
    await add(person, device)
    copy = replace(device)
    await use(person, device)
    with pytest.raises(PasskeyCopied):
        await use(person, copy)
    assert (await entries_of_account(person.id, 1))[0].action == "person.passkey_copied"
    # Nobody without the key puts that into the log, nor moves the counter.
    with pytest.raises(Invalid) as refused:
        await use(person, Device(credential=device.credential, count=1))
    assert not isinstance(refused.value, PasskeyCopied)
    await use(person, device)
    assert (await Passkey.select().first())["sign_count"] == 9


async def test_broken_answers_are_refused() -> None:
    person, device = await with_passkey()
    deep = b"\x81" * 8_000
    for text_of_nothing in (
        "", "[]", "null", "7", "[" * 11_000, "{" + " " * 20_000 + "}", '{"id": "\\u0000", "response": {}}',
    ):  # fmt: skip
        await begin_using(PARTY, person, "here")
        with pytest.raises(Invalid):
            await use_passkey(PARTY, person, "here", text_of_nothing)
    for wrong in (
        {"id": 5}, {"id": "\ud800"}, {"rawId": None}, {"rawId": "AA"}, {"type": "x"}, {"response": []}, {"response": {}},
    ):  # fmt: skip
        answer = json.loads(device.sign(await begin_using(PARTY, person, "here")))
        with pytest.raises(Invalid):
            await use_passkey(PARTY, person, "here", json.dumps(answer | wrong))
        answer = json.loads(Device().make(await begin_adding(PARTY, person, "here")))
        with pytest.raises(Invalid):
            await made_passkey(PARTY, person, "here", json.dumps(answer | wrong))
    for other in ({"clientDataJSON": "AA"}, {"signature": "*"}, {"authenticatorData": ""}, {"userHandle": "AA"}):
        with pytest.raises(Invalid):
            await use(person, device, **other)
    for made in (
        b"", deep, cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": deep}), cbor2.dumps({"fmt": 5, "authData": 5}),
        cbor2.dumps({"fmt": "packed", "attStmt": {"alg": -7, "sig": b"", "x5c": [b"no certificate"]}, "authData": deep}),
    ):  # fmt: skip
        answer = json.loads(Device().make(await begin_adding(PARTY, person, "here")))
        answer["response"]["attestationObject"] = text(made)
        with pytest.raises(Invalid):
            await made_passkey(PARTY, person, "here", json.dumps(answer))
    await use(person, device)


async def test_names_are_of_people_and_change() -> None:
    person, _ = await with_passkey()
    mine = (await passkeys_of(person.id))[0].id
    for wrong in ("", " ", "x" * (NAME_MAX + 1), "a\x07b"):
        with pytest.raises(Invalid):
            await rename_passkey(person, mine, wrong)
    await rename_passkey(person, mine, "安全密钥")
    assert [each.name for each in await passkeys_of(person.id)] == ["安全密钥"]


async def test_recovery_codes_come_with_the_first_factor_and_go_with_the_last() -> None:
    person, _ = await with_passkey()
    await begin_app(RING, person)
    secret = await secret_to_confirm(RING, person)
    assert secret
    assert await take_app_into_use(RING, person, code_of(secret, int(now().timestamp()) // STEP)) == []
    assert await add(person, Device()) == []
    assert (await factors_of(person.id)).codes == 10
    for passkey in await passkeys_of(person.id):
        await take_passkey_off(person, passkey.id)
    assert (await factors_of(person.id)).codes == 10
    assert await take_factors_off(person.email)
    other, _ = await with_passkey("bob")
    await take_passkey_off(other, (await passkeys_of(other.id))[0].id)
    assert (await factors_of(other.id)).codes == 0
    assert not await has_factor(other.id)
    assert [entry.action for entry in await entries_of_account(other.id, 3)] == [
        "person.passkey_off", "person.recovery_codes", "person.passkey_on",
    ]  # fmt: skip


async def test_operator_takes_lost_passkeys_off() -> None:
    person, device = await with_passkey()
    assert await take_factors_off(person.email)
    assert not await has_factor(person.id)
    with pytest.raises(Invalid):
        await use(person, device)
