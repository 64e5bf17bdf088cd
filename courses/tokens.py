"""Signed tokens: verified before the database is touched, short enough for a small QR code.

A share token is `kid (1 byte) | link code (5) | [seat (2)] | HMAC-SHA256 truncated to 16`, in base32 without padding.
128 bits of MAC follow NIST SP 800-107 (at least 64) and ASVS 11.2.3; the alphabet is in QR's alphanumeric mode.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from courses.errors import TokenInvalid

CODE_BYTES = 5
SEAT_BYTES = 2
MAC_BYTES = 16
SHARE = "share-v1"


@dataclass(frozen=True)
class ShareToken:
    """What a share token says: the link's code (5 bytes) and, on a personal slip, the seat (0..65535)."""

    code: bytes
    seat: int | None


class Keyring:
    """Secret keys by id (0..255): the first signs, all verify; dropping an id ends all its tokens."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        if not keys or any(not 0 <= kid <= 255 or len(key) < 32 for kid, key in keys.items()):
            raise ValueError("a keyring needs at least one key, ids of 0 to 255 and keys of 32 bytes or more")
        self._keys = keys
        self._signing = next(iter(keys))

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Read `ID:HEX,ID:HEX`. Raises ValueError."""
        keys: dict[int, bytes] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            kid, separator, key = part.partition(":")
            if not separator or int(kid) in keys:
                raise ValueError("secret keys are written ID:HEX,ID:HEX with each id once")
            keys[int(kid)] = bytes.fromhex(key)
        return cls(keys)

    @staticmethod
    def generate() -> str:
        """A new ring of one key, in the form that `parse` reads."""
        return f"1:{secrets.token_hex(32)}"

    def export(self) -> str:
        """The ring with its secrets, in the form that `parse` reads; for backups only."""
        return ",".join(f"{kid}:{key.hex()}" for kid, key in self._keys.items())

    def __repr__(self) -> str:
        return f"Keyring(ids={list(self._keys)})"

    def seal(self, purpose: str, payload: bytes) -> bytes:
        """kid | payload | MAC over purpose, kid and payload."""
        body = bytes([self._signing]) + payload
        return body + self._mac(self._signing, purpose, body)

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """The payload, if a known key signed it for this purpose. Raises TokenInvalid."""
        body, mac = sealed[:-MAC_BYTES], sealed[-MAC_BYTES:]
        if not body or body[0] not in self._keys or not hmac.compare_digest(mac, self._mac(body[0], purpose, body)):
            raise TokenInvalid
        return body[1:]

    def macs(self, purpose: str, payload: bytes) -> list[bytes]:
        """What each key says of a payload that is not carried along, 16 bytes each; the signing key's first."""
        return [self._mac(kid, purpose, bytes([kid]) + payload) for kid in self._keys]

    def new_name(self) -> str:
        """Names a secret that `derive` gives, and gives again as long as the signing key is in the ring."""
        return f"{self._signing}:{secrets.token_hex(16)}"

    def is_current(self, name: str) -> bool:
        """Whether a name is of the key that signs."""
        return name.partition(":")[0] == str(self._signing)

    def derive(self, purpose: str, name: str) -> bytes:
        """32 secret bytes; what is stored is their name alone. Raises TokenInvalid when their key has been dropped."""
        kid = int(name.partition(":")[0])
        if kid not in self._keys:
            raise TokenInvalid
        return hmac.digest(self._keys[kid], f"derive {purpose}".encode() + b"\0" + name.encode(), hashlib.sha256)

    def _mac(self, kid: int, purpose: str, body: bytes) -> bytes:
        return hmac.digest(self._keys[kid], purpose.encode() + b"\0" + body, hashlib.sha256)[:MAC_BYTES]


def seal(keyring: Keyring, purpose: str, payload: bytes) -> str:
    """A signed text for cookies and addresses; readable, not secret."""
    return base64.urlsafe_b64encode(keyring.seal(purpose, payload)).rstrip(b"=").decode()


def unseal(keyring: Keyring, purpose: str, text: str) -> bytes:
    """The payload of `seal`. Raises TokenInvalid."""
    try:
        sealed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise TokenInvalid from error
    return keyring.unseal(purpose, sealed)


def share_token(keyring: Keyring, code: bytes, seat: int | None = None) -> str:
    """36 base32 characters, 39 with a seat."""
    payload = code if seat is None else code + seat.to_bytes(SEAT_BYTES, "big")
    return base64.b32encode(keyring.seal(SHARE, payload)).rstrip(b"=").decode()


def read_share_token(keyring: Keyring, text: str) -> ShareToken:
    """Read a token in either case. Raises TokenInvalid."""
    try:
        folded = text.upper().encode("ascii")
        sealed = base64.b32decode(folded + b"=" * (-len(folded) % 8))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise TokenInvalid from error
    # base32 has unused bits at its end: only the canonical spelling is a token, so that each has one spelling.
    if base64.b32encode(sealed).rstrip(b"=") != folded:
        raise TokenInvalid
    payload = keyring.unseal(SHARE, sealed)
    code, seat = payload[:CODE_BYTES], payload[CODE_BYTES:]
    if len(code) != CODE_BYTES or len(seat) not in (0, SEAT_BYTES):
        raise TokenInvalid
    return ShareToken(code, int.from_bytes(seat, "big") if seat else None)


def public_id(code: bytes) -> str:
    """A link's code as the 8 characters of its clean address."""
    return base64.b32encode(code).decode()


def read_public_id(text: str) -> bytes:
    """The code (5 bytes) of a public id in either case, which nobody signed. Raises TokenInvalid."""
    try:
        code = base64.b32decode(text.upper().encode("ascii"))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise TokenInvalid from error
    if len(code) != CODE_BYTES:
        raise TokenInvalid
    return code
