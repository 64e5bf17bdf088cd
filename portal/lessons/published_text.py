"""A lesson's body as the plain text that is published, and what of it is not."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it.common.utils import normalizeReference
from markdown_it.tree import SyntaxTreeNode

from courses.texts import trimmed
from portal.lessons.letters import missing
from portal.lessons.markdown import tree_of

#: pieces that are published, that are published where there is room, and that are marks and no words
TEXT, ADDRESS, MARK = "text", "address", "mark"
_NOT_LOST = (TEXT, ADDRESS, MARK)


@dataclass(frozen=True)
class Piece:
    """Something of the text, and what becomes of it; `line` counts from 1."""

    text: str
    kind: str = TEXT
    line: int = 0


@dataclass(frozen=True)
class Published:
    """`text` without and `linked` with the addresses of links; `left_out` is in neither."""

    text: str
    linked: str
    addresses: tuple[Piece, ...]
    left_out: tuple[Piece, ...]


def plain_text(body: str) -> str:
    """The text as a reader sees it: no marks, lists with bullets and numbers, blocks apart by an empty line."""
    return published(body).text


@lru_cache(maxsize=1024)
def published(body: str) -> Published:
    """Every letter and digit of the body is in `linked`, in the same order, or in `left_out`."""
    pieces = _joined([_block(node) for node in tree_of(body).children], "\n\n")
    left_out = [piece for piece in pieces if piece.kind not in _NOT_LOST and piece.text]
    left_out += [Piece(text, "words", line) for line, text in missing(body, "".join(piece.text for piece in pieces))]
    addresses = tuple(piece for piece in pieces if piece.kind == ADDRESS)
    text = _text(pieces, (TEXT,))
    return Published(text, _text(pieces, (TEXT, ADDRESS)) if addresses else text, addresses, tuple(left_out))


def _text(pieces: Iterable[Piece], kinds: Sequence[str]) -> str:
    """An address stands apart from what is around it, so that apps see where it ends."""
    text = ""
    apart = False
    for piece in pieces:
        if piece.kind not in kinds or not piece.text:
            continue
        apart = (
            (apart or piece.kind == ADDRESS) and bool(text) and not text[-1].isspace() and not piece.text[0].isspace()
        )
        text += " " * apart + piece.text
        apart = piece.kind == ADDRESS
    return trimmed(re.sub(r"(?<![ \t])[ \t]++$", "", text, flags=re.MULTILINE))


def _joined(blocks: Iterable[list[Piece]], between: str) -> list[Piece]:
    """All pieces, with something between those blocks that show something."""
    pieces: list[Piece] = []
    began = False
    for block in blocks:
        shows = any(piece.kind == TEXT and piece.text for piece in block)
        if began and shows:
            pieces.append(Piece(between))
        pieces += block
        began = began or shows
    return pieces


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 0


def _block(node: SyntaxTreeNode, depth: int = 0) -> list[Piece]:
    """`depth` counts the lists around it."""
    match node.type:
        case "paragraph" | "heading":
            return [piece for inline in node.children for piece in _inline(inline.children, _line(node))]
        case "bullet_list" | "ordered_list":
            return _joined([_item(item, depth) for item in node.children], "\n")
        case "blockquote":
            return _joined([_block(child, depth) for child in node.children], "\n" if depth else "\n\n")
        case "table":
            return _joined([_row(row) for part in node.children for row in part.children], "\n")
        case "fence" | "code_block":
            return [Piece(node.info.strip(), "words", _line(node)), Piece(node.content.rstrip("\n"))]
        case "hr":
            return [Piece("———")]
        case "left_out":
            return [_left_out(node, _line(node))]
        case "inline":
            return _inline(node.children, _line(node))
    return _unknown(node, depth)


def _unknown(node: SyntaxTreeNode, depth: int) -> list[Piece]:
    """What stands in a construct that has no rule here; a letter that gets lost with it is told as left out."""
    if node.children:
        return _joined([_block(child, depth) for child in node.children], "\n")
    return [Piece(node.content.rstrip("\n"))]


def _item(item: SyntaxTreeNode, depth: int) -> list[Piece]:
    """A bullet, number or box, and what it begins; lists within are further in."""
    prefix = [Piece("  " * depth)]
    if item.markup in (".", ")"):
        number = str(item.meta.get("number", item.info))
        if number != item.info:
            prefix.append(Piece(item.info, "number", _line(item)))
        prefix.append(Piece(f"{number}{item.markup} "))
    elif item.attrGet("class") != "task":
        prefix.append(Piece("• "))
    blocks = [_block(child, depth + 1) for child in item.children]
    # What does not begin with words begins below its bullet.
    below = bool(item.children) and item.children[0].type in ("bullet_list", "ordered_list")
    return _joined([prefix, *blocks], "\n") if below else prefix + _joined(blocks, "\n")


def _row(row: SyntaxTreeNode) -> list[Piece]:
    cells = [
        [piece for inline in cell.children for piece in _inline(inline.children, _line(row))] for cell in row.children
    ]
    while cells and not cells[-1]:
        cells.pop()
    pieces: list[Piece] = []
    for place, cell in enumerate(cells):
        pieces += [Piece(" | ")] if place else []
        pieces += [Piece(piece.text.replace("\n", " "), piece.kind, piece.line) for piece in cell]
    return pieces


def _inline(nodes: Iterable[SyntaxTreeNode], line: int) -> list[Piece]:
    pieces: list[Piece] = []
    for node in nodes:
        match node.type:
            case "text" | "code_inline":
                # A space that no line breaks at is one that no app shows.
                pieces.append(Piece(node.content.replace("\u00a0", " ")))
            case "softbreak" | "hardbreak":
                pieces.append(Piece("\n"))
                line += not node.meta.get("made")
            case "strong" | "em" | "s":
                pieces += _inline(node.children, line)
            case "link":
                pieces += _link(node, line)
            case "left_out":
                pieces.append(_left_out(node, line))
                line += node.content.count("\n")
            case _:
                pieces += _inline(node.children, line) or [Piece(node.content)]
    return pieces


def _link(node: SyntaxTreeNode, line: int) -> list[Piece]:
    words = _inline(node.children, line)
    address = str(node.attrGet("href") or "")
    said = "".join(piece.text for piece in words if piece.kind == TEXT)
    same = address in (said, f"http://{said}", f"mailto:{said}")
    label = str(node.meta.get("label") or "")
    return [
        *words,
        Piece(address, MARK if same or not address else ADDRESS, line),
        Piece(str(node.attrGet("title") or ""), "words", line),
        Piece(label, MARK if normalizeReference(said) == label else "words", line),
    ]


def _left_out(node: SyntaxTreeNode, line: int) -> Piece:
    return Piece(node.content, MARK if node.meta["kind"] == "used" else node.meta["kind"], line)
