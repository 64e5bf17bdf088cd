"""Checks of topics: how many, how long, each once, each by itself."""

from collections.abc import Iterator

from courses.errors import Message
from portal.platforms.limits import TopicLimits
from portal.platforms.protocol import Draft
from portal.platforms.topics import clean_topics, named
from portal.preflight.findings import Finding, Named, by_level
from portal.preflight.tidying import seen


def topic_findings(draft: Draft, limits: TopicLimits, name: Named) -> Iterator[Finding]:
    """Those of the form's field, and for their number also those that stand in the text."""
    topics = clean_topics([*draft.topics, *named(draft.content)])
    if limits.needed and not topics:
        message = Message("{platform} asks for one topic at least. Add one.", platform=name)
        yield Finding("topics_missing", "error", "topics", message)
    if passed := limits.number.passed(len(topics)):
        level, most = passed
        values = {"count": len(topics), "platform": name, "limit": most}
        message = by_level(
            level,
            Message("The lesson has {count} topics; {platform} takes {limit}.", **values),
            Message("The lesson has {count} topics; as far as we know {platform} may take only {limit}.", **values),
        )
        yield Finding("topics_too_many", level, "topics", message)
    if passed := limits.total.passed(sum(map(len, topics))):
        level, most = passed
        values = {"limit": most, "platform": name}
        message = by_level(
            level,
            Message("All topics together have more than the {limit} characters of {platform}.", **values),
            Message("As far as we know {platform} may take only {limit} characters for all topics together.", **values),
        )
        yield Finding("topics_too_long", level, "topics", message)
    yield from _each(draft, limits, name)


def _each(draft: Draft, limits: TopicLimits, name: Named) -> Iterator[Finding]:
    known: set[str] = set()
    for place, topic in enumerate(draft.topics):
        where = f"topics[{place}]"
        parts = parted(topic)
        if len(parts) > 1:
            message = Message("“{topic}” is several topics in one.", topic=topic)
            yield Finding("topics_glued", limits.spacing or "warning", where, message, "split")
        elif parts != [topic]:
            message = Message("“{topic}” has marks that do not belong to a topic’s name.", topic=topic)
            yield Finding("topic_marks", "warning", where, message, "unmark")
        if passed := limits.length.passed(len(topic)):
            level, most = passed
            values = {"topic": topic, "limit": most, "platform": name}
            message = by_level(
                level,
                Message("The topic “{topic}” is longer than the {limit} characters of {platform}.", **values),
                Message(
                    "As far as we know {platform} may take topics of only {limit} characters; “{topic}” is longer.",
                    **values,
                ),
            )
            yield Finding("topic_too_long", level, where, message)
        if topic.casefold() in known:
            message = Message("The topic “{topic}” is there twice.", topic=topic)
            yield Finding("topic_twice", "warning", where, message, "drop")
        if seen(topic) != topic:
            message = Message("There are characters that nobody sees and that count.")
            yield Finding("invisible_characters", "warning", where, message, "clean")
        known.add(topic.casefold())


def parted(topic: str) -> list[str]:
    """The names in what was given as one."""
    return topic.replace("[话题]", "#").replace("＃", "#").replace("#", " ").split()
