"""How platforms count characters: each way is a function from text to a number that never falls as text is added."""

from collections.abc import Callable

Count = Callable[[str], int]


def characters(text: str) -> int:
    """Code points: an emoji is one, a family of four seven."""
    return len(text)


def utf16_units(text: str) -> int:
    """What JavaScript, Java and Objective-C call a text's length: an emoji is a surrogate pair and counts two."""
    return len(text) + sum(character > "\uffff" for character in text)


def full_width(text: str) -> int:
    """UTF-16 units, those above 127 whole and the others half, rounded up; white space around the text is nothing.

    "hello" is 3, one Chinese character 1, one emoji 2. Source: xpzouying/xiaohongshu-mcp, pkg/xhsutil/title.go.
    """
    text = text.strip()
    halves = sum(1 if character <= "\x7f" else 4 if character > "\uffff" else 2 for character in text)
    return (halves + 1) // 2
