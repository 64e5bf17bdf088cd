"""A second factor: codes by RFC 6238, each once; recovery codes; what a copy of the database gives."""

import base64
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from courses.audit import entries_of_account
from courses.clock import now
from courses.errors import Conflict, Invalid
from courses.people.accounts import accept_invitation, change_password, invite
from courses.people.authenticator_apps import STEP, begin_app, code_of, matching_step, secret_to_confirm
from courses.people.second_factors import (
    check_code,
    factors_of,
    half_way,
    has_factor,
    renew_codes,
    take_app_into_use,
    take_factors_off,
    turn_app_off,
)
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn
from courses.tables.people import AuthenticatorApp, RecoveryCode
from courses.tokens import Keyring

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
RING = Keyring.parse(f"1:{'11' * 32}")
#: RFC 6238 appendix B, SHA-1: the last six of its eight digits
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
}  # fmt: skip


async def make(name: str = "alice") -> SignedIn:
    return await accept_invitation(
        await invite(f"{name}@example.org"), name.title(), "nine copper windmills hum softly"
    )


async def with_app(name: str = "alice", ring: Keyring = RING) -> tuple[SignedIn, str, list[str]]:
    """Somebody with an app, its secret, and the recovery codes. The code of the step before is used up."""
    person = await make(name)
    await begin_app(ring, person)
    secret = await secret_to_confirm(ring, person)
    assert secret
    return person, secret, await take_app_into_use(ring, person, code_of(secret, step() - 1))


def step() -> int:
    return int(now().timestamp()) // STEP


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_code_is_that_of_the_rfc(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert code_of(SECRET, seconds // STEP) == code
    assert matching_step(SECRET, code, at) == seconds // STEP


def test_clock_may_be_a_step_off_and_no_more() -> None:
    at = datetime.fromtimestamp(1234567890, UTC)
    for off in (-2, -1, 0, 1, 2):
        found = matching_step(SECRET, VECTORS[1234567890], at + timedelta(seconds=off * STEP))
        assert (found is not None) == (abs(off) <= 1), off
    for wrong in ("", "00592", "0059245", "００５９２４", "abcdef"):
        assert matching_step(SECRET, wrong, at) is None


@pytest.mark.both_databases
async def test_code_is_good_once() -> None:
    person, secret, _ = await with_app()
    code = code_of(secret, step())
    await check_code(RING, person, f" {code[:3]} {code[3:]} ")
    for used in (code, code_of(secret, step() - 1)):
        with pytest.raises(Invalid, match="correct"):
            await check_code(RING, person, used)


async def test_of_two_with_one_code_one_gets_in() -> None:
    person, secret, _ = await with_app()
    code, got_in = code_of(secret, step()), []

    async def attempt() -> None:
        try:
            await check_code(RING, person, code)
        except Invalid:
            return
        got_in.append(1)

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(attempt)
    assert len(got_in) == 1


async def test_code_of_the_first_confirmation_signs_nobody_in() -> None:
    person, secret, _ = await with_app()
    with pytest.raises(Invalid):
        await check_code(RING, person, code_of(secret, step() - 1))


async def test_app_is_none_before_it_is_confirmed() -> None:
    person = await make()
    await begin_app(RING, person)
    secret = await secret_to_confirm(RING, person)
    assert secret
    assert not await has_factor(person.id)
    with pytest.raises(Invalid):
        await check_code(RING, person, code_of(secret, step()))
    with pytest.raises(Invalid):
        await take_app_into_use(RING, person, "000000")
    assert not await has_factor(person.id)
    await begin_app(RING, person)
    assert await secret_to_confirm(RING, person) != secret


async def test_app_that_is_set_up_is_not_replaced_or_shown() -> None:
    person, _, _ = await with_app()
    assert await secret_to_confirm(RING, person) is None
    with pytest.raises(Conflict):
        await begin_app(RING, person)
    with pytest.raises(Conflict):
        await take_app_into_use(RING, person, "000000")


@pytest.mark.both_databases
async def test_recovery_codes_are_good_once_and_left_are_counted() -> None:
    person, _, codes = await with_app()
    other, _, _ = await with_app("bob")
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 24 for code in codes)
    await check_code(RING, person, codes[0].lower().replace("-", " "))
    assert (await factors_of(person.id)).codes == 9
    for who, code in ((person, codes[0]), (other, codes[1]), (person, "ABCD-" * 6)):
        with pytest.raises(Invalid):
            await check_code(RING, who, code)
    fresh = await renew_codes(person)
    with pytest.raises(Invalid):
        await check_code(RING, person, codes[1])
    await check_code(RING, person, fresh[0])
    with pytest.raises(Conflict):
        await renew_codes(await make("charlie"))


async def test_copy_of_the_database_gives_no_code() -> None:
    person, secret, codes = await with_app()
    bob, _, _ = await with_app("bob")
    rows = await AuthenticatorApp.select()
    kept = str(rows) + str(await RecoveryCode.select())
    assert secret not in kept
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    # Nor does a secret open as somebody else's, or by another ring.
    await AuthenticatorApp.update({AuthenticatorApp.secret: rows[0]["secret"]}).where(AuthenticatorApp.person == bob.id)
    for ring, who in (
        (RING, bob),
        (Keyring.parse(f"1:{'22' * 32}"), person),
        (Keyring.parse(f"2:{'11' * 32}"), person),
    ):
        with pytest.raises(Invalid):
            await check_code(ring, who, code_of(secret, step()))


async def test_secret_moves_to_the_ring_s_new_key_when_it_is_used() -> None:
    person, secret, _ = await with_app()
    both, new = Keyring.parse(f"2:{'22' * 32},1:{'11' * 32}"), Keyring.parse(f"2:{'22' * 32}")
    await check_code(both, person, code_of(secret, step()))
    await check_code(new, person, code_of(secret, step() + 1))


async def test_app_is_turned_off_by_a_code_and_takes_the_recovery_codes_along() -> None:
    person, secret, codes = await with_app()
    with pytest.raises(Invalid):
        await turn_app_off(RING, person, "000000")
    assert await has_factor(person.id)
    await turn_app_off(RING, person, code_of(secret, step()))
    assert not await has_factor(person.id)
    with pytest.raises(Invalid):
        await check_code(RING, person, codes[0])
    assert [entry.action for entry in await entries_of_account(person.id, 3)] == [
        "person.app_off", "person.recovery_codes", "person.app_on",
    ]  # fmt: skip


async def test_operator_takes_a_lost_factor_off() -> None:
    person, _, codes = await with_app()
    session = await open_session(person)
    assert await take_factors_off(" Alice@example.org ")
    assert not await has_factor(person.id)
    assert await session_person(session) is None
    with pytest.raises(Invalid):
        await check_code(RING, person, codes[0])
    entry = (await entries_of_account(person.id, 1))[0]
    assert (entry.action, entry.via, entry.label) == ("person.factors_off", "command", "Alice")
    assert not await take_factors_off("alice@example.org")


async def test_way_half_gone_ends_with_another_password() -> None:
    person = await make()
    before = await half_way(person.id)
    assert before
    assert before == await half_way(person.id)
    await change_password(person, "an entirely other sentence here")
    after = await half_way(person.id)
    assert after
    assert after[1] != before[1]
