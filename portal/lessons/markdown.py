"""A lesson's body as HTML that is safe; `published_text` writes the same as the text that is published."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from portal.lessons.markdown_blocks import add_blocks
from portal.lessons.markdown_marks import add_marks
from portal.platforms.topics import joined

TAGS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class _Parser(MarkdownIt):
    """One that keeps an address in its author's letters."""

    def normalizeLink(self, url: str) -> str:
        """The address of a link or picture."""
        return url

    def normalizeLinkText(self, link: str) -> str:
        """An address as it is shown."""
        return link


def _nothing(*_: object) -> str:
    """How what is left out looks."""
    return ""


def _new_parser() -> MarkdownIt:
    parser = _Parser("js-default", {"breaks": True, "store_labels": True})
    add_marks(parser)
    add_blocks(parser)
    parser.add_render_rule("left_out", _nothing)
    return parser


_parser = _new_parser()


def tree_of(body: str) -> SyntaxTreeNode:
    """What the text consists of."""
    return SyntaxTreeNode(_parse(body))


@lru_cache(maxsize=1024)
def render_markdown(body: str) -> Markup:
    """HTML with an allow-list of tags; links open apart and tell the other site nothing."""
    html = nh3.clean(
        _parser.renderer.render(_parse(body), _parser.options, {}),
        tags=TAGS,
        # A class is only what our own rules give; raw HTML is none.
        attributes={"a": {"href", "target"}, "ol": {"start"}, "li": {"class", "value"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return Markup(html)  # noqa: S704 -- nh3 has cleaned it


def _parse(body: str) -> list[Token]:
    return _parser.parse(joined(body))
