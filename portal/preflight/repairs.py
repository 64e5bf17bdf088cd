"""What one click mends in a lesson's text, without a word of its author's lost."""

from collections.abc import Callable
from dataclasses import replace

from courses.errors import Invalid, Message
from portal.lessons.fields import LessonFields, hashed, split_topics
from portal.platforms.topics import split, unmarked
from portal.preflight.tidying import seen, tidied

TITLE: dict[str, Callable[[str], str]] = {"invisible_characters": seen}
BODY: dict[str, Callable[[str], str]] = {
    "topics_glued": split,
    "topic_marks": unmarked,
    "invisible_characters": seen,
    "white_space": tidied,
}


def repair(fields: LessonFields, code: str, where: str) -> LessonFields:
    """The fields without the finding; all others are as they were. Raises Invalid where a finding has no repair."""
    name = where.partition("[")[0]
    if name == "title" and code in TITLE:
        return replace(fields, title=TITLE[code](fields.title))
    if name == "body" and code in BODY:
        return replace(fields, body=BODY[code](fields.body))
    if name == "topics" and code in TOPICS:
        return replace(fields, topics=hashed(TOPICS[code](split_topics(fields.topics))))
    raise not_repairable()


def not_repairable() -> Invalid:
    """For a code or place that was not offered."""
    return Invalid({"code": Message("There is nothing here that one click could mend.")})


def _once(topics: list[str]) -> list[str]:
    """Each topic once, as it was written first."""
    first: dict[str, str] = {}
    for topic in topics:
        first.setdefault(topic.casefold(), topic)
    return list(first.values())


def _same(topics: list[str]) -> list[str]:
    """The form's own field parts topics and drops their marks."""
    return topics


def _seen(topics: list[str]) -> list[str]:
    return [topic for topic in map(seen, topics) if topic]


TOPICS: dict[str, Callable[[list[str]], list[str]]] = {
    "topics_glued": _same,
    "topic_marks": _same,
    "topic_twice": _once,
    "invisible_characters": _seen,
}
