"""A draft made tidy, and what is wrong with it as far as can be seen without its media."""

import re
from itertools import islice

from courses.errors import Message
from courses.events.done import USUAL, DoneRule
from courses.lessons.values import LessonDraft
from courses.texts import one_line, too_long, trimmed

KINDS = ("normal", "video")
TITLE_LENGTH, BODY_LENGTH, TOPIC_LENGTH = 200, 20_000, 50
TOPICS, PICTURES, ALT_LENGTH = 20, 18, 300
#: what platforms ask authors to declare, in the order in which it is told; "in_text" is to say so in the text, too
DECLARATIONS = ("ai", "fiction", "opinion", "advertising", "in_text")
#: topics as they come, before those that are there twice are left out: no more are looked at
TOPICS_GIVEN = 500
#: no platform takes a number sign within a topic; XiaoHongShu's app copies topics as `#name[话题]#`
_BETWEEN_TOPICS = re.compile(r"\[话题\]|[#＃]")


def tidied(draft: LessonDraft) -> tuple[LessonDraft, dict[str, Message]]:
    """The draft in its tidy form, and what is wrong with it as far as can be seen without its media."""
    # PostgreSQL keeps no NUL, and nobody types one.
    title = one_line(draft.title)
    body = trimmed(draft.body.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n"))
    names = (name for topic in draft.topics[:TOPICS_GIVEN] for name in topic_names(topic))
    given = tuple(islice(names, TOPICS_GIVEN + 1))
    topics = tuple(dict.fromkeys(given))
    too_many = len(draft.topics) > TOPICS_GIVEN or len(given) > TOPICS_GIVEN or len(topics) > TOPICS
    kind = "normal" if draft.kind == "pictures" else draft.kind
    problems: dict[str, Message] = {}
    if kind not in KINDS:
        problems["kind"] = Message("Choose pictures or video.")
    if not title:
        problems["title"] = Message("Give the lesson a title.")
    elif len(title) > TITLE_LENGTH:
        problems["title"] = too_long(title, TITLE_LENGTH)
    if len(body) > BODY_LENGTH:
        problems["body"] = too_long(body, BODY_LENGTH)
    if too_many or any(len(topic) > TOPIC_LENGTH for topic in topics):
        problems["topics"] = Message(
            "At most {count} topics of up to {limit} characters.", count=TOPICS, limit=TOPIC_LENGTH
        )
    elif any(len(topic.split()) != 1 for topic in topics):
        problems["topics"] = Message("Topics have no spaces inside; separate them with spaces or commas.")
    if not draft.platforms:
        problems["platforms"] = Message("Choose at least one platform.")
    declarations = tuple(name for name in DECLARATIONS if name in draft.declarations)
    if unknown := [name for name in draft.declarations if name not in DECLARATIONS]:
        problems["declarations"] = Message(
            "There is no declaration {name}. Choose from {known}.",
            name=unknown[0][:TOPIC_LENGTH], known=", ".join(DECLARATIONS),
        )  # fmt: skip
    done, problem = _tidied_rule(draft)
    if problem is not None:
        problems["done"] = problem
    pictures = tuple(dict.fromkeys(draft.pictures))
    if len(pictures) > PICTURES:
        problems["pictures"] = Message("At most {count} pictures.", count=PICTURES)
    alts = {picture: one_line(draft.alts.get(picture, "")) for picture in pictures[:PICTURES]}
    if any(len(alt) > ALT_LENGTH for alt in alts.values()):
        problems["alt"] = Message("A picture's description has at most {limit} characters.", limit=ALT_LENGTH)
    tidy = LessonDraft(
        kind, title, body, topics, tuple(draft.platforms), pictures, draft.video, draft.cover,
        {picture: alt for picture, alt in alts.items() if alt}, declarations, done,
    )  # fmt: skip
    return tidy, problems


def _tidied_rule(draft: LessonDraft) -> tuple[DoneRule, Message | None]:
    rule = draft.done
    if not rule.known:
        return USUAL, Message("Choose when this lesson is done.")
    if rule.which != "these":
        return DoneRule(rule.which, (), rule.rung), None
    named = tuple(slug for slug in draft.platforms if slug in rule.platforms)
    if not rule.platforms:
        return rule, Message("Choose at least one platform that must be done.")
    if set(rule.platforms) - set(named):
        return rule, Message(
            "Students do not publish to every platform that must be done. Choose it above, or not here."
        )
    return DoneRule(rule.which, named, rule.rung), None


def topic_names(topic: str) -> list[str]:
    """What was given as one topic: `#a` is "a", and `#a#b` is "a" and "b"."""
    parts = _BETWEEN_TOPICS.split(topic.replace("\0", ""), TOPICS_GIVEN)
    return [name for part in parts if (name := part.strip())]
