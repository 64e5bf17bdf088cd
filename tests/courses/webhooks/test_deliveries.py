"""Messages to webhooks: one for each change, in their order, found whatever the clock says, settled by their last try alone."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from courses.clock import now
from courses.media.library import open_store
from courses.privacy.erasing import erase_student
from courses.results.deciding import decide
from courses.tables.classes import Delivery
from courses.tokens import Keyring
from courses.webhooks.addresses import (
    WebhookInfo,
    add_webhook,
    deliveries_of,
    enable_webhook,
    secret_text,
    send_again,
    send_test,
    webhook_of,
)
from courses.webhooks.changes import ChangeCursor, queue_changes
from courses.webhooks.deliveries import (
    ANSWER_LENGTH,
    BACKOFF,
    KEPT,
    TAKEN,
    forget_deliveries,
    settle,
    take_due,
)
from tests.courses.classroom import Classroom, make_classroom

pytestmark = pytest.mark.anyio
KEYS = Keyring.parse(f"1:{'5a' * 32}")


@pytest.fixture
async def room(db: str) -> Classroom:
    return await make_classroom()


@pytest.fixture
async def webhook(room: Classroom) -> WebhookInfo:
    return await hook(room)


async def hook(room: Classroom) -> WebhookInfo:
    identity, _ = await add_webhook(room.alice, KEYS, room.course, "https://example.org/hook")
    return await webhook_of(room.course, identity)


async def bodies(webhook: WebhookInfo) -> list[dict[str, Any]]:
    """What it is told, in the order in which it was found."""
    rows = await Delivery.select(Delivery.body).where(Delivery.webhook == webhook.id).order_by(Delivery.created_at)
    return [msgspec.json.decode(row["body"]) for row in rows]


async def told(webhook: WebhookInfo) -> list[tuple[str, str, str | None]]:
    found = [body["data"] for body in await bodies(webhook)]
    return [(data["student"]["name"], data["rung"], data["note_url"]) for data in found]


async def test_a_change_is_told_with_all_that_it_is_about(room: Classroom, webhook: WebhookInfo) -> None:
    await room.report("Bo", "Milk", "scan", platform="weibo")
    await queue_changes(ChangeCursor())
    (body,) = await bodies(webhook)
    at = (await room.cell("Bo", "Milk")).at
    assert at is not None
    assert body["type"] == "publication.changed"
    assert at <= datetime.fromisoformat(body["timestamp"]) <= now()
    assert datetime.fromisoformat(body["data"].pop("at")) == at
    assert body["data"] == {
        "course": {"id": str(room.course), "title": "Spring"},
        "lesson": {"id": str(room.lessons["Milk"]), "title": "Milk"},
        "student": {"id": str(room.students["Bo"]), "number": "2", "name": "Bo"},
        "platform": "weibo", "rung": "scanned", "at_doubtful": False, "note_url": None,
    }  # fmt: skip


async def test_another_rung_or_note_is_told_also_when_it_came_at_the_same_moment(
    room: Classroom, webhook: WebhookInfo
) -> None:
    cursor, at = ChangeCursor(), now()
    notes = [{"url": f"https://xhs.example/{note}", "note_id": note} for note in "12"]
    for kind, detail in (("scan", {}), ("claim", {}), ("preview", {}), ("link", notes[0]), ("link", notes[1])):
        await room.report("Ada", "Tea", kind, at=at, detail=detail)
        await queue_changes(cursor)
    assert await told(webhook) == [
        ("Ada", "scanned", None), ("Ada", "claimed", None), ("Ada", "linked", notes[0]["url"]),
        ("Ada", "linked", notes[1]["url"]),
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "rung"), [("claim", "claimed"), ("link", "linked")])
async def test_evidence_of_the_same_rung_once_more_is_no_change(
    room: Classroom, webhook: WebhookInfo, kind: str, rung: str
) -> None:
    cursor, url = ChangeCursor(), "https://xhs.example/1"
    for minute in (2, 1):
        at = now() - timedelta(minutes=minute)
        await room.report("Ada", "Tea", kind, at=at, detail={"url": url, "note_id": "1"})
        await queue_changes(cursor)
    assert (await room.cell("Ada", "Tea")).at == at
    assert await told(webhook) == [("Ada", rung, url if rung == "linked" else None)]


async def test_a_rung_that_is_taken_back_and_reached_again_is_told_each_time(
    room: Classroom, webhook: WebhookInfo
) -> None:
    cursor = ChangeCursor()
    for kind in ("scan", "claim"):
        await room.report("Ada", "Tea", kind)
        await queue_changes(cursor)
    for word in ("confirm", "reopen", "refuse", "confirm"):
        await decide(room.alice, room.lessons["Tea"], room.students["Ada"], "xiaohongshu", word, "Look again")
        for process in (cursor, ChangeCursor()):
            await queue_changes(process)
    assert [rung for _, rung, _ in await told(webhook)] == [
        "scanned", "claimed", "confirmed", "claimed", "scanned", "confirmed",
    ]  # fmt: skip


async def test_processes_that_look_at_the_same_changes_tell_them_once(room: Classroom, webhook: WebhookInfo) -> None:
    for name in ("Ada", "Bo", "Cy"):
        await room.report(name, "Tea", "scan")
    for _ in range(2):
        await queue_changes(ChangeCursor())
    assert sorted(await told(webhook)) == [(name, "scanned", None) for name in ("Ada", "Bo", "Cy")]


async def test_a_process_that_was_away_finds_what_was_written_meanwhile(room: Classroom, webhook: WebhookInfo) -> None:
    cursor = ChangeCursor()
    await queue_changes(cursor)
    looked = cursor.since
    await room.report("Ada", "Tea", "scan")
    await queue_changes(ChangeCursor(looked))
    # What is written a little before a look is seen a little after it.
    await room.report("Bo", "Tea", "scan")
    await queue_changes(ChangeCursor(now()))
    assert await told(webhook) == [("Ada", "scanned", None), ("Bo", "scanned", None)]


async def test_change_is_found_once_also_after_the_clock_was_set_back(room: Classroom, webhook: WebhookInfo) -> None:
    await room.report("Ada", "Tea", "scan")
    ahead = now() + timedelta(hours=1)
    cursor = ChangeCursor(ahead)
    await queue_changes(cursor)
    assert cursor.since is not None
    assert cursor.since < ahead
    assert await Delivery.count() == 1
    await queue_changes(cursor)
    assert await Delivery.count() == 1


async def test_each_webhook_of_the_course_is_told_what_changed_since_it_was_added(
    room: Classroom, webhook: WebhookInfo
) -> None:
    await room.report("Ada", "Tea", "scan")
    later, elsewhere = await hook(room), await hook(await make_classroom("Autumn"))
    await room.report("Bo", "Tea", "scan")
    await queue_changes(ChangeCursor())
    assert [sorted(name for name, _, _ in await told(each)) for each in (webhook, later, elsewhere)] == [
        ["Ada", "Bo"], ["Bo"], [],
    ]  # fmt: skip


async def test_nothing_is_told_of_who_is_erased_or_to_who_is_ended(
    room: Classroom, webhook: WebhookInfo, tmp_path: Path
) -> None:
    ended = await hook(room)
    await enable_webhook(room.alice, room.course, ended, False)
    for name in ("Ada", "Bo"):
        await room.report(name, "Tea", "scan")
    await erase_student(None, open_store(f"file://{tmp_path}/media"), room.course, room.students["Ada"])
    await queue_changes(ChangeCursor())
    assert [name for name, _, _ in await told(webhook)] == ["Bo"]
    assert await told(ended) == []


async def test_messages_are_taken_in_their_order_and_not_too_many(room: Classroom, webhook: WebhookInfo) -> None:
    start = now() - timedelta(hours=1)
    rows = [
        Delivery(
            webhook=webhook.id, body=f'{{"place":{place}}}', created_at=start, next_at=start + timedelta(seconds=place)
        )
        for place in reversed(range(TAKEN + 2))
    ]
    later = Delivery(webhook=webhook.id, created_at=start, next_at=now() + timedelta(minutes=5))
    await Delivery.insert(*rows, later)
    taken = await take_due()
    assert [msgspec.json.decode(due.body)["place"] for due in taken] == list(range(TAKEN))
    assert {(due.webhook, due.url, due.lease.tries) for due in taken} == {(webhook.id, "https://example.org/hook", 1)}
    assert len(await take_due()) == 2
    assert await take_due() == []


async def test_message_that_is_taken_names_the_secret_that_signs_it(room: Classroom) -> None:
    identity, secret = await add_webhook(room.alice, KEYS, room.course, "https://example.org/hook")
    await send_test(room.course, await webhook_of(room.course, identity))
    (due,) = await take_due()
    assert secret_text(KEYS, due.secret) == secret


async def test_messages_wait_while_their_webhook_is_ended(room: Classroom, webhook: WebhookInfo) -> None:
    await send_test(room.course, webhook)
    await enable_webhook(room.alice, room.course, webhook, False)
    assert await take_due() == []
    await enable_webhook(room.alice, room.course, webhook, True)
    assert len(await take_due()) == 1


@pytest.mark.parametrize("status", [200, 204, 299])
async def test_message_that_was_taken_in_is_over(room: Classroom, webhook: WebhookInfo, status: int) -> None:
    message = await answered(room, webhook, status, "thanks")
    assert (message.status, message.answer, message.next_at) == (status, "thanks", None)
    assert message.delivered_at is not None


@pytest.mark.parametrize("status", [0, 199, 300, 404, 500])
async def test_message_that_was_not_taken_in_is_tried_again(room: Classroom, webhook: WebhookInfo, status: int) -> None:
    message = await answered(room, webhook, status, "no")
    assert (message.status, message.answer, message.delivered_at, message.tries) == (status, "no", None, 1)
    assert abs(message.next_at - now() - BACKOFF[0]) < timedelta(seconds=5)
    assert (await webhook_of(room.course, webhook.id)).waiting == 1


async def test_waits_grow_until_a_message_is_given_up(room: Classroom, webhook: WebhookInfo) -> None:
    await send_test(room.course, webhook)
    waits = []
    for _ in range(len(BACKOFF) + 1):
        await Delivery.update({Delivery.next_at: now()}).where(Delivery.next_at.is_not_null())
        (due,) = await take_due()
        await settle([(due, 503, "busy")])
        (message,) = await deliveries_of(webhook.id)
        waits.append(message.next_at and round((message.next_at - now()).total_seconds()))
    assert waits == [*(round(wait.total_seconds()) for wait in BACKOFF), None]
    assert (message.delivered_at, message.tries) == (None, len(BACKOFF) + 1)
    found = await webhook_of(room.course, webhook.id)
    assert (found.waiting, found.failed) == (0, 1)


async def test_gone_ends_the_webhook(room: Classroom, webhook: WebhookInfo) -> None:
    other = await hook(room)
    message = await answered(room, webhook, 410, "")
    assert (message.status, message.next_at, message.delivered_at) == (410, None, None)
    assert (await webhook_of(room.course, webhook.id)).disabled_at is not None
    assert (await webhook_of(room.course, other.id)).disabled_at is None


async def test_answer_is_kept_so_far_as_it_can_be(room: Classroom, webhook: WebhookInfo) -> None:
    message = await answered(room, webhook, 500, "a\0b" + "字" * ANSWER_LENGTH)
    assert message.answer == "ab" + "字" * (ANSWER_LENGTH - 2)


async def test_answer_of_a_try_before_it_was_sent_again_settles_nothing(room: Classroom, webhook: WebhookInfo) -> None:
    await send_test(room.course, webhook)
    (first,) = await take_due()
    await send_again(webhook, first.id)
    (again,) = await take_due()
    assert (again.id, again.lease.tries) == (first.id, first.lease.tries)
    await settle([(first, 500, "too late")])
    (message,) = await deliveries_of(webhook.id)
    assert (message.status, message.answer) == (0, "")
    await settle([(again, 200, "thanks"), (first, 500, "too late")])
    (message,) = await deliveries_of(webhook.id)
    assert (message.status, message.answer, message.next_at) == (200, "thanks", None)
    assert message.delivered_at is not None


async def test_messages_that_are_over_are_forgotten_when_they_are_old(room: Classroom, webhook: WebhookInfo) -> None:
    old, young = now() - KEPT - timedelta(hours=1), now() - KEPT + timedelta(hours=1)
    rows = {
        "old": Delivery(webhook=webhook.id, created_at=old, next_at=None),
        "young": Delivery(webhook=webhook.id, created_at=young, next_at=None),
        "waiting": Delivery(webhook=webhook.id, created_at=old, next_at=now()),
    }
    await Delivery.insert(*rows.values())
    assert (await forget_deliveries(), await forget_deliveries()) == (1, 0)
    assert set(await Delivery.select(Delivery.id).output(as_list=True)) == {rows["young"].id, rows["waiting"].id}


async def answered(room: Classroom, webhook: WebhookInfo, status: int, answer: str) -> Any:
    """A message as it is after one try."""
    await send_test(room.course, webhook)
    (due,) = await take_due()
    await settle([(due, status, answer)])
    (message,) = await deliveries_of(webhook.id)
    return message
