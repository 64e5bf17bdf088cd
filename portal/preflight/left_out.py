"""What of a body is not published, and where it stands."""

from collections.abc import Iterable, Iterator

from courses.errors import Message
from portal.lessons.published_text import Piece, published
from portal.platforms.protocol import Draft
from portal.preflight.findings import Finding, Named

MOST_SHOWN = 300


def left_out_findings(draft: Draft, body: str, name: Named) -> Iterator[Finding]:
    """One for each kind. `body` is what the platform gets: with the addresses of links only where it has room."""
    text = published(draft.source)
    by_kind: dict[str, list[Piece]] = {}
    for piece in text.left_out:
        by_kind.setdefault(piece.kind, []).append(piece)
    if text.addresses and body != draft.linked:
        by_kind["address"] = list(text.addresses)
    for kind, pieces in by_kind.items():
        code, message = _said(kind, pieces, name)
        yield Finding(code, "warning", "body", message)


def _said(kind: str, pieces: Iterable[Piece], name: Named) -> tuple[str, Message]:
    lines, what = _shown(pieces)
    if kind == "picture":
        return "pictures_in_text", Message(
            "A picture in the text is not published, line {lines}: {what}. Add it to the lesson’s pictures.",
            lines=lines, what=what,
        )  # fmt: skip
    if kind == "html":
        message = Message(
            "HTML and comments are not published, only the text between them, line {lines}: {what}",
            lines=lines, what=what,
        )  # fmt: skip
        return "html_left_out", message
    if kind == "number":
        message = Message(
            "Items with the same number are counted on, line {lines}: {what}. Write each number to keep it.",
            lines=lines, what=what,
        )  # fmt: skip
        return "numbers_counted", message
    if kind == "address":
        message = Message(
            "{platform} has no room for the addresses of links, line {lines}: {what}",
            platform=name, lines=lines, what=what,
        )  # fmt: skip
        return "links_left_out", message
    return "words_left_out", Message("This is not published, line {lines}: {what}", lines=lines, what=what)


def _shown(pieces: Iterable[Piece]) -> tuple[str, str]:
    """The numbers of its lines, and what it is: in one line and not too long."""
    pieces = list(pieces)
    what = " … ".join(" ".join(piece.text.split()) for piece in pieces)
    lines = ", ".join(map(str, dict.fromkeys(piece.line for piece in pieces)))
    return _short(lines), _short(what)


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN].rstrip()}…"
