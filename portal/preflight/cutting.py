"""Where a platform's limit falls in title and text. What is beyond it is shown, never cut by us."""

from dataclasses import dataclass

import regex

from portal.platforms.limits import TextLimit
from portal.platforms.protocol import Draft, Ruled

#: what people see as one character: an extended grapheme cluster (UAX #29)
_SEEN = regex.compile(r"\X")


@dataclass(frozen=True)
class Cut:
    """A text up to the limit, and the rest. `count` is of the whole, in the platform's own way; `limit` None is none."""

    kept: str
    beyond: str
    count: int
    limit: int | None


def cut(draft: Draft, platform: Ruled) -> tuple[Cut, Cut]:
    """Title and body as they would be published. Neither is ever parted within what people see as one character."""
    limits = platform.limits
    body = platform.share_text(draft) if limits.body.topics else platform.body(draft).strip()
    return part(draft.title.strip(), limits.title), part(body, limits.body)


def part(text: str, limit: TextLimit) -> Cut:
    """The longest beginning that fits."""
    most, count = limit.length.limit, limit.count(text)
    if most is None or count <= most:
        return Cut(text, "", count, most)
    ends = [0, *(character.end() for character in _SEEN.finditer(text))]
    low, high = 0, len(ends) - 1  # ends[low] fits, ends[high] does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if limit.count(text[: ends[middle]]) <= most else (low, middle)
    return Cut(text[: ends[low]], text[ends[low] :], count, most)
