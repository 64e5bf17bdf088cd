"""XiaoHongShu's keys and signatures. Shares no code with the adapter: two readings of one rule check each other."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from courses.tokens import Keyring, seal
from portal.rehearsal.faults import APP_KEY

APP_SECRET = "rehearsal-app-secret"  # noqa: S105 - opens nothing: it only lets the adapter take its usual way
HOUR = 3600
TOKEN_HOURS = 24
FRESH = 1800  # seconds that a signature may be old or early; the real one does not say

WORDS_SIGNATURE = "签名校验失败，非法参数-signature"
WORDS_TIMESTAMP = "签名校验失败，非法参数-timestamp"
WORDS_NONCE = "签名校验失败，非法参数-nonce"
WORDS_APP = "应用不存在，非法参数-app_key"


def issue_token(keyring: Keyring, app_key: str, now: float) -> tuple[str, int]:
    """An access token and the epoch ms at which it ends."""
    hour = int(now) // HOUR
    return _token(keyring, app_key, hour), (hour + TOKEN_HOURS) * HOUR * 1000


def _token(keyring: Keyring, app_key: str, hour: int) -> str:
    """Made of the hour alone: the platform must know its tokens again in any process, and a share does not name one."""
    return seal(keyring, "rehearsal-access-v1", f"{app_key}|{hour}".encode())


def refuse_token_request(question: Mapping[str, Any], now: float) -> str | None:
    """The platform's words, or None where the signature with APP_SECRET is right."""
    return _refuse_form(question, now) or _refuse_signature(question, [APP_SECRET])


def refuse_share(keyring: Keyring, question: Mapping[str, Any], now: float) -> str | None:
    """The same for verifyConfig, signed with any access token that has not ended."""
    hour = int(now) // HOUR
    living = [_token(keyring, str(question.get("app_key")), hour - age) for age in range(TOKEN_HOURS)]
    return _refuse_form(question, now) or _refuse_signature(question, living)


def _refuse_form(question: Mapping[str, Any], now: float) -> str | None:
    nonce, timestamp = question.get("nonce"), question.get("timestamp")
    if str(question.get("app_key")).partition("+")[0] != APP_KEY:
        return WORDS_APP
    if not isinstance(nonce, str) or not 1 <= len(nonce) <= 32:
        return WORDS_NONCE
    if isinstance(timestamp, bool) or not isinstance(timestamp, (int, str)) or not _is_ms(str(timestamp)):
        return WORDS_TIMESTAMP
    return WORDS_TIMESTAMP if abs(int(timestamp) / 1000 - now) > FRESH else None


def _is_ms(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 13


def _refuse_signature(question: Mapping[str, Any], secrets: list[str]) -> str | None:
    given = question.get("signature")
    if not isinstance(given, str) or not given.isascii():
        return WORDS_SIGNATURE
    signed = {name: str(question[key]) for name, key in _SIGNED.items()}
    text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
    right = [hashlib.sha256((text + secret).encode()).hexdigest() for secret in secrets]
    return None if any([hmac.compare_digest(given, one) for one in right]) else WORDS_SIGNATURE


# The name inside the signed text, and the field that carries it.
_SIGNED = {"appKey": "app_key", "nonce": "nonce", "timeStamp": "timestamp"}
