"""Changes of publications become messages to webhooks: a page of each webhook's at a time, so that none waits for another's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
from cachetools import TTLCache
from piccolo.custom_types import Combinable

from courses.clock import now
from courses.database import reads_apart
from courses.events.ladder import is_doubtful
from courses.pieces import in_pieces
from courses.tables.classes import Delivery, Webhook
from courses.tables.events import Publication
from courses.tables.lessons import Lesson

#: how far back a process that has just begun looks for changes, and how far later on: what is written is seen a little later
FIRST_LOOK, OVERLAP = timedelta(days=7), timedelta(seconds=30)
#: changes that are looked at in one step
PAGE = 500
_IDS = UUID("b1d7e0a4-0f0c-4f3b-8b0e-6b0c2a6f4d51")
_NONE = UUID(int=0)


def _queued() -> TTLCache[UUID, None]:
    return TTLCache(50_000, ttl=4 * OVERLAP.total_seconds())


@dataclass
class ChangeCursor:
    """How far a process has looked for changes, and the messages that it knows to be queued.

    `behind` says of webhooks with more changes than a page where they go on: behind the publication of that time and id.
    """

    since: datetime | None = None
    queued: TTLCache[UUID, None] = field(default_factory=_queued)
    behind: dict[UUID, tuple[datetime, UUID]] = field(default_factory=dict)


async def queue_changes(cursor: ChangeCursor) -> bool:
    """Make messages of what has changed, a page for each webhook, and move the cursor; whether one has more.

    Safe to do twice or in many processes. One that fails does not keep the others; raises ExceptionGroup.
    """
    began, since = now(), cursor.since
    webhooks = await Webhook.select(Webhook.id, Webhook.course, Webhook.created_at).where(Webhook.disabled_at.is_null())
    if since is not None and since > began:
        since = None  # the clock was set back, nobody knows how far
    if since is None:
        cursor.behind = {row["id"]: (max(began - FIRST_LOOK, row["created_at"]), _NONE) for row in webhooks}
    known = {row["id"]: row for row in webhooks}
    cursor.behind = {identity: place for identity, place in cursor.behind.items() if identity in known}
    if since is not None:
        await _queue_news(cursor, [row for row in webhooks if row["id"] not in cursor.behind], since - OVERLAP)
    cursor.since = began
    failures = []
    for identity in list(cursor.behind):
        try:
            await _queue_page(cursor, known[identity])
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("changes of some webhooks could not be queued", failures)
    return bool(cursor.behind)


async def _queue_news(cursor: ChangeCursor, webhooks: Sequence[Mapping[str, Any]], since: datetime) -> None:
    """Of all that have nothing else to do, at once; where that is more than a page, each goes on by itself."""
    if not webhooks:
        return
    courses = list({row["course"] for row in webhooks})
    rows = await _changes(Publication.changed_at >= since, Publication.lesson.course.is_in(courses))
    if len(rows) == PAGE:
        cursor.behind |= {row["id"]: (max(since, row["created_at"]), _NONE) for row in webhooks}
        return
    for webhook in webhooks:
        mine = [
            row for row in rows if row["course"] == webhook["course"] and row["changed_at"] >= webhook["created_at"]
        ]
        await _queue(cursor, webhook["id"], mine)


async def _queue_page(cursor: ChangeCursor, webhook: Mapping[str, Any]) -> None:
    since, after = cursor.behind[webhook["id"]]
    further = (Publication.changed_at > since) | ((Publication.changed_at == since) & (Publication.id > after))
    # By the lessons' index: by that of times one would read what changed in all courses.
    lessons = Lesson.select(Lesson.id).where(Lesson.course == webhook["course"])
    rows = await _changes(Publication.lesson.is_in(lessons), further)
    await _queue(cursor, webhook["id"], rows)
    if len(rows) < PAGE:
        del cursor.behind[webhook["id"]]
    else:
        cursor.behind[webhook["id"]] = (rows[-1]["changed_at"], rows[-1]["id"])


@reads_apart
async def _changes(*where: Combinable) -> list[dict[str, Any]]:
    """The first PAGE of them."""
    return await Publication.select(
        Publication.id, Publication.platform, Publication.rung, Publication.at, Publication.doubtful, Publication.note_url,
        Publication.changed_at, Publication.lesson.id.as_alias("lesson"), Publication.lesson.title.as_alias("title"),
        Publication.lesson._.course.id.as_alias("course"), Publication.lesson._.course.title.as_alias("course_title"),
        Publication.student.id.as_alias("student"), Publication.student.number.as_alias("number"),
        Publication.student.name.as_alias("name"),
    ).where(*where, Publication.student.erased_at.is_null()).order_by(
        Publication.changed_at, Publication.id
    ).limit(PAGE)  # fmt: skip


async def _queue(cursor: ChangeCursor, webhook: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    new = {}
    for row in rows:
        identity = uuid5(_IDS, f"{webhook} {row['id']} {row['rung']} {row['changed_at'].timestamp()} {row['note_url']}")
        if identity not in cursor.queued:
            new[identity] = row
    if not new:
        return
    said = await _last_said(webhook, [row["id"] for row in new.values()])
    moment = now()
    messages = [
        Delivery(
            id=identity, webhook=webhook, publication=row["id"], body=_body(row), created_at=moment, next_at=moment
        )
        # In one order everywhere, so that no two processes wait for each other.
        for identity, row in sorted(new.items())
        # What is evidence of the same rung once more is no change.
        if said.get(row["id"]) != (row["rung"], row["note_url"])
    ]
    await in_pieces(messages, _insert)
    cursor.queued.update(dict.fromkeys(new))


async def _insert(messages: Sequence[Delivery]) -> None:
    await Delivery.insert(*messages).on_conflict(target=Delivery.id, action="DO NOTHING")


@reads_apart
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
