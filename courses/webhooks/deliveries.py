"""Messages to webhooks: claimed, and settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from piccolo.custom_types import Combinable

from courses.changes import Changes
from courses.clock import now
from courses.database import reads_apart, unit_of_work, writing
from courses.leases import Lease, Queue
from courses.pieces import delete_in_pieces
from courses.tables.classes import Delivery, Webhook

#: between the tries; after the last one a message is given up
BACKOFF = tuple(timedelta(seconds=wait) for wait in (15, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400))
#: how long a try may take at most, until another process may make it again
LEASE = timedelta(seconds=60)
#: how long messages that are over are kept
KEPT = timedelta(days=30)
ANSWER_LENGTH = 500
#: messages of a webhook that are sent at the same time: receivers may be small
TAKEN = 8
#: so many that wait may be of one webhook alone
MANY = 256


def _wait(tries: int) -> timedelta | None:
    """After so many tries; None when there were enough."""
    return BACKOFF[tries - 1] if tries <= len(BACKOFF) else None


def _term(tries: int) -> timedelta:
    """How long a try is its process's alone."""
    return max(LEASE, _wait(tries) or LEASE)


QUEUE = Queue(
    table=Delivery, held=Delivery.next_at.is_not_null(), at=Delivery.next_at, term=_term, tries=Delivery.tries,
    most=len(BACKOFF) + 1,
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """A message that this process has claimed; `secret` names its webhook's secret."""

    lease: Lease
    webhook: UUID
    url: str
    secret: str
    body: bytes

    @property
    def id(self) -> UUID:
        return self.lease.row


@reads_apart
async def webhooks_due() -> list[UUID]:
    """Webhooks that have messages whose time has come."""
    moment = now()
    found: set[UUID] = set()
    for when in (QUEUE.overdue(moment), QUEUE.ahead(moment)):
        alive = when, Delivery.webhook.disabled_at.is_null()
        rows = await Delivery.select(Delivery.webhook).where(*alive).limit(MANY).output(as_list=True)
        found |= set(rows)
        if len(rows) == MANY:
            # One may have them all: each is asked for by itself.
            webhooks = await Webhook.select(Webhook.id).where(Webhook.disabled_at.is_null()).output(as_list=True)
            found |= {each for each in webhooks if await Delivery.exists().where(when, Delivery.webhook == each)}
    return sorted(found)


@unit_of_work
async def take_due(webhook: UUID | None = None) -> list[Due]:
    """Claim messages whose time has come, of one webhook or of all: each is claimed by one process alone, until its next try."""
    among = [Delivery.webhook == webhook] if webhook else []
    moment = now()
    # One after the other: each is a short part of the index, and both together are no part of it.
    rows = await _due(QUEUE.overdue(moment), *among) or await _due(QUEUE.ahead(moment), *among)
    if not rows:
        return []
    taken = []
    async with writing():
        for row in rows:
            lease = await QUEUE.claim(row["id"], tries=row["tries"])
            if lease is not None and QUEUE.spent(lease):
                await QUEUE.finish(lease, {Delivery.next_at: None})
            elif lease is not None:
                taken.append(Due(lease, row["webhook"], row["url"], row["secret"], row["body"].encode()))
    return taken


async def _due(*when: Combinable) -> list[dict[str, Any]]:
    # By id where times are the same: two processes that claim the same rows in another order wait for each other.
    return await Delivery.select(
        Delivery.id, Delivery.tries, Delivery.body, Delivery.webhook, Delivery.webhook.url.as_alias("url"),
        Delivery.webhook.secret.as_alias("secret"),
    ).where(*when, Delivery.webhook.disabled_at.is_null()).order_by(Delivery.next_at, Delivery.id).limit(TAKEN)  # fmt: skip


@unit_of_work
async def settle(answers: Sequence[tuple[Due, int, str]]) -> None:
    """After tries, with status and words: any 2xx is delivered, else it is tried again or given up; 410 ends the webhook."""
    async with writing():
        for due, status, answer in answers:
            delivered, wait = 200 <= status < 300, _wait(due.lease.tries)
            values: Changes = {
                Delivery.status: status,
                Delivery.answer: answer.replace("\0", "")[:ANSWER_LENGTH],
            }
            if delivered or wait is None or status == 410:
                values |= {Delivery.next_at: None, Delivery.delivered_at: now() if delivered else None}
            else:
                values |= {Delivery.next_at: now() + wait}
            await QUEUE.finish(due.lease, values)
            if status == 410:
                await Webhook.update({Webhook.disabled_at: now()}).where(Webhook.id == due.webhook)


async def forget_deliveries() -> int:
    """Messages that are over and old; how many."""
    return await delete_in_pieces(Delivery, Delivery.created_at < now() - KEPT, Delivery.next_at.is_null())
