"""A lesson's body as HTML that is safe, and as the plain text that is published."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# No raw HTML ("js-default"), and no pictures: a lesson's pictures are uploads, never somebody's address.
_parser = MarkdownIt("js-default", {"breaks": True}).disable("image")


@lru_cache(maxsize=1024)
def render_markdown(body: str) -> Markup:
    """HTML with an allow-list of tags; links open apart and tell the other site nothing."""
    html = nh3.clean(
        _parser.render(body),
        tags=TAGS,
        attributes={"a": {"href", "target"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return Markup(html)  # noqa: S704 -- nh3 has cleaned it


@lru_cache(maxsize=1024)
def plain_text(body: str) -> str:
    """The text as a reader sees it: no marks, lists with bullets and numbers, blocks apart by an empty line."""
    blocks: list[str] = []
    lists: list[int | None] = []  # for each open list the next number, or None for bullets
    prefix = ""
    tight = False
    for token in _parser.parse(body):
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                tight = bool(lists)
            case "list_item_open":
                number = lists[-1]
                prefix = "  " * (len(lists) - 1) + ("• " if number is None else f"{number}. ")
                if number is not None:
                    lists[-1] = number + 1
            case "inline":
                _append(blocks, prefix + _inline(token.children or []), tight and bool(lists))
                prefix, tight = "", bool(lists)
            case "fence" | "code_block":
                _append(blocks, token.content.rstrip("\n"), False)
                tight = False
            case "hr":
                _append(blocks, "———", False)
                tight = False
    return "\n".join(blocks).strip()


def _append(blocks: list[str], text: str, tight: bool) -> None:
    if blocks and not tight:
        blocks.append("")
    blocks.append(text)


def _inline(tokens: list[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        else:
            parts.append(token.content)
    return "".join(parts)
