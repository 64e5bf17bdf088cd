"""Single values of a lesson as texts: written one way, read in the ways people write them."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from courses.clock import FIRST_YEAR, LAST_YEAR
from courses.errors import Message
from courses.events.done import FROM, USUAL, WHICH, DoneRule
from courses.lessons.drafts import TOPICS_GIVEN

YES = {"yes", "true", "1", "on", "y", "是", "有"}
NO = {"no", "false", "0", "off", "n", "否", "无", ""}
_KINDS = {
    "normal": "normal",
    "pictures": "normal",
    "图文": "normal",
    "图片": "normal",
    "video": "video",
    "视频": "video",
}
# 2026-09-01 08:00, 2026/9/1 8:00, 2026年9月1日 8:00
_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


class ValueWrong(Exception):
    """What is wrong with a value, for people."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def write_flag(flag: bool) -> str:
    """ "yes" or "no"."""
    return "yes" if flag else "no"


def read_flag(text: str) -> bool:
    """Raises ValueWrong."""
    word = text.strip().casefold()
    if word not in YES | NO:
        raise ValueWrong(Message("“{text}” is neither yes nor no.", text=text[:40]))
    return word in YES


def read_kind(text: str) -> str:
    """Raises ValueWrong."""
    kind = _KINDS.get(text.strip().casefold())
    if kind is None:
        raise ValueWrong(Message("“{text}” is no kind of lesson. Write normal (pictures) or video.", text=text[:40]))
    return kind


def write_moment(at: datetime | None) -> str:
    """ISO 8601 in UTC, exact; "" for none."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else ""


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """A time in UTC; where the text names no zone it is local to `zone`. Raises ValueWrong."""
    text = text.strip()
    if not text:
        return None
    local = _MOMENT.fullmatch(text)
    try:
        if local:
            year, month, day, hour, minute, second = (int(part or 0) for part in local.groups())
            at = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        else:
            at = datetime.fromisoformat(text)
            at = at if at.tzinfo else at.replace(tzinfo=zone)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueWrong(Message("“{text}” is no time. Write it as 2026-09-01 08:00.", text=text[:40])) from error
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueWrong(Message("Choose a year from {first} to {last}.", first=FIRST_YEAR, last=LAST_YEAR))
    return at


def write_topics(topics: Iterable[str]) -> str:
    """`#a #b`."""
    return " ".join(f"#{topic}" for topic in topics)


def read_topics(text: str) -> list[str]:
    """With # before each topic nothing else but spaces parts them; else commas do too. Beyond all that fit is one more."""
    text = text.replace("[话题]", " ")
    between = r"[\s#＃]+" if "#" in text else r"[\s,，、;；＃]+"
    return [topic for topic in re.split(between, text, maxsplit=TOPICS_GIVEN) if topic]


def check_platforms(slugs: Iterable[str], known: Collection[str]) -> None:
    """Raises ValueWrong."""
    unknown = [slug for slug in slugs if slug not in known]
    if unknown:
        raise ValueWrong(
            Message("There is no platform {slug}; choose from {known}.", slug=unknown[0][:40], known=", ".join(known))
        )


def write_done(rule: DoneRule) -> str | list[str]:
    """ "any" or "all", or the platforms that must be done."""
    return list(rule.platforms) if rule.which == "these" else rule.which


def read_done(words: Sequence[str], rung: str) -> DoneRule:
    """As they are written; "" is what is usual. Raises ValueWrong."""
    rung = rung.strip().casefold() or USUAL.rung
    if rung not in FROM:
        raise ValueWrong(Message("A lesson is done from one of these on: {rungs}.", rungs=", ".join(FROM)))
    if len(words) <= 1 and (word := words[0] if words else USUAL.which) in WHICH[:2]:
        return DoneRule(word, (), rung)
    return DoneRule("these", tuple(words), rung)


def check_times(opens_at: datetime | None, closes_at: datetime | None) -> None:
    """Raises ValueWrong."""
    if opens_at and closes_at and opens_at >= closes_at:
        raise ValueWrong(Message("A lesson must close after it opens."))
