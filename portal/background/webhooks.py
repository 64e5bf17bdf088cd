"""Webhooks in the background of every application process: find changes, claim messages, sign and send them.

Signed as Standard Webhooks says (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from courses.errors import TokenInvalid
from courses.tokens import Keyring
from courses.webhooks.addresses import PURPOSE
from courses.webhooks.changes import ChangeCursor, queue_changes
from courses.webhooks.deliveries import Due, settle, take_due, webhooks_due
from portal.background.loop import in_background, repeat
from portal.settings import Settings
from portal.web.outside import CLOSED, INTERNET, post_outside

logger = logging.getLogger("portal.webhooks")

#: seconds between two looks, spread over the processes
FIRST, AGAIN = (2, 4), (2, 3)
#: messages of all webhooks that are sent at the same time
AT_ONCE = 64
FAILURE = "webhooks could not be told; it is tried again in a moment"


@asynccontextmanager
async def delivering(settings: Settings) -> AsyncIterator[None]:
    """While this is open, webhooks are told. What is under way at the end is tried again by whoever comes next."""
    telling = Telling(settings)
    async with in_background(repeat(telling.look, FIRST, AGAIN, logger, FAILURE), name="webhooks"):
        try:
            yield
        finally:
            await telling.stop()


class Telling:
    """Finds changes, and has a task for each webhook with messages: one that is slow or has many keeps no other waiting."""

    def __init__(self, settings: Settings, cursor: ChangeCursor | None = None) -> None:
        self._settings = settings
        self._cursor = cursor or ChangeCursor()
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def look(self) -> None:
        """Make messages of what has changed, and begin to send all that are due."""
        more = True
        while more:
            try:
                more = await queue_changes(self._cursor)
            finally:
                await self._begin()

    async def _begin(self) -> None:
        for webhook in await webhooks_due():
            if webhook not in self._tasks:
                self._tasks[webhook] = asyncio.create_task(self._tell(webhook), name=f"webhook {webhook}")

    async def _tell(self, webhook: UUID) -> None:
        try:
            while due := await take_due(webhook):
                await settle(await asyncio.gather(*(self._send(each) for each in due)))
        except Exception:
            logger.exception(FAILURE)
        finally:
            del self._tasks[webhook]

    async def _send(self, due: Due) -> tuple[Due, int, str]:
        """The message with the other side's status and words."""
        try:
            headers = signed(self._settings.keyring, due, int(time.time()))
        except TokenInvalid:
            return due, 0, "the key of its secret was dropped from PORTAL_SECRET_KEYS: make a new secret"
        async with self._turns:
            network = CLOSED if self._settings.webhook_private else INTERNET
            answer = await post_outside(due.url, due.body, headers, network=network)
        return due, answer.status, answer.words

    async def done(self) -> None:
        """Until nothing is sent any more."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    async def stop(self) -> None:
        """Send nothing more."""
        for task in self._tasks.values():
            task.cancel()
        await self.done()


def signed(keyring: Keyring, due: Due, moment: int) -> dict[str, str]:
    """The headers of a message; its id is the same in every try. Raises TokenInvalid."""
    text = f"{due.id}.{moment}.".encode() + due.body
    mac = hmac.digest(keyring.derive(PURPOSE, due.secret), text, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Lessonlink-Webhook",
        "webhook-id": str(due.id),
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
