"""Reading XiaoHongShu's answer to the access-token request: pure, and trusting nothing in it."""

import math
import re
from typing import Any

from portal.platforms.calling.answers import clean_words, json_object
from portal.platforms.calling.lent_tokens import TryAgain
from portal.platforms.protocol import PlatformFailure

_SIGNATURE = re.compile(r"签名|signature", re.IGNORECASE)
_FOR_THE_OPERATOR = re.compile(r"签名|signature|app_?key|应用|审核|权限", re.IGNORECASE)
_UNREADABLE = "XiaoHongShu's answer could not be read."


class SignatureRefused(TryAgain):
    """The platform could not verify our signature: worth one more try with a fresh one."""


def read_token(status: int, body: bytes, now: float, secrets: tuple[str, ...]) -> tuple[str, float]:
    """The access token and the epoch second at which it dies. Raises PlatformFailure with none of `secrets` in it."""
    answer = json_object(body)
    words = _words(answer, secrets)
    if status != 200:
        permanent = 300 <= status < 500 and status not in (408, 429)
        raise PlatformFailure(words or "XiaoHongShu is not answering properly now.", permanent=permanent)
    if answer is None:
        raise PlatformFailure(_UNREADABLE)
    if answer.get("success") is not True and ("success" in answer or answer.get("code") not in (None, 0)):
        kind = SignatureRefused if _SIGNATURE.search(words) else PlatformFailure
        raise kind(words or "XiaoHongShu refused.", permanent=bool(_FOR_THE_OPERATOR.search(words)))
    # Most clients read the fields under `data`, one at the top level.
    data = answer["data"] if isinstance(answer.get("data"), dict) else answer
    token, dies_at = data.get("access_token"), epoch_seconds(data.get("expires_in"), now)
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]{1,4096}", token):
        raise PlatformFailure(_UNREADABLE)
    if dies_at is None or dies_at <= now:
        raise PlatformFailure("XiaoHongShu gave an access that has already ended.")
    return token, dies_at


def _words(answer: dict[str, Any] | None, secrets: tuple[str, ...]) -> str:
    data = (answer or {}).get("data")
    token = data.get("access_token") if isinstance(data, dict) else (answer or {}).get("access_token")
    return clean_words((answer or {}).get("msg"), (*secrets, token))


def epoch_seconds(value: object, now: float) -> float | None:
    """`expires_in` as an epoch second: it is documented in absolute ms, and met in seconds and as seconds left."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,16}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value <= 0:
        return None
    if value > 1e12:
        return value / 1000
    return float(value) if value >= 1e9 else now + value
