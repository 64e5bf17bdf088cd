"""Topics as they stand in a text: `#name ` on most platforms, `#name#` on some."""

import re
from collections.abc import Iterable

from courses.texts import trimmed

#: a number sign that begins a topic stands apart: neither C# nor https://host/#part is one
_START = r"(?<![\w#＃/&=?])[#＃]"
_NAME = r"[^\s#＃]+"
#: what ends a sentence or a bracket begins no name
_FIRST = r"[^\s#＃，。！？、；：,.!?;:…）)」』】》”’\"'~～]"
#: what ends a name for sure, and what does only where no Latin word goes on, as in node.js
_ENDS = "，。！？、；：…）」』】》”’～"
_END = rf"(?=[\s#＃{_ENDS}]|\Z|\[话题\]|[,.!?;:)\"'~]++(?![A-Za-z0-9_]))"
_WHOLE = rf"{_FIRST}[^\s#＃{_ENDS}]*?{_END}"
_NAMED = re.compile(rf"{_START}({_WHOLE})")
#: Weibo's topics: a pair of marks, in which spaces may stand, or one mark and a name that is not only a number
_PAIRS = re.compile(
    rf"{_START}(?:[^\s#＃]+(?<!\[话题\])[#＃]|[^\s#＃][^#＃\n]*[^\s#＃](?<!\s[A-Z])(?<!\[话题\])[#＃](?=[\s{_ENDS}]|\Z)"
    rf"|(?P<name>(?=[^\s#＃]*[^\W\d_]){_WHOLE})(?:\[话题\][#＃]?)?)"
)
# not after "&", where Markdown has a character by its number
_NEXT = rf"(?<=[^\s#＃&])[#＃]++(?={_FIRST})"
_GLUED = re.compile(rf"{_START}{_NAME}(?:{_NEXT}{_NAME})+")
_INSIDE = re.compile(_NEXT)
#: what is left of a topic that was copied out of an app: XiaoHongShu writes `#name[话题]#`, Weibo `#name#`
_COPIED = re.compile(
    rf"(?:{_START}|(?<=\[话题\]#)[#＃])[^\s#＃]*?[^\s#＃\[](?P<mark>\[话题\][#＃]?|[#＃]++(?!{_FIRST}))"
)


#: how Douyin copies a topic: with a space within it
_SPACED = re.compile(rf"(?:^|(?<=\s))[#＃][ \t]++{_FIRST}[^\s#＃]*+", re.MULTILINE)


def clean_topics(topics: Iterable[str]) -> list[str]:
    """Names without marks and spaces (a space ends a topic), each once whatever its case."""
    seen: dict[str, str] = {}
    for topic in topics:
        name = "".join(topic.replace("#", " ").replace("＃", " ").split())
        if name:
            seen.setdefault(name.casefold(), name)
    return list(seen.values())


def named(text: str) -> list[str]:
    """The topics that a text names, also those that are glued together."""
    return clean_topics(_NAMED.findall(split(text)))


def with_topics(text: str, topics: Iterable[str], mark: str = "#{name} ") -> str:
    """The text, then each topic that it does not already name, in the platform's way of marking."""
    pairs = "{name}#" in mark
    text = paired(trimmed(text)) if pairs else trimmed(text)
    missing = [name for name in clean_topics(topics) if not stands_in(text, name, pairs=pairs)]
    if not missing:
        return text
    marked = "".join(mark.format(name=name) for name in missing)
    return f"{text}\n\n{marked}" if text else marked


def stands_in(text: str, topic: str, *, pairs: bool = False) -> bool:
    """Whether the text names the topic already; `pairs` where only a second mark ends one."""
    end = "[#＃]" if pairs else _END
    where = text if pairs else split(text)
    return re.search(rf"{_START if not pairs else '[#＃]'}{re.escape(topic)}{end}", where, re.IGNORECASE) is not None


def paired(text: str) -> str:
    """The text with two marks around each topic, as Weibo has them."""
    return _PAIRS.sub(lambda topic: f"#{topic['name']}#" if topic["name"] else topic[0], text)


def joined(text: str) -> str:
    """The text with `#a #b` for the `# a # b` that it ends with: topics, and no heading."""
    end = len(text.rstrip())
    start, found = end, 0
    for topic in reversed(list(_SPACED.finditer(text, text.rfind("\n", 0, end) + 1, end))):
        if text[topic.end() : start].strip(" \t") or (found and topic.end() == start):
            break
        start, found = topic.start(), found + 1
    return text[:start] + re.sub(r"[#＃][ \t]+", "#", text[start:]) if found > 1 else text


def glued(text: str) -> bool:
    """Whether topics follow each other with nothing between them, as in `#a#b`."""
    return _GLUED.search(unmarked(text)) is not None


def split(text: str) -> str:
    """The text with a space before each topic that is glued to the one before."""
    return unmarked(_GLUED.sub(lambda run: _INSIDE.sub(" #", run[0]), unmarked(text)))


def copied(text: str) -> bool:
    """Whether topics carry marks that they have only inside of an app."""
    return _COPIED.search(text) is not None


def unmarked(text: str) -> str:
    """The text without the marks that end topics inside of an app."""
    return _COPIED.sub(_without_mark, text)


def _without_mark(topic: re.Match[str]) -> str:
    start, end = topic.span("mark")
    follows = topic.string[end : end + 1]
    apart = "" if not follows or follows.isspace() else " "
    return topic[0][: start - topic.start()] + apart
