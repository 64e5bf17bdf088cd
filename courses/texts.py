"""Texts that people type: in the form in which they are kept, and what is said of one that is too long."""

from courses.errors import Message


def one_line(text: str) -> str:
    """Without line breaks and doubled spaces; nor NUL, which PostgreSQL does not keep and nobody types."""
    return " ".join(text.replace("\0", "").split())


def trimmed(text: str) -> str:
    """Without the empty space around it; the full-width spaces that indent a Chinese paragraph are its author's."""
    return text.strip(" \t\r\n\v\f\u00a0")


def too_long(text: str, limit: int) -> Message:
    """For a text of more than `limit` characters."""
    return Message("{length} characters; at most {limit} fit.", length=len(text), limit=limit)
