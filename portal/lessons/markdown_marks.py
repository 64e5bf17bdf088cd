"""What stands within a line of Markdown: emphasis beside Chinese, marks of notes, and the HTML that people type."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from types import MethodType

import regex
from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline, emphasis, image, link, strikethrough
from markdown_it.rules_inline.state_inline import Scanned

#: what CommonMark's amendment for Chinese, Japanese and Korean calls a CJK character, and the selectors that follow one
_CJK = regex.compile(
    r"(?!\p{Emoji_Presentation})[\p{East_Asian_Width=W}\p{East_Asian_Width=F}\p{East_Asian_Width=H}]"
    r"|\p{Script=Hangul}|[\U000E0100-\U000E01EF]"
)
_SELECTOR = re.compile("[\ufe00-\ufe0e]")
#: Tags that are HTML's own, with attributes that have values: "a <b and c> d" is what somebody has to say.
_NAMES = (
    "a|abbr|address|article|aside|audio|b|bdi|bdo|big|blockquote|caption|center|cite|code|col|colgroup|dd|del|details|dfn|div|dl|dt"
    "|em|figcaption|figure|font|footer|h[1-6]|header|hr|i|iframe|img|ins|kbd|label|li|main|mark|nav|ol|p|picture|pre|q|rp|rt|ruby"
    "|s|samp|section|small|source|span|strike|strong|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|video|wbr"
)
_ATTRIBUTE = (
    r"""\s+(?:[A-Za-z_:][\w:.-]*\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)"""
    r"|(?:allowfullscreen|autoplay|checked|controls|disabled|hidden|loop|muted|nowrap|open|reversed)(?=[\s/>]))"
)
_BREAK = re.compile(rf"</?br(?:{_ATTRIBUTE})*\s*/?>", re.IGNORECASE | re.ASCII)
_TAG = re.compile(rf"<(/?)({_NAMES})(?:{_ATTRIBUTE})*\s*/?>", re.IGNORECASE | re.ASCII)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
#: after these a new line begins
_BLOCKS = re.compile(
    r"article|aside|blockquote|caption|center|dd|details|div|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|nav|ol|p|pre"
    r"|section|summary|table|tr|ul"
)
#: an address that stands for itself, up to a character's name (`&amp;`), and what belongs to the sentence at its end
_ADDRESS = re.compile(r"://(?:[A-Za-z0-9\-._~:/?#@!$'()*+,;=%]|&(?![A-Za-z0-9#]+;))+", re.ASCII)
_SCHEME = re.compile(r"(?:^|[^A-Za-z0-9])https?$", re.IGNORECASE | re.ASCII)
_AFTER_ADDRESS = "?!.,:;*_~'\")"
_ACCOUNT = re.compile(r"@_[\w-]*")
_OPENED, _CLOSED = ("(", "（"), (")", "）")
#: marks within one another: `***a***` are two
DEEPEST = 20
NOTE = re.compile(r"\[\^([^\[\]\s]+)\](?:(:)[ \t]*)?")

#: brackets of a paragraph or cell whose links are looked for
BRACKETS_MAX = 150

InlineRule = Callable[[StateInline, bool], bool]


def add_marks(parser: MarkdownIt) -> None:
    """Changes the parser's rules for what stands within a line."""
    rules = parser.inline.ruler
    rules.at("emphasis", _beside_chinese(emphasis.tokenize))
    rules.at("strikethrough", _beside_chinese(strikethrough.tokenize))
    rules.before("link", "note", _note)
    rules.at("link", _bounded(link))
    rules.at("image", _bounded(image))
    rules.before("autolink", "typed_html", _typed_html)
    rules.before("escape", "raised_arm", _raised_arm)
    rules.before("escape", "address", _address)
    parser.inline.ruler2.after("emphasis", "shallow", _shallow)


def _bounded(rule: InlineRule) -> InlineRule:
    """The rule, where it may look for the end of each bracket through all others."""

    def bounded(state: StateInline, silent: bool) -> bool:
        return _brackets(state.src) <= BRACKETS_MAX and rule(state, silent)

    return bounded


@lru_cache(maxsize=8)
def _brackets(text: str) -> int:
    return text.count("[")


def leave_out(state: StateInline, kind: str, text: str) -> None:
    """A token that shows nothing and says what it stands for."""
    token = state.push("left_out", "", 0)
    token.content, token.meta = text, {"kind": kind}


def _beside_chinese(rule: InlineRule) -> InlineRule:
    """The rule with the amended sides of marks."""

    def amended(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] not in "*_~":
            return False
        state.scanDelims = MethodType(_sides, state)  # type: ignore[method-assign]  # the rules ask the state itself
        return rule(state, silent)

    return amended


def _sides(state: StateInline, start: int, splits_words: bool) -> Scanned:
    """Whether a run of marks may open and close: https://github.com/tats-u/markdown-cjk-friendly, specification.md."""
    end, most = start, state.posMax
    while end < most and state.src[end] == state.src[start]:
        end += 1
    length = end - start
    if _multiplies(state.src, start, end) or _is_face(state.src, start, end):
        return Scanned(False, False, length)
    before = state.src[start - 1] if start else " "
    if _SELECTOR.match(before) and start > 1:
        before = state.src[start - 2]
    after = state.src[end] if end < most else " "
    white_before, white_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    cjk_before, cjk_after = _is_cjk(before), _is_cjk(after)
    mark_before, mark_after = _is_mark(before), _is_mark(after)
    other_before, other_after = mark_before and not cjk_before, mark_after and not cjk_after
    left = not white_after and (not other_after or white_before or other_before or cjk_before)
    right = not white_before and (not other_before or white_after or other_after or cjk_after)
    opens = left and (splits_words or not right or mark_before)
    closes = right and (splits_words or not left or mark_after)
    return Scanned(opens, closes, length)


def _multiplies(text: str, start: int, end: int) -> bool:
    """Whether the run is a sign between numbers and what they count, as in 20*30*40, 3cm*4cm, 3厘米*4厘米 and 2**10."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isdigit() and after.isdigit():
        return True
    if end - start > 1 or text[start] != "*":
        return False
    if _is_ascii(before) and _is_ascii(after) and (before.isdigit() or after.isdigit()):
        return True
    # The sign before this one stands between a word and a number too, so that neither is a mark.
    earlier = text.rfind("*", 0, start)
    return after.isdigit() and earlier > 0 and text[earlier + 1].isdigit() and text[earlier - 1].isalnum()


def _is_face(text: str, start: int, end: int) -> bool:
    """Whether the one star is a cheek, as in (*^▽^*) and (*´∀`*): between a bracket and a sign."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if end - start > 1 or text[start] != "*":
        return False
    return (before in _OPENED and _is_sign(after)) or (after in _CLOSED and _is_sign(before))


def _is_sign(character: str) -> bool:
    return bool(character) and (character in "・/'" or unicodedata.category(character) in ("Sk", "Sm", "So"))


def _is_ascii(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_cjk(character: str) -> bool:
    return _CJK.match(character) is not None


def _is_mark(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _shallow(state: StateInline) -> None:
    """Marks within twenty others are text: who walks the tree of thousands comes to the end of Python's stack."""
    depth = 0
    for token in state.tokens:
        depth += token.nesting == 1
        deep = depth > DEEPEST
        depth -= token.nesting == -1
        if deep and token.nesting and token.type != "link_open" and token.type != "link_close":
            token.type, token.tag, token.nesting, token.content = "text", "", 0, token.markup


def _raised_arm(state: StateInline, silent: bool) -> bool:
    r"""The first arm of \\(^o^)/ is written: a bracket is no mark by itself, only behind the words of a link."""
    if not state.src.startswith("\\(", state.pos) or state.src[state.pos - 1 : state.pos] == "]":
        return False
    if not silent:
        state.pending += "\\"
    state.pos += 1
    return True


def _address(state: StateInline, silent: bool) -> bool:
    """An address or an account's name is written as it is: `https://x.cn/_a_/*b*` and `@_a_` have no marks within."""
    rest = state.src[: state.posMax]
    if found := _ACCOUNT.match(rest, state.pos):
        end = found.end()
    elif (found := _ADDRESS.match(rest, state.pos)) and _SCHEME.search(rest[max(0, state.pos - 6) : state.pos]):
        end = state.pos + len(_without_end(found[0]))
    else:
        return False
    if not silent:
        state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _without_end(address: str) -> str:
    """The address without the marks that end a sentence, and without a bracket that was opened before it."""
    while address[-1] in _AFTER_ADDRESS and not (address[-1] == ")" and address.count("(") >= address.count(")")):
        address = address[:-1]
    return address


def _note(state: StateInline, silent: bool) -> bool:
    """`[^1]` is written as [1], where its note is somewhere in the text; so is the beginning of the note."""
    if not state.src.startswith("[^", state.pos) or not (mark := NOTE.match(state.src, state.pos, state.posMax)):
        return False
    if mark[1] not in state.env.get("notes", ()):
        return False
    begins = mark[2] and (state.pos == 0 or state.src[state.pos - 1] == "\n")
    if not silent:
        state.append_pending(f"[{mark[1]}] " if begins else f"[{mark[1]}]")
    state.pos = mark.end() if begins else mark.end(1) + 1
    return True


def _typed_html(state: StateInline, silent: bool) -> bool:
    """Breaks lines where HTML does, and leaves out tags and comments. What is no tag of HTML is text."""
    if state.src[state.pos] != "<":
        return False
    if found := _BREAK.match(state.src, state.pos, state.posMax):
        if not silent:
            state.push("hardbreak", "br", 0).meta = {"made": True}
    elif state.html_terminator_last("-->") > state.pos and (
        found := _COMMENT.match(state.src, state.pos, state.posMax)
    ):
        if not silent:
            leave_out(state, "html", found[0])
    elif found := _TAG.match(state.src, state.pos, state.posMax):
        if not silent:
            _tag(state, found)
    else:
        return False
    state.pos = found.end()
    return True


def _tag(state: StateInline, tag: re.Match[str]) -> None:
    name = tag[2].lower()
    if _BLOCKS.fullmatch(name):
        # Where nothing but tags stands between two lines, one break is left: portal/lessons/markdown_blocks.py.
        state.push("softbreak", "br", 0).meta = {"made": True}
    if name in ("td", "th") and tag[1]:
        state.append_pending(" ")
    leave_out(state, "picture" if name in ("img", "svg", "video") else "html", tag[0])
