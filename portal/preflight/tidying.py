"""Text without what nobody sees: zero-width characters, control characters, superfluous white space."""

import re

#: zero-width space, word joiner, byte order mark, the soft hyphen and control characters. Not the joiners: emoji and
#: several scripts are written with them; not the marks of direction, which Arabic and Hebrew need.
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]")
#: spaces that a keyboard for Chinese or a word processor writes
_WIDE = "\u3000\u00a0\u2002-\u200a\u202f\u205f"
_SPACE = rf"[ \t{_WIDE}]"
_AT_START = re.compile(rf"^{_SPACE}*[{_WIDE}]{_SPACE}*", re.MULTILINE)
_AT_END = re.compile(rf"(?<!{_SPACE}){_SPACE}*[{_WIDE}]{_SPACE}*$", re.MULTILINE)
_INSIDE = re.compile(rf"(?:[{_WIDE}]{_SPACE}+|(?<!{_SPACE})[ \t]+[{_WIDE}]{_SPACE}*)")
_EMPTY_LINES = re.compile(rf"\n(?:{_SPACE}*\n){{3,}}")


def seen(text: str) -> str:
    """The text without characters that take no room."""
    return _UNSEEN.sub("", text)


def tidied(text: str) -> str:
    """The text without white space around it and wide spaces around its lines, and with at most two empty lines in a row.

    One wide space within a line stays: it is a way to write a pause. Spaces that Markdown reads stay too.
    """
    text = _AT_END.sub("", _AT_START.sub("", text))
    return _EMPTY_LINES.sub("\n\n", _INSIDE.sub(" ", text)).strip()
