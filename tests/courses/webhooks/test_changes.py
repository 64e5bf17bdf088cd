"""Many changes: each webhook gets a page of its own at a time, whatever the others have."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from courses.clock import now
from courses.tables.classes import Delivery, Webhook
from courses.tables.events import Publication
from courses.webhooks import changes
from courses.webhooks.changes import PAGE, ChangeCursor, queue_changes
from courses.webhooks.deliveries import webhooks_due
from tests.courses.classroom import Classroom, make_classroom
from tests.databases import execute, file_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(db: str) -> Classroom:
    return await make_classroom()


async def hook(room: Classroom) -> Webhook:
    """One that was there before anything changed."""
    webhook = Webhook(course=room.course, url="https://a.example", secret="", created_at=now() - timedelta(days=9))
    await Webhook.insert(webhook)
    return webhook


def change_many(address: str, room: Classroom, count: int) -> None:
    """So many publications that changed within the last hours."""
    moment, lesson = now() - timedelta(hours=3), room.lessons["Tea"]
    into = "INSERT INTO publication (id, student, lesson, platform, rung, at, changed_at)"
    if not address.startswith("sqlite"):
        times = (
            f"SELECT '{moment}'::timestamptz + n % 5000 * '1 second'::interval FROM generate_series(1, {count}) AS n"
        )
        row = f"gen_random_uuid(), gen_random_uuid(), '{lesson}', 'weibo', 'scanned', at, at"
        execute(address, f"SET session_replication_role = replica; {into} SELECT {row} FROM ({times}) AS times (at)")
        return
    times = [(moment + timedelta(seconds=n)).isoformat(" ") for n in range(5000)]
    with closing(sqlite3.connect(file_of(address))) as connection, connection:
        connection.executemany(
            f"{into} VALUES (?, ?, ?, 'weibo', 'scanned', ?, ?)",
            ((str(UUID(int=n)), str(UUID(int=n)), str(lesson), *[times[n % 5000]] * 2) for n in range(count)),
        )


async def test_more_changes_than_a_query_takes_values_stop_nobody(db: str, room: Classroom) -> None:
    other = await make_classroom("Autumn")
    busy, calm = await hook(room), await hook(other)
    change_many(db, room, 33_000)
    await other.report("Ada", "Tea", "scan")
    cursor = ChangeCursor()
    assert await queue_changes(cursor)
    assert {each: await Delivery.count().where(Delivery.webhook == each) for each in (busy.id, calm.id)} == {
        busy.id: PAGE, calm.id: 1,
    }  # fmt: skip
    await other.report("Ada", "Tea", "preview")
    assert await queue_changes(cursor)
    assert await Delivery.count().where(Delivery.webhook == calm.id) == 2
    assert await webhooks_due() == sorted([busy.id, calm.id])


async def test_pages_follow_one_another_and_miss_nothing(
    db: str, room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAGE", 5)
    webhook, cursor = await hook(room), ChangeCursor()
    change_many(db, room, 23)
    # All of the same moment, as one commit leaves them.
    await Publication.update({Publication.changed_at: now() - timedelta(hours=1)}, force=True)
    rounds = 1
    while await queue_changes(cursor):
        rounds += 1
    assert rounds == 5
    assert await Delivery.count().where(Delivery.webhook == webhook.id) == 23
    # And when so many change at once later on.
    await Publication.update({Publication.changed_at: now(), Publication.rung: "claimed"}, force=True)
    while await queue_changes(cursor):
        rounds += 1
    assert await Delivery.count() == 46
    assert not cursor.behind


async def test_one_webhook_that_fails_keeps_no_other_from_its_messages(
    db: str, room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = await hook(room), await hook(await make_classroom("Autumn"))
    change_many(db, room, 1)
    await Delivery.insert(
        Delivery(id=uuid4(), webhook=bad.id, body="[]", created_at=now(),
                 publication=(await Publication.select(Publication.id).first())["id"])
    )  # fmt: skip
    other = (await Webhook.select(Webhook.course).where(Webhook.id == good.id).first())["course"]
    lesson = (await Publication.raw("SELECT id FROM lesson WHERE course = {}", other))[0]["id"]
    await Publication.insert(
        Publication(
            student=room.students["Ada"], lesson=lesson, platform="weibo", rung="scanned", at=now(), changed_at=now()
        )
    )
    with pytest.raises(ExceptionGroup):
        await queue_changes(ChangeCursor())
    assert await Delivery.count().where(Delivery.webhook == good.id) == 1
