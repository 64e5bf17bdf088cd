"""XiaoHongShu's signature: lower-case hex SHA-256 over sorted parameters and a secret."""

import hashlib
import secrets

# Capital S inside the signed string only; the request body and verifyConfig call it `timestamp`.
SIGNED_TIME_KEY = "timeStamp"


def sign(app_key: str, nonce: str, timestamp: str, secret: str) -> str:
    """64 hex digits. `timestamp` in ms; `secret` is appSecret for the access token, the access token for verifyConfig.

    Values go in raw and nothing stands before the secret: https://agora.xiaohongshu.com/doc/js
    """
    text = f"appKey={app_key}&nonce={nonce}&{SIGNED_TIME_KEY}={timestamp}{secret}"
    return hashlib.sha256(text.encode()).hexdigest()


def new_nonce() -> str:
    """32 characters, the most that the platform takes; fresh for each request and each tap."""
    return secrets.token_hex(16)
