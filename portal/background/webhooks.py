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
from functools import partial

from courses.errors import TokenInvalid
from courses.tokens import Keyring
from courses.webhooks.addresses import PURPOSE
from courses.webhooks.deliveries import ChangeCursor, Due, queue_changes, settle, take_due
from portal.background.loop import in_background, repeat
from portal.settings import Settings
from portal.web.outside import CLOSED, INTERNET, post_outside

logger = logging.getLogger("portal.webhooks")

#: seconds between two looks, spread over the processes
FIRST, AGAIN = (2, 4), (2, 3)
#: messages that are sent at the same time: receivers may be small
AT_ONCE = 8


@asynccontextmanager
async def delivering(settings: Settings) -> AsyncIterator[None]:
    """While this is open, webhooks are told. What is under way at the end is tried again by whoever comes next."""
    failure = "webhooks could not be told; it is tried again in a moment"
    work = repeat(partial(deliver, settings, ChangeCursor()), FIRST, AGAIN, logger, failure)
    async with in_background(work, name="webhooks"):
        yield


async def deliver(settings: Settings, cursor: ChangeCursor) -> None:
    """Make messages of what has changed and send all that are due."""
    turns = asyncio.Semaphore(AT_ONCE)
    await queue_changes(cursor)
    while due := await take_due():
        await settle(await asyncio.gather(*(_send(settings, each, turns) for each in due)))
        await queue_changes(cursor)  # a slow receiver must not keep what is new


async def _send(settings: Settings, due: Due, turns: asyncio.Semaphore) -> tuple[Due, int, str]:
    """The message with the other side's status and words."""
    try:
        headers = signed(settings.keyring, due, int(time.time()))
    except TokenInvalid:
        return due, 0, "the key of its secret was dropped from PORTAL_SECRET_KEYS: make a new secret"
    async with turns:
        network = CLOSED if settings.webhook_private else INTERNET
        answer = await post_outside(due.url, due.body, headers, network=network)
    return due, answer.status, answer.words


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
