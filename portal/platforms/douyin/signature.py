"""Douyin's signatures: of a share, and of what its webhook sends."""

import hashlib
import secrets


def sign_share(nonce: str, ticket: str, timestamp: str) -> str:
    """32 hex digits. `timestamp` in seconds; values go in raw, sorted by name.

    https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/sdk/web-app/h5/share-to-h5
    """
    text = f"nonce_str={nonce}&ticket={ticket}&timestamp={timestamp}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def sign_webhook(client_secret: str, body: bytes) -> str:
    """40 hex digits over the body as it came, for X-Douyin-Signature."""
    return hashlib.sha1(client_secret.encode() + body, usedforsecurity=False).hexdigest()


def new_nonce() -> str:
    """16 characters, as in Douyin's example; fresh for each tap."""
    return secrets.token_hex(8)
