"""Every construct that the parser knows has a rule in the text that is published, and one that has none is no failure."""

import ast
import inspect

import pytest
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from portal.lessons import markdown, published_text
from portal.lessons.markdown import render_markdown, tree_of
from portal.lessons.published_text import published

#: for each rule of the parser a text in which it finds something
SAMPLES = {
    "table": "| 茶 | 水 |\n|---|---|\n| 绿 | 80 |", "code": "    four spaces", "comment": "<!-- 备注 -->\n\n茶",
    "fence": "```py\nx = 1\n```", "blockquote": "> 引 \n>\n> - 内", "hr": "一\n\n---\n\n二", "list": "- a\n  1. b\n- [ ] c",
    "reference": "[茶]: https://x.cn/1 '题'\n\n[茶]", "html_block": "<div>茶</div>", "heading": "# 题", "lheading": "题\n===",
    "paragraph": "段", "text": "字", "linkify": "见 https://x.cn/1 吧", "newline": "一\n二  \n三", "escape": r"\*星\*",
    "backticks": "`code`", "strikethrough": "~~删~~", "emphasis": "**重** *斜*", "note": "有[^1]\n\n[^1]: 注",
    "link": "[茶](https://x.cn/1 '题')", "image": "![图](https://x.cn/1.png)", "typed_html": "<u>线</u><br>下",
    "autolink": "<https://x.cn/1>", "html_inline": "茶<span>水</span>", "entity": "&amp; &#33590;",
    "address": "https://x.cn/_a_", "raised_arm": r"\(^o^)/",
    "balance_pairs": "**重", "shallow": "*" * 60 + "重" + "*" * 60,
    "fragments_join": "**", "normalize": "\r\n茶\0", "block": "段", "inline": "段",
    "items": "3) c\n5) e", "notes": "有[^1]\n\n[^1]: 注", "unused": "[茶]: https://x.cn/1", "pictures": "![图](a.png)",
    "bare_lines": "![图](a.png)\n茶", "replacements": "(c)", "smartquotes": '"茶"', "text_join": r"a\*b",
}  # fmt: skip
#: what a list's and a table's own rules take apart
WITHIN = {"root", "list_item", "thead", "tbody", "tr", "th", "td"}
RULES = sorted({rule for rules in markdown._parser.get_active_rules().values() for rule in rules})


def cases() -> set[str]:
    """The constructs that the writer names."""
    tree = ast.parse(inspect.getsource(published_text))
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.MatchValue)]
    return {node.value for node in found if isinstance(node, ast.Constant)}


@pytest.mark.parametrize("rule", RULES)
def test_every_construct_of_the_parser_has_its_rule(rule: str) -> None:
    assert rule in SAMPLES, "a rule of the parser without a text in which it finds something"
    kinds = {node.type for node in tree_of(SAMPLES[rule]).walk()}
    assert kinds - WITHIN <= cases()
    published(SAMPLES[rule])
    render_markdown(SAMPLES[rule])


def test_a_construct_without_a_rule_gives_its_text_and_what_is_lost_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = MarkdownIt("commonmark")

    def parse(body: str) -> SyntaxTreeNode:
        return SyntaxTreeNode(strange.parse(body))

    monkeypatch.setattr(published_text, "tree_of", parse)
    body = "<section>\n茶\n</section>\n\n![图](https://x.cn/strange.png) 水<i>蓝</i>"
    found = published.__wrapped__(body)
    assert found.text == "<section>\n茶\n</section>\n\n图 水<i>蓝</i>"
    assert [(piece.kind, piece.line, piece.text) for piece in found.left_out] == [
        ("words", 5, "https://x.cn/strange.png")
    ]
