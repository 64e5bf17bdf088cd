"""A device with passkeys, as WebAuthn describes it: makes a key pair (ES256) for a page, and signs what the page asks."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

#: bits of the authenticator's data: somebody was there, and was known to it; a key is described
PRESENT, KNOWN, DESCRIBED = 1, 4, 64


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def data(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "===")


@dataclass
class Device:
    """Has one passkey; `count` is what it says of how often it has signed, `known` that it asks for a finger before."""

    origin: str = "https://class.example.org"
    rp_id: str = "class.example.org"
    count: int = 0
    known: bool = False
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def make(self, options: dict[str, Any]) -> str:
        """What the browser sends after navigator.credentials.create()."""
        numbers = self.key.public_key().public_numbers()
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        described = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + key
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(PRESENT | KNOWN | DESCRIBED) + described}
        client = self._client("webauthn.create", options["challenge"])
        return self._answer(
            {"clientDataJSON": text(client), "attestationObject": text(cbor2.dumps(made)), "transports": ["internal"]}
        )

    def sign(self, options: dict[str, Any], **other: str) -> str:
        """What it sends after navigator.credentials.get(); `other` are fields of the response that are something else."""
        if self.count:
            self.count += 1
        there, client = self._data(PRESENT | KNOWN * self.known), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(
            there + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        )
        response = {"clientDataJSON": text(client), "authenticatorData": text(there), "signature": text(signature)}
        return self._answer(response | other)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = text(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
