"""PINs made, and checked against what is kept of them, apart from the database that keeps it.

Of a million PINs no slow hash hides one: at 20 ms each they are tried through in a night. What hides them is a key that the
database does not have (a "pepper", NIST SP 800-63B-4 §3.1.1.2), and who has that key too makes personal links, which ask for
no PIN. So a PIN is kept as HMAC-SHA256 under a key of its own, derived from the portal's; guesses are limited where they are typed.
"""

import hashlib
import hmac
import secrets

import argon2

from courses.errors import TokenInvalid
from courses.tokens import Keyring

DIGITS = 6
PURPOSE = "pin-v1"
KIND = "hmac-sha256"
# What PINs were kept as before; each is kept anew when it is typed the next time.
_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new_pins(keyring: Keyring, count: int) -> tuple[list[str], list[str]]:
    """So many PINs, and what is kept of each: up to 200 characters."""
    pins = [f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}" for _ in range(count)]
    return pins, [kept(keyring, pin) for pin in pins]


def kept(keyring: Keyring, pin: str) -> str:
    """A PIN under a new key of its own, by the signing key: another text each time."""
    name = keyring.new_name()
    return f"{KIND}${name}${_mac(keyring, name, pin).hex()}"


def is_slow(hashed: str) -> bool:
    """Whether checking takes some 20 ms: not for the event loop."""
    return hashed.startswith("$argon2id$")


def is_old(keyring: Keyring, hashed: str) -> bool:
    """Whether it is kept in an old way, or under a key that signs no more."""
    return is_slow(hashed) or not keyring.is_current(hashed.split("$")[1])


def pin_is(keyring: Keyring, hashed: str, typed: str) -> bool:
    """Whether these are its digits, in any width and with spaces between. Nothing is once its key was dropped."""
    pin = digits_of(typed)
    if len(pin) != DIGITS:
        return False
    if is_slow(hashed):
        try:
            return _hasher.verify(hashed, pin)
        except argon2.exceptions.VerificationError:
            return False
    _, name, mac = hashed.split("$")
    try:
        return hmac.compare_digest(_mac(keyring, name, pin), bytes.fromhex(mac))
    except TokenInvalid:
        return False


def digits_of(typed: str) -> str:
    """As a PIN is kept."""
    return "".join(str(int(character)) for character in typed if character.isdecimal())


def _mac(keyring: Keyring, name: str, pin: str) -> bytes:
    return hmac.digest(keyring.derive(PURPOSE, name), pin.encode(), hashlib.sha256)
