"""Webhooks out: addresses that are told when a student reaches another rung. Found and sent in the background, never by a scan.

What is sent is a row: made once by an id that follows from its contents, claimed before each try, so that any number of
processes may look for work. A try whose process dies is made again, so receivers count by the id.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec
from piccolo.query import Select

from courses.audit import record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.pieces import in_pieces
from courses.signed_in import SignedIn
from courses.tables.classes import Delivery, Webhook
from courses.tokens import Keyring

PURPOSE = "webhook-v1"
URL_LENGTH = 500
#: of one course
MOST = 10
#: deliveries of a webhook that are shown
SHOWN = 50


@dataclass(frozen=True)
class DeliveryInfo:
    """A message; `status` is the other side's last answer, 0 for none."""

    id: UUID
    kind: str
    what: Mapping[str, Any]
    created_at: datetime
    tries: int
    next_at: datetime | None
    delivered_at: datetime | None
    status: int
    answer: str


@dataclass(frozen=True)
class WebhookInfo:
    """An address of a course; `waiting` deliveries are still tried, `failed` ones were given up.

    `retried` is the one that is tried next of those that were tried in vain.
    """

    id: UUID
    url: str
    created_at: datetime
    disabled_at: datetime | None
    waiting: int = 0
    failed: int = 0
    retried: DeliveryInfo | None = None


async def webhooks_of(course: UUID) -> list[WebhookInfo]:
    """The oldest first, in two queries and one for each where something waits."""
    rows = await Webhook.select(Webhook.id, Webhook.url, Webhook.created_at, Webhook.disabled_at).where(
        Webhook.course == course
    ).order_by(Webhook.created_at)  # fmt: skip
    counts = await Delivery.raw(
        "SELECT webhook AS webhook, SUM(CASE WHEN next_at IS NOT NULL THEN 1 ELSE 0 END) AS waiting,"
        " SUM(CASE WHEN next_at IS NULL AND delivered_at IS NULL THEN 1 ELSE 0 END) AS failed"
        " FROM delivery WHERE webhook IN (SELECT id FROM webhook WHERE course = {}) GROUP BY webhook",
        course,
    )
    known = {UUID(str(row["webhook"])): (int(row["waiting"]), int(row["failed"])) for row in counts}
    found = []
    for row in rows:
        waiting, failed = known.get(row["id"], (0, 0))
        found.append(
            WebhookInfo(**row, waiting=waiting, failed=failed, retried=await _retried(row["id"]) if waiting else None)
        )
    return found


async def _retried(webhook: UUID) -> DeliveryInfo | None:
    tried = Delivery.webhook == webhook, Delivery.next_at.is_not_null(), Delivery.tries > 0
    # What is on its way for the first time has no answer yet.
    answered = (Delivery.status != 0) | (Delivery.answer != "")
    rows = await _deliveries().where(*tried, answered).order_by(Delivery.next_at).limit(1)
    return _delivery(rows[0]) if rows else None


async def webhook_of(course: UUID, webhook: UUID) -> WebhookInfo:
    """One of a course. Raises NotFound."""
    found = next((each for each in await webhooks_of(course) if each.id == webhook), None)
    if found is None:
        raise NotFound
    return found


@unit_of_work
async def add_webhook(
    by: SignedIn, keyring: Keyring, course: UUID, url: str, *, insecure: bool = False
) -> tuple[UUID, str]:
    """Tell this address from now on; its id and its secret, which is shown once. Raises Invalid, Conflict."""
    url = check_url(url, insecure=insecure)
    name = keyring.new_name()
    row = Webhook(course=course, url=url, secret=name, created_by=by.id, created_at=now())
    async with writing():
        if await Webhook.count().where(Webhook.course == course) >= MOST:
            raise Conflict(Message("A course has at most {limit} webhooks.", limit=MOST))
        await Webhook.insert(row)
        await record("webhook.create", by, course=course, object=row.id, label=urlsplit(url).netloc)
    return row.id, secret_text(keyring, name)


def check_url(url: str, *, insecure: bool = False) -> str:
    """An address of the form https://host/path; with `insecure` http and any port too. Raises Invalid."""
    url = url.strip()
    if len(url) > URL_LENGTH or not _good(url, insecure):
        problem = Message("Write an address that begins with https://, without a name or password in it.")
        raise Invalid({"url": problem})
    return url


def _good(url: str, insecure: bool) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    schemes = ("https", "http") if insecure else ("https",)
    plain = url.isascii() and url.isprintable() and " " not in url and parts.username is None and not parts.fragment
    return plain and bool(host) and port != 0 and parts.scheme in schemes


@unit_of_work
async def renew_secret(by: SignedIn, keyring: Keyring, course: UUID, webhook: WebhookInfo) -> str:
    """A new secret, shown once; the old one is no longer used."""
    name = keyring.new_name()
    async with writing():
        await Webhook.update({Webhook.secret: name}).where(Webhook.id == webhook.id)
        await record("webhook.secret", by, course=course, object=webhook.id, label=urlsplit(webhook.url).netloc)
    return secret_text(keyring, name)


@unit_of_work
async def enable_webhook(by: SignedIn, course: UUID, webhook: WebhookInfo, enabled: bool) -> None:
    """Stop telling an address, or tell it again; what waited meanwhile is sent then."""
    async with writing():
        await Webhook.update({Webhook.disabled_at: None if enabled else now()}).where(Webhook.id == webhook.id)
        if (webhook.disabled_at is None) != enabled:
            action = "webhook.enable" if enabled else "webhook.disable"
            await record(action, by, course=course, object=webhook.id, label=urlsplit(webhook.url).netloc)


@unit_of_work
async def remove_webhook(by: SignedIn, course: UUID, webhook: WebhookInfo) -> None:
    """With all that was sent to it."""
    async with writing():
        await Webhook.delete().where(Webhook.id == webhook.id)
        await record("webhook.remove", by, course=course, object=webhook.id, label=urlsplit(webhook.url).netloc)


async def send_test(course: UUID, webhook: WebhookInfo) -> None:
    """A message that says nothing, to see whether it comes."""
    moment = now()
    body = {"type": "ping", "timestamp": moment, "data": {"course": course}}
    await Delivery.insert(
        Delivery(
            id=uuid4(), webhook=webhook.id, body=msgspec.json.encode(body).decode(), created_at=moment, next_at=moment
        )
    )


async def send_again(webhook: WebhookInfo, delivery: UUID) -> None:
    """Try a message once more that was given up, or at once that waits. Raises NotFound."""
    values: Changes = {Delivery.next_at: now(), Delivery.tries: 0}
    mine = Delivery.id == delivery, Delivery.webhook == webhook.id, Delivery.delivered_at.is_null()
    if not await Delivery.update(values).where(*mine).returning(Delivery.id):
        raise NotFound


async def try_now(webhook: WebhookInfo) -> None:
    """What waits after a failure is tried at once, and after the next one as before."""
    waits = Delivery.webhook == webhook.id, Delivery.next_at > now(), Delivery.tries > 0
    ids = await Delivery.select(Delivery.id).where(*waits).order_by(Delivery.id).output(as_list=True)

    async def hurry(some: Sequence[UUID]) -> None:
        await Delivery.update({Delivery.next_at: now()}).where(Delivery.id.is_in([*some]), *waits)

    await in_pieces(ids, hurry)


async def deliveries_of(webhook: UUID) -> list[DeliveryInfo]:
    """The last SHOWN, the newest first."""
    rows = await _deliveries().where(Delivery.webhook == webhook).order_by(
        Delivery.created_at, Delivery.id, ascending=False
    ).limit(SHOWN)  # fmt: skip
    return [_delivery(row) for row in rows]


def _deliveries() -> Select[Delivery]:
    return Delivery.select(
        Delivery.id, Delivery.body, Delivery.created_at, Delivery.tries, Delivery.next_at, Delivery.delivered_at,
        Delivery.status, Delivery.answer,
    )  # fmt: skip


def _delivery(row: dict[str, Any]) -> DeliveryInfo:
    body = msgspec.json.decode(row.pop("body"))
    return DeliveryInfo(**row, kind=body.get("type", ""), what=body.get("data", {}))


def secret_text(keyring: Keyring, name: str) -> str:
    """As receivers are given it (Standard Webhooks). Raises TokenInvalid when its key has been dropped."""
    return "whsec_" + base64.b64encode(keyring.derive(PURPOSE, name)).decode()
