"""Which bytes in an archive this portal itself has written: a signature over the hash of each.

Pictures are written anew whenever they are uploaded, which changes a JPEG a little each time. Bytes that carry this
portal's seal were written by it before and are taken as they are, so that an archive comes back exactly.
"""

import json

from courses.errors import TokenInvalid
from courses.tokens import Keyring, seal, unseal

PURPOSE = "export-v1"
NAME = "lessonlink.json"


def write_seals(keyring: Keyring, hashes: list[str]) -> bytes:
    """The file of seals for SHA-256 hashes in hex."""
    seals = {sha256: seal(keyring, PURPOSE, bytes.fromhex(sha256)) for sha256 in sorted(set(hashes))}
    return (json.dumps({"format": 1, "seals": seals}, indent=1) + "\n").encode()


def read_seals(keyring: Keyring, data: bytes) -> frozenset[str]:
    """The hashes whose seals are good; a file of another form has none."""
    try:
        seals = json.loads(data)["seals"]
        return frozenset(sha256 for sha256, text in seals.items() if _good(keyring, sha256, text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return frozenset()


def _good(keyring: Keyring, sha256: str, text: str) -> bool:
    try:
        return unseal(keyring, PURPOSE, text).hex() == sha256
    except TokenInvalid:
        return False
