"""Douyin's word to the portal about a share that was published, signed and sent as its documentation says.

https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/webhooks/summarize
"""

import asyncio
import base64
import hashlib
import secrets
from typing import Any

import httpx
import msgspec

from portal.rehearsal.douyin.signing import client_secret, webhook_signature
from portal.rehearsal.faults import APP_KEY
from portal.rehearsal.fetching import TLS
from portal.rehearsal.shares import Share
from portal.rehearsal.texts import note_id, video_number
from portal.settings import Settings

TRIES = 4  # once, and three times again
WITHIN = 5.0  # seconds for an answer
ALL_WITHIN = 8.0  # seconds for everything: the one who tapped waits for it
PATH = "/api/webhooks/douyin"


async def tell_published(settings: Settings, share: Share, code: str) -> bool:
    """Test the address, then send `create_video`; whether both were answered rightly. Sent twice it is one message."""
    try:
        async with asyncio.timeout(ALL_WITHIN):
            return await _tell(settings, share, code)
    except TimeoutError:
        return False


async def _tell(settings: Settings, share: Share, code: str) -> bool:
    message, challenge = note_id(share, code), secrets.randbelow(10**5)
    news = {"share_id": share.state, "item_id": _item(message), "has_default_hashtag": "#" in share.content,
            "video_id": video_number(share, code)}  # fmt: skip
    async with httpx.AsyncClient(verify=TLS, trust_env=False, timeout=WITHIN, follow_redirects=False) as http:
        test = {"event": "verify_webhook", "client_key": "", "content": {"challenge": challenge}}
        if await _send(http, settings, secrets.token_hex(8), test) != {"challenge": challenge}:
            return False
        body = {"event": "create_video", "from_user_id": f"_000{message}", "client_key": APP_KEY, "content": news,
                "log_id": secrets.token_hex(16).upper()}  # fmt: skip
        return await _send(http, settings, message, body) is not None


async def _send(http: httpx.AsyncClient, settings: Settings, message: str, news: dict[str, Any]) -> object:
    """What the portal answers; None where it does not with 200."""
    body = msgspec.json.encode(news)
    headers = {
        "Content-Type": "application/json",
        "Msg-Id": message,
        "X-Douyin-Signature": webhook_signature(client_secret(settings.keyring), body),
    }
    for _ in range(TRIES):
        try:
            answer = await http.post(settings.public_url + PATH, content=body, headers=headers)
            if answer.status_code == 200:
                return answer.json()
        except (httpx.HTTPError, ValueError):
            continue
    return None


def _item(message: str) -> str:
    """A work's number as applications see it: scrambled, in base64."""
    return "@" + base64.b64encode(hashlib.sha512(message.encode()).digest()).decode()
