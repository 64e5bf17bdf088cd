"""Checks of topics: how many, how long, each once, each by itself."""

from collections.abc import Iterator

from courses.errors import Message
from portal.platforms.limits import TopicLimits
from portal.platforms.protocol import Draft
from portal.platforms.topics import clean_topics, named
from portal.preflight.findings import Finding, Named
from portal.preflight.tidying import seen


def topic_findings(draft: Draft, limits: TopicLimits, name: Named) -> Iterator[Finding]:
    """Those of the form's field, and for their number also those that stand in the text."""
    topics = clean_topics([*draft.topics, *named(draft.content)])
    if passed := limits.number.passed(len(topics)):
        level, most = passed
        if level == "error":
            message = Message(
                "The lesson has {count} topics; {platform} takes {limit}.", count=len(topics), platform=name, limit=most
            )
        else:
            message = Message("Some versions of {platform} take only {limit} topics.", platform=name, limit=most)
        yield Finding("topics_too_many", level, "topics", message)
    if passed := limits.total.passed(sum(map(len, topics))):
        level, most = passed
        message = Message(
            "All topics together have more than the {limit} characters of {platform}.", limit=most, platform=name
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
            message = Message(
                "The topic “{topic}” is longer than the {limit} characters of {platform}.",
                topic=topic,
                limit=most,
                platform=name,
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
