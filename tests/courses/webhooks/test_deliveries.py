"""Messages to webhooks: found whatever the clock says, and settled by their last try alone."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.lessons.creating import create_shared_lesson
from courses.lessons.drafts import LessonDraft
from courses.people.accounts import add_person
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.classes import Delivery
from courses.tokens import Keyring
from courses.webhooks.addresses import WebhookInfo, add_webhook, deliveries_of, send_again, send_test, webhook_of
from courses.webhooks.deliveries import ChangeCursor, queue_changes, settle, take_due

pytestmark = pytest.mark.anyio
KEYS = Keyring.parse(f"1:{'5a' * 32}")


@dataclass
class Told:
    """Alice's course of a lesson and a student, Ada, and the webhook that is told of them."""

    course: UUID
    lesson: UUID
    webhook: WebhookInfo

    async def reach(self, kind: str) -> None:
        (ada,) = await students_of(self.course)
        report = Report(self.lesson, kind, "xiaohongshu", now(), now(), student=ada.id)
        async with writing():
            await keep([report])
            await apply([report])


@pytest.fixture
async def told(db: Path) -> Told:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Spring")
    await add_students(None, course, [Entry("1", "Ada")])
    webhook, _ = await add_webhook(alice, KEYS, course, "https://example.org/hook")
    lesson = await create_shared_lesson(alice, course, LessonDraft("normal", "Tea"))
    return Told(course, lesson, await webhook_of(course, webhook))


async def test_change_is_found_once_also_after_the_clock_was_set_back(told: Told) -> None:
    await told.reach("scan")
    ahead = now() + timedelta(hours=1)
    cursor = ChangeCursor(ahead)
    await queue_changes(cursor)
    assert cursor.since < ahead
    assert await Delivery.count() == 1
    await queue_changes(cursor)
    assert await Delivery.count() == 1


async def test_answer_of_a_try_before_it_was_sent_again_settles_nothing(told: Told) -> None:
    await send_test(told.course, told.webhook)
    (first,) = await take_due()
    await send_again(told.webhook, first.id)
    (again,) = await take_due()
    assert (again.id, again.lease.tries) == (first.id, first.lease.tries)
    await settle([(first, 500, "too late")])
    (message,) = await deliveries_of(told.webhook.id)
    assert (message.status, message.answer) == (0, "")
    await settle([(again, 200, "thanks"), (first, 500, "too late")])
    (message,) = await deliveries_of(told.webhook.id)
    assert (message.status, message.answer, message.next_at) == (200, "thanks", None)
    assert message.delivered_at is not None
