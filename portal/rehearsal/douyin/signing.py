"""Douyin's tokens, tickets, share ids and signatures. Shares no code with the adapter: two readings of one rule.

All are made of the keyring and the time, so that any process knows them again and none keeps anything.
"""

import base64
import hashlib
import hmac
import secrets

from courses.errors import TokenInvalid
from courses.tokens import Keyring, seal, unseal

TOKEN_LIFE = TICKET_LIFE = 7200
#: a ticket that was followed by another is still taken for so long
BUFFER = 300
#: a new ticket every ten minutes
SLOT = 600
SHARE_LIFE = 3600

_TOKEN, _TICKET, _SHARE = "rehearsal-douyin-token", "rehearsal-douyin-ticket", "rehearsal-douyin-share"


class TokenEnded(Exception):
    """A client token that was good once."""


def client_secret(keyring: Keyring) -> str:
    """Known to this portal alone: what it signs raises a rung, in a portal whose other platforms are real as well."""
    return hashlib.sha256(keyring.seal("rehearsal-douyin-secret", b"")).hexdigest()[:32]


def new_client_token(keyring: Keyring, client_key: str, now: float) -> str:
    """Says for which application it is, and since when."""
    return "clt." + seal(keyring, _TOKEN, f"{client_key}|{int(now)}".encode())


def application_of(keyring: Keyring, token: str, now: float) -> str:
    """The client key that a token is for. Raises TokenInvalid, TokenEnded."""
    start, _, sealed = token.partition(".")
    if start != "clt":
        raise TokenInvalid
    client_key, _, since = unseal(keyring, _TOKEN, sealed).decode().rpartition("|")
    if now - int(since) >= TOKEN_LIFE:
        raise TokenEnded
    return client_key


def new_ticket(keyring: Keyring, client_key: str, now: float) -> tuple[str, int]:
    """The ticket of this time, and the seconds that it is good for."""
    slot = int(now) // SLOT
    return _ticket(keyring, client_key, slot), slot * SLOT + TICKET_LIFE - int(now)


def _ticket(keyring: Keyring, client_key: str, slot: int) -> str:
    """In base64 as the real ones are: what escapes its signs signs something else."""
    made = keyring.seal(_TICKET, f"{client_key}|{slot}".encode())
    return "@" + base64.b64encode(hashlib.sha512(made).digest()).decode()


def is_signed(keyring: Keyring, client_key: str, nonce: str, timestamp: str, signature: str, now: float) -> bool:
    """Whether any ticket that has not ended signed it: MD5 over the three parameters, sorted, as they are."""
    slots = range(int(now - TICKET_LIFE - BUFFER) // SLOT + 1, int(now) // SLOT + 1)
    parameters = [{"ticket": _ticket(keyring, client_key, slot)} for slot in slots]
    right = [_md5(one | {"nonce_str": nonce, "timestamp": timestamp}) for one in parameters]
    return any([hmac.compare_digest(signature.encode(), one.encode()) for one in right])


def _md5(parameters: dict[str, str]) -> str:
    text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()


def new_share_id(keyring: Keyring, client_key: str, now: float) -> str:
    """Digits: the time, chance, and a check that only this portal can make."""
    head = f"{int(now):010d}{secrets.randbelow(10**6):06d}"
    return head + _check(keyring, client_key, head)


def is_share_id(keyring: Keyring, client_key: str, share: str, now: float) -> bool:
    """Whether it was given to this application within the hour."""
    head = share[:16]
    if not (share.isascii() and share.isdigit() and len(share) == 28):
        return False
    return hmac.compare_digest(share[16:], _check(keyring, client_key, head)) and now - int(head[:10]) < SHARE_LIFE


def _check(keyring: Keyring, client_key: str, head: str) -> str:
    sealed = keyring.seal(_SHARE, f"{client_key}|{head}".encode())
    return f"{int.from_bytes(sealed[-16:]) % 10**12:012d}"


def webhook_signature(secret: str, body: bytes) -> str:
    """SHA-1 over the client secret and the body behind it, for X-Douyin-Signature."""
    digest = hashlib.sha1(usedforsecurity=False)
    digest.update(secret.encode())
    digest.update(body)
    return digest.hexdigest()
