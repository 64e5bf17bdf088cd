"""Reading what platforms answer: pure, and trusting nothing in it."""

from typing import Any

import msgspec

MOST_WORDS = 200


def json_object(body: bytes) -> dict[str, Any] | None:
    """The object that a body is; None for anything else."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return answer if isinstance(answer, dict) else None


def clean_words(words: object, secrets: tuple[object, ...]) -> str:
    """A platform's words on one line. One that echoes what was signed must not make us show a secret."""
    if not isinstance(words, str):
        return ""
    for secret in secrets:
        if isinstance(secret, str) and secret:
            words = words.replace(secret, "…")
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:MOST_WORDS]
