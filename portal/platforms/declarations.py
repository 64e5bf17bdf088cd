"""What people declare of a lesson (made with AI, fiction, own opinion, advertising), and where each platform asks for it.

None of the share scripts and addresses has a parameter for it, so it becomes steps for the student, and a sentence for the
text. The names are those of the platforms' pages for creators, as other programs read them there; no phone took part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: what a text says of each
SENTENCES = {
    "ai": "含 AI 生成内容",
    "fiction": "虚构演绎，仅供娱乐",
    "opinion": "个人观点，仅供参考",
    "advertising": "含营销推广信息",
}


@dataclass(frozen=True)
class Declarations:
    """`place` is what the platform calls it, `options` what it calls each declaration; `one` where it takes a single one."""

    place: str
    options: Mapping[str, str] = field(default_factory=dict)
    one: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Steps:
    """What a student has to do on one platform: choose `options` at `place`; what has none there is a sentence to write.

    `text` says whether the sentences stand in the text already.
    """

    place: str
    options: tuple[str, ...]
    sentences: tuple[str, ...]
    one: bool
    text: bool


def steps(known: Declarations, declared: Iterable[str]) -> Steps | None:
    """None where nothing is declared."""
    declared = tuple(declared)
    names = [name for name in declared if name in SENTENCES]
    if not names:
        return None
    options = tuple(known.options[name] for name in names if name in known.options)
    sentences = tuple(SENTENCES[name] for name in names if name not in known.options)
    return Steps(known.place, options, sentences, known.one and len(options) > 1, "in_text" in declared)


def with_declared(text: str, declared: Iterable[str]) -> str:
    """The text, and behind it what is declared, where it is to say so."""
    return "\n\n".join(filter(None, (text, sentence(declared))))


def sentence(declared: Iterable[str]) -> str:
    """What the text says of it; nothing where it is not to."""
    declared = tuple(declared)
    said = "；".join(SENTENCES[name] for name in declared if name in SENTENCES)
    return f"声明：{said}。" if said and "in_text" in declared else ""
