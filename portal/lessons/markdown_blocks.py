"""What a text of Markdown is made of: tables, tasks, numbers, definitions, comments, and what a text has no room for."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock, blockquote, paragraph, reference, table
from markdown_it.rules_block.table import escapedSplit, getLine
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from courses.texts import trimmed
from portal.lessons.markdown_marks import NOTE

#: a definition leads somewhere; "[注意]: 不要沸腾" is a line of text
_DEFINITION = re.compile(
    r"\[(?!\^)((?:[^\[\]\\]|\\.)+)\]:\s*(?:<[^>\n]*>|\S+://|mailto:|[/#]|\.{1,2}/|[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}(?:[/\s]|$))"
)
_TASK = re.compile(r"\[([ xX])\](?:\s+|$)")
_NOTE_BEGINS = re.compile(rf"^{NOTE.pattern}", re.MULTILINE)
#: "more than", "at least" and a face: ">80度", ">=80", ">_<"
_MORE_THAN = re.compile(r">[\d=_]")
#: what stands below the titles of a table, and cells of all tables of a text
_MARKS, CELLS_MAX = re.compile(r"[|:\s-]+"), 4_000
_BREAKS = ("softbreak", "hardbreak")


def add_blocks(parser: MarkdownIt) -> None:
    """Changes the parser's rules for blocks."""
    blocks = parser.block.ruler
    blocks.at("table", _table, {"alt": ["paragraph", "reference"]})
    blocks.at("reference", _reference)
    blocks.at("blockquote", _blockquote, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    blocks.before("fence", "comment", _comment, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    blocks.at("paragraph", _paragraph)
    core = parser.core.ruler
    core.after("block", "items", _items)
    core.after("items", "notes", _notes)
    core.after("inline", "unused", _unused)
    core.after("unused", "pictures", _pictures)
    core.after("pictures", "bare_lines", _bare_lines)


def _table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A row that is longer than the first one keeps its cells. What has more cells than all tables may have is text."""
    known = len(state.tokens)
    most = _cells_at_most(state, first, last)
    if state.env.get("cells", 0) + most > CELLS_MAX or not table(state, first, last, silent):
        return False
    if not silent:
        state.env["cells"] = state.env.get("cells", 0) + most
    rows = [row for row in range(known, len(state.tokens)) if state.tokens[row].type == "tr_open"]
    columns = sum(token.type == "th_open" for token in state.tokens[known:])
    for row in reversed(rows[1:]):
        line = (state.tokens[row].map or [first])[0]
        cells = escapedSplit(getLine(state, line).strip())
        cells = cells[not cells[0] :]
        more = cells[columns:] if cells[-1].strip() else cells[columns:-1]
        end = next(place for place in range(row, len(state.tokens)) if state.tokens[place].type == "tr_close")
        state.tokens[end:end] = [token for cell in more for token in _cell(cell.strip(), line, state.tokens[row].level)]
    return True


def _cells_at_most(state: StateBlock, first: int, last: int) -> int:
    """Columns by rows of a table that begins here: so many lines as come before an empty one."""
    if first + 2 > last or not _MARKS.fullmatch(marks := getLine(state, first + 1).strip()):
        return 0
    end = next((line for line in range(first + 2, last) if state.isEmpty(line)), last)
    return sum(map(bool, marks.split("|"))) * (end - first)


def _cell(text: str, line: int, level: int) -> tuple[Token, Token, Token]:
    inline = Token("inline", "", 0, content=text, level=level + 2, map=[line, line + 1], children=[])
    return Token("td_open", "td", 1, level=level + 1), inline, Token("td_close", "td", -1, level=level + 1)


def _reference(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """What a link's address is taken from, if it is an address; kept, so that one that no link uses is told of."""
    start = state.bMarks[first] + state.tShift[first]
    found = _DEFINITION.match(state.src, start, state.eMarks[last - 1])
    known = set(state.env.get("references", ()))
    if not found or not reference(state, first, last, silent) or silent:
        return False
    label = normalizeReference(found[1])
    token = state.push("left_out", "", 0)
    token.content = state.src[start : state.eMarks[state.line - 1]]
    token.map, token.meta = [first, state.line], {"kind": "words", "label": "" if label in known else label}
    return True


def _blockquote(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """No quotation where the sign stands at a number."""
    start = state.bMarks[first] + state.tShift[first]
    return not _MORE_THAN.match(state.src, start) and blockquote(state, first, last, silent)


def _comment(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A comment that begins a line and ends one, with empty lines within."""
    start = state.bMarks[first] + state.tShift[first]
    if state.is_code_block(first) or not state.src.startswith("<!--", start):
        return False
    end = state.src.find("-->", start + 4)
    line = next((line for line in range(first, last) if state.eMarks[line] >= end + 3), last) if end >= 0 else last
    if line == last or state.src[end + 3 : state.eMarks[line]].strip():
        return False
    if not silent:
        token = state.push("left_out", "", 0)
        token.content, token.map, token.meta = state.src[start : end + 3], [first, line + 1], {"kind": "html"}
        state.line = line + 1
    return True


def _paragraph(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """The first line keeps its full-width spaces, as the others do."""
    if not paragraph(state, first, last, silent):
        return False
    state.tokens[-2].content = trimmed(state.getLines(first, state.line, state.blkIndent, False))
    return True


def _items(state: StateCore) -> None:
    """Items of tasks get a box, and numbers stay as they were typed unless all of a list are the same."""
    lists: list[list[Token]] = []
    for place, token in enumerate(state.tokens):
        if token.type in ("ordered_list_open", "bullet_list_open"):
            lists.append([])
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            _number(lists.pop())
        elif token.type == "list_item_open":
            lists[-1].append(token)
            inline = state.tokens[place + 2] if state.tokens[place + 1].type == "paragraph_open" else token
            if task := _TASK.match(inline.content):
                inline.content = f"{'☐' if task[1] == ' ' else '☑'} {inline.content[task.end() :]}".rstrip()
                token.attrSet("class", "task")


def _number(items: list[Token]) -> None:
    typed = [int(item.info) for item in items if item.info]
    if len(typed) > 1 and len(set(typed)) == 1:
        for number, item in enumerate(items, typed[0]):
            item.meta["number"] = str(number)
        return
    for place, number in enumerate(typed):
        if number != typed[0] + place:
            items[place].attrSet("value", str(number))


def _notes(state: StateCore) -> None:
    """The names of all notes that have words."""
    inlines = [token.content for token in state.tokens if token.type == "inline" and "[^" in token.content]
    state.env["notes"] = {note[1] for text in inlines for note in _NOTE_BEGINS.finditer(text) if note[2]}


def _unused(state: StateCore) -> None:
    """Of what links use, nothing is left out: the address stands with the link."""
    used = {child.meta["label"] for child in _children(state) if child.meta.get("label")}
    for token in state.tokens:
        if token.type == "left_out" and token.meta.get("label") in used:
            token.meta["kind"] = "used"


def _children(state: StateCore) -> Iterator[Token]:
    for token in state.tokens:
        yield from token.children or ()


def _pictures(state: StateCore) -> None:
    """No pictures: a lesson's are uploads, never somebody's address."""
    for token in _children(state):
        if token.type == "image":
            parts = (token.content, token.attrGet("src"), token.attrGet("title"), token.meta.get("label"))
            token.type, token.tag, token.meta = "left_out", "", {"kind": "picture"}
            token.content, token.children = " ".join(str(part) for part in parts if part), None


def _bare_lines(state: StateCore) -> None:
    """No line that is empty for what was left out of it, and no paragraph either."""
    for place, token in enumerate(state.tokens):
        if token.type != "inline" or not any(map(_is_made, token.children or ())):
            continue
        token.children = _filled(token.children or [])
        if not any(map(_shows, token.children)) and state.tokens[place - 1].tag != "td":
            state.tokens[place - 1].hidden = state.tokens[place + 1].hidden = True


def _is_made(token: Token) -> bool:
    """Whether it is of our own rules."""
    return token.type == "left_out" or bool(token.meta.get("made"))


def _filled(children: list[Token]) -> list[Token]:
    lines: list[list[Token]] = [[]]
    for child in children:
        if child.type in _BREAKS:
            lines.append([])
        lines[-1].append(child)
    kept: list[Token] = []
    began = False
    for line, after in zip(lines, [*lines[1:], []], strict=True):
        if not any(map(_shows, line)) and _is_bare(line, after):
            kept += [_without_break(child) for child in line if child.type != "text"]
            continue
        kept += line if began else map(_without_break, line)
        began = True
    return kept


def _is_bare(line: list[Token], after: list[Token]) -> bool:
    """Of a line that shows nothing: whether it is no line that its author wanted."""
    if not line or any(child.type == "left_out" for child in line):
        return True
    typed, next_typed = not _is_made(line[0]), bool(after) and not _is_made(after[0])
    if line[0].type == "hardbreak":
        return next_typed  # "<br>" at a line's end is that end
    return not typed or (bool(after) and not next_typed and after[0].type == "softbreak")


def _without_break(token: Token) -> Token:
    """The token; a break as one that shows nothing and still counts its line."""
    if token.type not in _BREAKS:
        return token
    return Token("left_out", "", 0, content="" if token.meta.get("made") else "\n", meta={"kind": "used"})


def _shows(token: Token) -> bool:
    return token.type not in ("left_out", *_BREAKS) and bool(token.content.strip())
