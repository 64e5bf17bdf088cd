"""What is wrong with a draft: a code for programs, a place, a sentence for people, and what would mend it."""

from dataclasses import dataclass

from courses.errors import Message
from portal.platforms.limits import Level
from portal.platforms.protocol import Named

__all__ = ["Finding", "Named"]


@dataclass(frozen=True)
class Finding:
    """`code` is a stable word; `where` a field of the lesson's form, with the place in a list: "title", "pictures[2]".

    "error": the platform would refuse the lesson. `repair` is a stable word for what `preflight.repairs` would do about
    it; None where only its author knows.
    """

    code: str
    level: Level
    where: str
    message: Message
    repair: str | None = None


def by_level(level: Level, sure: Message, likely: Message) -> Message:
    """What is surely refused is said as a fact, what is only reported as far as we know."""
    return sure if level == "error" else likely
