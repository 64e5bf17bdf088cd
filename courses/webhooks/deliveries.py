"""Messages to webhooks: made of changed publications, claimed, and settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
from cachetools import TTLCache
from piccolo.custom_types import Combinable

from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.events.ladder import is_doubtful
from courses.leases import Lease, Queue
from courses.pieces import delete_in_pieces
from courses.tables.classes import Delivery, Webhook
from courses.tables.events import Publication

#: between the tries; after the last one a message is given up
BACKOFF = tuple(timedelta(seconds=wait) for wait in (15, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400))
#: how long a try may take at most, until another process may make it again
LEASE = timedelta(seconds=60)
#: how far back a process that has just begun looks for changes, and how far later on: what is written is seen a little later
FIRST_LOOK, OVERLAP = timedelta(days=7), timedelta(seconds=30)
#: how long messages that are over are kept
KEPT = timedelta(days=30)
ANSWER_LENGTH = 500
TAKEN = 32
_IDS = UUID("b1d7e0a4-0f0c-4f3b-8b0e-6b0c2a6f4d51")


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


def _queued() -> TTLCache[UUID, None]:
    return TTLCache(50_000, ttl=4 * OVERLAP.total_seconds())


@dataclass
class ChangeCursor:
    """How far a process has looked for changes, and the messages that it knows to be queued."""

    since: datetime | None = None
    queued: TTLCache[UUID, None] = field(default_factory=_queued)


async def queue_changes(cursor: ChangeCursor) -> None:
    """Make messages of what has changed, and move the cursor. Safe to do twice or in many processes."""
    began, since = now(), cursor.since
    webhooks = await Webhook.select(Webhook.id, Webhook.course, Webhook.created_at).where(Webhook.disabled_at.is_null())
    if not webhooks:
        cursor.since = began
        return
    if since is not None and since > began:
        since = None  # the clock was set back, nobody knows how far
    since = since - OVERLAP if since else max(began - FIRST_LOOK, min(row["created_at"] for row in webhooks))
    rows = await Publication.select(
        Publication.id, Publication.platform, Publication.rung, Publication.at, Publication.doubtful, Publication.note_url,
        Publication.changed_at, Publication.lesson.id.as_alias("lesson"), Publication.lesson.title.as_alias("title"),
        Publication.lesson._.course.id.as_alias("course"), Publication.lesson._.course.title.as_alias("course_title"),
        Publication.student.id.as_alias("student"), Publication.student.number.as_alias("number"),
        Publication.student.name.as_alias("name"),
    ).where(
        Publication.changed_at >= since, Publication.lesson.course.is_in([row["course"] for row in webhooks]),
        Publication.student.erased_at.is_null(),
    )  # fmt: skip
    for webhook in webhooks:
        mine = [
            row for row in rows if row["course"] == webhook["course"] and row["changed_at"] >= webhook["created_at"]
        ]
        await _queue(cursor, webhook["id"], mine)
    cursor.since = began


@unit_of_work
async def _queue(cursor: ChangeCursor, webhook: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    new = {}
    for row in rows:
        identity = uuid5(_IDS, f"{webhook} {row['id']} {row['rung']} {row['changed_at'].timestamp()} {row['note_url']}")
        if identity not in cursor.queued:
            new[identity] = row
    if not new:
        return
    async with writing():
        said = await _last_said(webhook, [row["id"] for row in new.values()])
        moment = now()
        messages = [
            Delivery(
                id=identity, webhook=webhook, publication=row["id"], body=_body(row), created_at=moment, next_at=moment
            )
            for identity, row in new.items()
            # What is evidence of the same rung once more is no change.
            if said.get(row["id"]) != (row["rung"], row["note_url"])
        ]
        if messages:
            await Delivery.insert(*messages).on_conflict(target=Delivery.id, action="DO NOTHING")
    cursor.queued.update(dict.fromkeys(new))


async def _last_said(webhook: UUID, publications: list[UUID]) -> dict[UUID, tuple[str, str | None]]:
    rows = await Delivery.select(Delivery.publication, Delivery.body).where(
        Delivery.webhook == webhook, Delivery.publication.is_in(publications)
    ).order_by(Delivery.created_at)  # fmt: skip
    bodies = {row["publication"]: msgspec.json.decode(row["body"])["data"] for row in rows}
    return {publication: (data["rung"], data["note_url"]) for publication, data in bodies.items()}


def _body(row: Mapping[str, Any]) -> str:
    body = {
        "type": "publication.changed",
        "timestamp": row["changed_at"],
        "data": {
            "course": {"id": row["course"], "title": row["course_title"]},
            "lesson": {"id": row["lesson"], "title": row["title"]},
            "student": {"id": row["student"], "number": row["number"], "name": row["name"]},
            "platform": row["platform"], "rung": row["rung"], "at": row["at"],
            "at_doubtful": is_doubtful(row["doubtful"], row["rung"]), "note_url": row["note_url"],
        },
    }  # fmt: skip
    return msgspec.json.encode(body).decode()


@unit_of_work
async def take_due() -> list[Due]:
    """Claim messages whose time has come: each is claimed by one process alone, until its next try."""
    moment = now()
    # One after the other: each is a short part of the index, and both together are no part of it.
    rows = await _due(QUEUE.overdue(moment)) or await _due(QUEUE.ahead(moment))
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


async def _due(when: Combinable) -> list[dict[str, Any]]:
    # By id where times are the same: two processes that claim the same rows in another order wait for each other.
    return await Delivery.select(
        Delivery.id, Delivery.tries, Delivery.body, Delivery.webhook, Delivery.webhook.url.as_alias("url"),
        Delivery.webhook.secret.as_alias("secret"),
    ).where(when, Delivery.webhook.disabled_at.is_null()).order_by(Delivery.next_at, Delivery.id).limit(TAKEN)  # fmt: skip


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
