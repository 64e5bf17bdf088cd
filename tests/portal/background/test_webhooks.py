"""What is sent to webhooks, as the reference library of Standard Webhooks (https://www.standardwebhooks.com) reads it."""

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from courses.clock import now
from courses.leases import Lease
from courses.signed_in import SignedIn
from courses.tables.classes import Delivery
from courses.tokens import Keyring
from courses.webhooks.addresses import add_webhook, renew_secret, secret_text, send_test, webhook_of
from courses.webhooks.changes import ChangeCursor
from courses.webhooks.deliveries import Due
from portal.background import webhooks
from portal.settings import Settings
from tests.portal.conftest import KEYS, Classroom, Phone, Receiver, deliver

pytestmark = pytest.mark.usefixtures("by_hand")
Run = Callable[..., Any]
OTHER = f"2:{'7b' * 32}"


@pytest.fixture
def ping(run: Run, course: UUID, told: dict[str, Any]) -> Callable[[], None]:
    """Queue a message that says nothing."""
    return lambda: run(lambda: _ping(course, told["webhook"]))


async def _ping(course: UUID, webhook: UUID) -> None:
    await send_test(course, await webhook_of(course, webhook))


def test_reference_library_takes_what_a_receiver_was_sent(
    told: dict[str, Any], receiver: Receiver, classroom: Classroom, phone: Callable[..., Phone]
) -> None:
    student = phone()
    student.get(f"/s/{classroom.token(classroom.students[0].seat)}")
    student.send("scan")
    told["deliver"]()
    ((headers, body),) = receiver.got
    message = Webhook(told["secret"]).verify(body, headers)
    assert message == json.loads(body)
    assert (message["data"]["student"]["name"], message["data"]["rung"]) == ("林小满", "scanned")


def test_reference_library_refuses_what_was_changed_on_its_way(
    told: dict[str, Any], receiver: Receiver, ping: Callable[[], None]
) -> None:
    ping()
    told["deliver"]()
    ((headers, body),) = receiver.got
    reader = Webhook(told["secret"])
    assert reader.verify(body, headers)["type"] == "ping"
    later = str(int(headers["webhook-timestamp"]) + 1)
    for changed, text in (
        (headers, body.replace(b"ping", b"pong")),
        (headers, body + b" "),
        (headers | {"webhook-id": str(uuid4())}, body),
        (headers | {"webhook-timestamp": later}, body),
        (headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")}, body),
    ):
        with pytest.raises(WebhookVerificationError, match="No matching signature"):
            reader.verify(text, changed)


@pytest.fixture
def signed_at(settings: Settings) -> Callable[[int], tuple[Webhook, bytes, dict[str, str]]]:
    """A reader, and a message with its headers as they are signed so many seconds from now."""
    name = settings.keyring.new_name()
    due = Due(Lease(uuid4(), tries=1), uuid4(), "https://hooks.example.org", name, b'{"type":"ping"}')

    def signed_at(seconds: int) -> tuple[Webhook, bytes, dict[str, str]]:
        headers = webhooks.signed(settings.keyring, due, int(now().timestamp()) + seconds)
        return Webhook(secret_text(settings.keyring, name)), due.body, headers

    return signed_at


@pytest.mark.parametrize("seconds", [-240, 0, 240])
def test_reference_library_takes_a_signature_of_the_last_minutes(signed_at: Run, seconds: int) -> None:
    reader, body, headers = signed_at(seconds)
    assert reader.verify(body, headers) == {"type": "ping"}


@pytest.mark.parametrize(("seconds", "words"), [(-360, "too old"), (360, "too new")])
def test_reference_library_refuses_a_signature_of_another_time(signed_at: Run, seconds: int, words: str) -> None:
    """The moment of the try is signed: what somebody recorded cannot be sent once more."""
    reader, body, headers = signed_at(seconds)
    with pytest.raises(WebhookVerificationError, match=words):
        reader.verify(body, headers)


def test_later_try_is_signed_anew_under_the_same_id(
    run: Run, told: dict[str, Any], receiver: Receiver, ping: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.statuses = [500, 204]
    ping()
    moment = int(now().timestamp())
    for seconds in (0, 60):
        with monkeypatch.context() as patch:
            patch.setattr("portal.background.webhooks.time.time", lambda seconds=seconds: moment + seconds)
            told["deliver"]()
        run(lambda: Delivery.update({Delivery.next_at: now()}).where(Delivery.next_at.is_not_null()).run())
    first, second = (headers for headers, _ in receiver.got)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 60
    for headers, body in receiver.got:
        assert Webhook(told["secret"]).verify(body, headers)["type"] == "ping"


def test_renewed_secret_signs_also_what_waited_and_the_old_one_nothing_more(
    run: Run, course: UUID, alice_person: SignedIn, settings: Settings, told: dict[str, Any], receiver: Receiver,
    ping: Callable[[], None],
) -> None:  # fmt: skip
    ping()

    async def renew() -> str:
        return await renew_secret(alice_person, settings.keyring, course, await webhook_of(course, told["webhook"]))

    renewed = run(renew)
    told["deliver"]()
    ((headers, body),) = receiver.got
    assert Webhook(renewed).verify(body, headers)["type"] == "ping"
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(told["secret"]).verify(body, headers)


def test_secret_outlives_a_new_signing_key_and_ends_with_its_own(
    run: Run, told: dict[str, Any], receiver: Receiver, ping: Callable[[], None]
) -> None:
    rotated = replace(told["settings"], keyring=Keyring.parse(f"{OTHER},{KEYS}"))
    ping()
    run(deliver, rotated, ChangeCursor())
    ((headers, body),) = receiver.got
    assert Webhook(told["secret"]).verify(body, headers)["type"] == "ping"
    ping()
    run(deliver, replace(rotated, keyring=Keyring.parse(OTHER)), ChangeCursor())
    assert len(receiver.got) == 1  # what cannot be signed is not sent
    kept = run(lambda: Delivery.select().where(Delivery.delivered_at.is_null()).first().run())
    assert (kept["status"], "make a new secret" in kept["answer"]) == (0, True)


def test_webhook_that_does_not_answer_keeps_no_other_waiting(
    run: Run, course: UUID, alice_person: SignedIn, told: dict[str, Any], receiver: Receiver, ping: Callable[[], None]
) -> None:
    async def tell(silent: UUID) -> bool:
        for _ in range(20):
            await send_test(course, await webhook_of(course, silent))
        await _ping(course, told["webhook"])
        telling = webhooks.Telling(told["settings"])
        await telling.look()
        async with asyncio.timeout(5):
            while not receiver.got:  # noqa: ASYNC110 -- it is of another thread
                await asyncio.sleep(0.01)
            await _ping(course, told["webhook"])
            await telling.look()
            while len(receiver.got) < 2:  # noqa: ASYNC110 -- it is of another thread
                await asyncio.sleep(0.01)
        await telling.stop()
        return await Delivery.exists().where(Delivery.webhook == silent, Delivery.status != 0)

    with socket.create_server(("127.0.0.1", 0)) as never:
        address = f"http://127.0.0.1:{never.getsockname()[1]}"
        silent, _ = run(lambda: add_webhook(alice_person, told["settings"].keyring, course, address, insecure=True))
        assert not run(tell, silent)
