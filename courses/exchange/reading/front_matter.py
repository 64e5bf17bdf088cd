"""Markdown files with front matter: YAML between two lines of ---, then the text, byte by byte.

Every value is read as the text that is written (`no` and 1.0 are texts); tags, anchors and aliases are refused, which
leaves no way to objects and no way to grow.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from courses.errors import Message

#: characters, values, and lists within lists; the fields of the largest lesson are a quarter of each
FRONT_MAX, NODES_MAX, DEPTH_MAX = 64_000, 1_000, 6


@dataclass(frozen=True)
class Value:
    """A text, a list or names with values, and the line where it begins."""

    line: int
    value: str | list["Value"] | dict[str, "Value"]


class FrontMatterWrong(Exception):
    """Where, and what to do."""

    def __init__(self, line: int, message: Message) -> None:
        super().__init__(str(message))
        self.line = line
        self.message = message


def write_markdown(front: dict[str, Any], body: str) -> bytes:
    """UTF-8; values of `front` are texts, numbers, lists and dicts of them."""
    head = yaml.dump(front, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=float("inf"))
    return f"---\n{head}---\n{f'{chr(10)}{body}{chr(10)}' if body else ''}".encode()


class _Writer(yaml.SafeDumper):
    """Never a reference to an equal value, and lists set in below their name."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def read_markdown(text: str) -> tuple[dict[str, Value], str]:
    """The front matter by name, and the text below it. Raises FrontMatterWrong."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    start = text.find("\n") + 1
    if not start or text[:start].rstrip() != "---":
        raise FrontMatterWrong(
            1, Message("The first line must be ---, then the title and other fields, then --- again.")
        )
    at = start
    while at < len(text) and at - start <= FRONT_MAX:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text[at:end].rstrip() == "---":
            return _read_yaml(text[start:at]), text[end + 1 :]
        at = end + 1
    raise FrontMatterWrong(1, Message("The fields at the top have no end: a line of --- is missing after them."))


class _Reader(yaml.BaseLoader):
    """Texts, lists and names alone."""

    depth = nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # as it is in PyYAML's stubs
        line = event.start_mark.line + 2
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FrontMatterWrong(
                line, Message("References (& and *) are not read here. Write the value itself, in quotes.")
            )
        if getattr(event, "tag", None):
            raise FrontMatterWrong(line, Message("Tags (!) are not read here. Write the value itself, in quotes."))
        if self.depth >= DEPTH_MAX:
            raise FrontMatterWrong(line, Message("There are too many lists within lists here."))
        self.nodes += 1
        if self.nodes > NODES_MAX:
            raise FrontMatterWrong(line, Message("There are more than {limit} values at the top of this file. Shorten the lists.",
                                                 limit=NODES_MAX))  # fmt: skip
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def _read_yaml(text: str) -> dict[str, Value]:
    try:
        node = yaml.compose(text, Loader=_Reader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line if mark else 0) + 2
        raise FrontMatterWrong(line, Message("This line is not valid YAML ({problem}). Put the value in quotes.",
                                             problem=error.problem or "")) from error  # fmt: skip
    except yaml.YAMLError as error:  # a character that YAML does not take
        line = text[: getattr(error, "position", 0)].count("\n") + 2
        raise FrontMatterWrong(line, Message("There is a character that cannot be shown.")) from error
    if node is None:
        return {}
    read = _value(node).value
    if not isinstance(read, dict):
        raise FrontMatterWrong(2, Message("Write fields here, each as “name: value”."))
    return read


def _value(node: yaml.Node) -> Value:
    line = node.start_mark.line + 2
    if isinstance(node, yaml.ScalarNode):
        return Value(line, node.value)
    if isinstance(node, yaml.SequenceNode):
        return Value(line, [_value(each) for each in node.value])
    found: dict[str, Value] = {}
    for key, value in node.value:
        name = key.value
        if not isinstance(name, str):
            raise FrontMatterWrong(key.start_mark.line + 2, Message("Write fields here, each as “name: value”."))
        if name in found:
            raise FrontMatterWrong(key.start_mark.line + 2, Message("{name} is here twice. Keep one.", name=name))
        found[name] = _value(value)
    return Value(line, found)
