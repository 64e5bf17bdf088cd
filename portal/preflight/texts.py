"""Checks of title and body: length, white space, characters that nobody sees."""

from collections.abc import Iterator

from courses.errors import Message
from portal.lessons.published_text import plain_text
from portal.platforms.limits import Level, Limits, TextLimit
from portal.platforms.protocol import Draft, Ruled
from portal.platforms.topics import copied, glued, split, unmarked
from portal.preflight.findings import Finding, Named, by_level
from portal.preflight.tidying import seen, tidied


def text_findings(draft: Draft, platform: Ruled, name: Named) -> Iterator[Finding]:
    """Of the title, and of body and topics as they would go into the platform's field."""
    yield from _title(draft, platform.limits.title, name)
    text = platform.share_text(draft) if platform.limits.body.topics else platform.body(draft).strip()
    yield from _body(draft, platform.limits, text, name)


def _title(draft: Draft, limit: TextLimit, name: Named) -> Iterator[Finding]:
    title = draft.title.strip()
    if limit.needed and not title:
        yield Finding("title_missing", "error", "title", Message("The lesson has no title."))
    length = limit.count(title)
    if passed := limit.length.passed(length):
        level, most = passed
        values = {"length": length, "platform": name, "limit": most}
        message = by_level(
            level,
            Message("The title counts as {length} characters; {platform} takes {limit}.", **values),
            Message(
                "The title counts as {length} characters; as far as we know {platform} may take only {limit}.", **values
            ),
        )
        yield Finding("title_too_long", level, "title", message)
    if seen(title) != title:
        yield _unseen("title")


def _body(draft: Draft, limits: Limits, text: str, name: Named) -> Iterator[Finding]:
    limit, written = limits.body, draft.source or draft.content
    if limit.needed and not draft.content.strip():
        yield Finding("body_missing", "error", "body", Message("The lesson has no text."))
    length = limit.count(text)
    if passed := limit.length.passed(length):
        level, most = passed
        values = {"length": length, "platform": name, "limit": most}
        if limit.topics and draft.topics:
            message = by_level(
                level,
                Message("Body and topics have {length} characters; {platform} takes {limit}.", **values),
                Message(
                    "Body and topics have {length} characters; as far as we know {platform} may take only {limit}.",
                    **values,
                ),
            )
        else:
            message = by_level(
                level,
                Message("The text has {length} characters; {platform} takes {limit}.", **values),
                Message(
                    "The text has {length} characters; as far as we know {platform} may take only {limit}.", **values
                ),
            )
        yield Finding("body_too_long", level, "body", message)
    if spacing := limits.topics.spacing:
        yield from _spacing(draft, spacing, name)
    if seen(written) != written:
        yield _unseen("body")
    if tidied(written) != written.strip():
        yield Finding(
            "white_space", "warning", "body",
            Message("The text has more empty lines or wide spaces than it needs."), "tidy",
        )  # fmt: skip


def _spacing(draft: Draft, level: Level, name: Named) -> Iterator[Finding]:
    """What a platform takes for one topic, or for none."""
    if glued(draft.content):
        mends = not glued(plain_text(split(draft.source)))
        yield Finding(
            "topics_glued", level, "body",
            Message("Topics in the text stand without a space between them; {platform} refuses that.", platform=name),
            "split" if draft.source and mends else None,
        )  # fmt: skip
    if copied(draft.content):
        mends = not copied(plain_text(unmarked(draft.source)))
        yield Finding(
            "topic_marks", "warning", "body",
            Message("Topics in the text carry marks of the app that they were copied from."),
            "unmark" if draft.source and mends else None,
        )  # fmt: skip


def _unseen(where: str) -> Finding:
    return Finding(
        "invisible_characters",
        "warning",
        where,
        Message("There are characters that nobody sees and that count."),
        "clean",
    )
