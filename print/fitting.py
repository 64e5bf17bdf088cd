"""Text fitted into boxes: wrapped, then shrunk, then cut with an ellipsis."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

MM = 72 / 25.4  # points
LEADING = 1.3  # line height in ems; room for the accents and descenders of Chinese and Latin
SLACK = 0.985  # kerning and rounding make a line at most this much longer than its advances
SHORT = 0.3
LONGEST = 4000  # characters looked at; no box holds so many

# Marks that may not begin a line, and those that may not end one (GB/T 15834 §5.1, and the same in Latin script).
NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕”’…—·～％‰℃!),.:;?]}%")
NOT_LAST = frozenset("（《〈「『【〔“‘￥([{$£¥#")
BREAKS = frozenset("-/–—_")  # a line may end after these
BREAKS_OF_ADDRESSES = frozenset("./")  # not after a hyphen: nobody could tell whether it belongs to the address
# Embedding, overrides and isolates: a line that opens one without closing it would turn what stands after it.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Fitted:
    """Lines that fit, and the size in points at which they do."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """Millimetres."""
        return len(self.lines) * line_height(self.size)


def line_height(size: float) -> float:
    """Millimetres that a line of this size in points takes."""
    return size * LEADING / MM


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """One line of the text: white space of any kind becomes single spaces, controls and lone surrogates are dropped."""
    kept = (
        " " if character.isspace() else character
        for character in text[:LONGEST]
        if character.isspace() or (unicodedata.category(character) not in ("Cc", "Cs") and character not in TURNING)
    )
    return " ".join("".join(kept).split())


def fit(
    text: str,
    width: float,
    height: float,
    sizes: tuple[float, ...],
    measure: Callable[[str], float],
    *,
    breaks: frozenset[str] = BREAKS,
    balanced: bool = False,
) -> Fitted:
    """The text in a box of `width` × `height` millimetres, at the largest of the falling `sizes` that holds all of it.

    A word is broken only where no size holds it whole; what the last size does not hold is cut with an ellipsis.
    There is always one line, even in a box too low for it. Lines are made about as long as each other where they are
    `balanced`, for what is centred, or where the last one would be a mere SHORT of the width.
    """
    pieces = _pieces(plain(text), breaks)

    def wrapped(size: float, breaking: bool) -> tuple[tuple[str, ...], str]:
        rows = max(1, int(height / line_height(size) + 1e-6))
        return _wrap(pieces, width * MM / size * SLACK, rows, breaking, measure)

    for breaking in (False, True):
        for size in sizes:
            lines, rest = wrapped(size, breaking)
            if not rest:
                if balanced or measure(lines[-1]) < SHORT * width * MM / size:
                    lines = _balanced(pieces, lines, breaking, measure)
                return Fitted(lines, size)
    lines, rest = wrapped(sizes[-1], breaking=True)
    return Fitted((*lines[:-1], _cut(lines[-1] + rest, width * MM / sizes[-1] * SLACK, measure)), sizes[-1])


def _balanced(
    pieces: list[str], lines: tuple[str, ...], breaking: bool, measure: Callable[[str], float]
) -> tuple[str, ...]:
    """As many lines, about as narrow as they can be."""
    if len(lines) == 1:
        return lines
    widths = list(map(measure, lines))
    narrow, wide = sum(widths) / len(lines), max(widths)
    for _ in range(5):  # to a thirtieth
        middle = (narrow + wide) / 2
        narrower, rest = _wrap(pieces, middle, len(lines), breaking, measure)
        if rest:
            narrow = middle
        else:
            wide, lines = middle, narrower
    return lines


def _pieces(text: str, breaks: frozenset[str]) -> list[str]:
    """The text in parts between which a line may end; the spaces at a break stay with the part before it."""
    pieces: list[str] = []
    clusters = _clusters(text)
    for before, cluster in pairwise(["", *clusters]):
        if pieces and not _breakable(before, cluster, breaks):
            pieces[-1] += cluster
        else:
            pieces.append(cluster)
    return pieces


def _clusters(text: str) -> list[str]:
    """Characters with the marks that stand on them, emoji with what is joined to them."""
    clusters: list[str] = []
    for character in text:
        joined = clusters and (unicodedata.category(character) in ("Mn", "Me", "Cf") or clusters[-1][-1] == "\u200d")
        if joined and len(clusters[-1]) < 12:
            clusters[-1] += character
        elif not joined:
            clusters.append(character)
    return clusters


def _breakable(before: str, after: str, breaks: frozenset[str]) -> bool:
    if after == " " or after[0] in NOT_FIRST or before[0] in NOT_LAST:
        return False
    return before == " " or before in breaks or _wide(before) or _wide(after)


def _wide(cluster: str) -> bool:
    return unicodedata.east_asian_width(cluster[0]) in "WF"


def _wrap(
    pieces: list[str], width: float, rows: int, breaking: bool, measure: Callable[[str], float]
) -> tuple[tuple[str, ...], str]:
    """At most `rows` lines of `width` ems, and the rest that found no place.

    Without `breaking`, a piece longer than a line is a rest too.
    """
    lines: list[str] = []
    line, left = "", width
    queue = list(reversed(pieces))
    while queue:
        piece = queue.pop()
        needed = measure(piece.rstrip())
        if needed <= left:
            line, left = line + piece, left - measure(piece)
            continue
        if needed > width and breaking:
            head = _head(piece, left, measure)
            if head or not line:
                head = head or _clusters(piece)[0]
                line, piece = line + head, piece[len(head) :]
        elif needed > width:
            return tuple(lines), piece
        if len(lines) == rows - 1:
            rest = piece + "".join(reversed(queue))
            return (*lines, line), rest
        lines.append(line.rstrip())
        line, left = "", width
        if piece:
            queue.append(piece)
    return (*lines, line.rstrip()), ""


def _head(text: str, width: float, measure: Callable[[str], float]) -> str:
    """As many whole clusters from the beginning as `width` holds."""
    head = ""
    for cluster in _clusters(text):
        width -= measure(cluster)
        if width < 0:
            break
        head += cluster
    return head


def _cut(text: str, width: float, measure: Callable[[str], float]) -> str:
    return _head(text, width - measure("…"), measure).rstrip(" ，。、；：,.;:-") + "…"
