"""Webhooks that the other side does not take any more."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from courses.clock import now
from courses.tables.classes import Delivery

#: after so many tries in vain
TRIES = 3
#: what was given up longer ago is no news
RECENT = timedelta(days=7)


async def failing_webhooks(courses: Collection[UUID]) -> dict[UUID, int]:
    """By course, how many messages were tried in vain or given up lately; of addresses that are told nothing, none. One query."""
    if not courses:
        return {}
    rows = await Delivery.raw(
        "SELECT webhook.course AS course, COUNT(*) AS count FROM webhook JOIN delivery ON delivery.webhook = webhook.id"  # noqa: S608
        f" WHERE webhook.course IN ({', '.join(['{}'] * len(courses))}) AND webhook.disabled_at IS NULL"
        f" AND delivery.delivered_at IS NULL AND delivery.tries >= {TRIES}"
        " AND (delivery.next_at IS NOT NULL OR delivery.created_at > {}) GROUP BY webhook.course",
        *courses,
        now() - RECENT,
    )
    return {UUID(str(row["course"])): int(row["count"]) for row in rows}
