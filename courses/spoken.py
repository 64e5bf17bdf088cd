"""Spoken codes: `7K4-M2XQ`, six Crockford base32 characters and a check character.

The check is a weighted sum over GF(2^5) with weights 1, a, a^2, …: any single wrong character and any swap of two
characters changes it. Reading forgives what Crockford's alphabet forgives: O for 0, I and L for 1, case, dashes; and
full-width letters and any mark or space, also invisible ones.
"""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
LENGTH = 7
_PRIMITIVE = 0b100101  # x^5 + x^2 + 1


def new_spoken() -> str:
    """Seven characters, unformatted: 30 random bits and the check."""
    values = [secrets.randbelow(32) for _ in range(LENGTH - 1)]
    return "".join(ALPHABET[value] for value in [*values, _check(values)])


def show_spoken(code: str) -> str:
    """`7K4M2XQ` as `7K4-M2XQ`."""
    return f"{code[:3]}-{code[3:]}"


def read_spoken(text: str) -> str | None:
    """The seven characters of a typed code, or None when it cannot be one."""
    letters = _letters(text)
    if len(letters) != LENGTH or any(letter not in _VALUE for letter in letters):
        return None
    values = [_VALUE[letter] for letter in letters]
    if _check(values[:-1]) != values[-1]:
        return None
    return "".join(ALPHABET[value] for value in values)


def looks_whole(text: str) -> bool:
    """Whether a typed code has seven letters and digits that codes are made of, whatever its check says."""
    letters = _letters(text)
    return len(letters) == LENGTH and all(letter in _VALUE for letter in letters)


def _letters(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).upper()
    return [letter for letter in plain if letter.isalnum() and letter != "ー"]  # the long mark of Japanese keyboards


def _check(values: list[int]) -> int:
    """The value that makes the sum of a^i times the i-th value from the right zero."""
    total, weight = 0, 2
    for value in reversed(values):
        total ^= _times(weight, value)
        weight = _times(weight, 2)
    return total


def _times(left: int, right: int) -> int:
    """Product in GF(2^5)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 32:
            left ^= _PRIMITIVE
        right >>= 1
    return product
