"""PINs made, and checked against their hashes, apart from the database that keeps these."""

import secrets

import argon2

DIGITS = 6
# OWASP's least for Argon2id: a PIN has few values anyhow, it is the limit on tries that guards it.
_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new_pins(count: int) -> tuple[list[str], list[str]]:
    """So many PINs and their hashes; some 20 ms each: not for the event loop."""
    pins = [f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}" for _ in range(count)]
    return pins, [_hasher.hash(pin) for pin in pins]


def pin_is(hashed: str, typed: str) -> bool:
    """Whether these are its digits, in any width and with spaces between; some 20 ms: not for the event loop."""
    digits = "".join(str(int(character)) for character in typed if character.isdecimal())
    try:
        return len(digits) == DIGITS and _hasher.verify(hashed, digits)
    except argon2.exceptions.VerificationError:
        return False
