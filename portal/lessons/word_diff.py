"""What changed between two texts, word by word; a Chinese character is a word of its own."""

from typing import Literal

import regex
from diff_match_patch import diff_match_patch

Op = Literal["same", "removed", "added"]

_OPS: dict[int, Op] = {0: "same", -1: "removed", 1: "added"}
_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}"
#: a character of the scripts that write no spaces, a word, a run of spaces, or one sign with all that belongs to it (emoji)
_WORD = regex.compile(rf"(?V1)[{_CJK}]\p{{M}}*|(?:[\w--[{_CJK}]]|(?<=\w)['’](?=\w))+|[^\S\n]+|\X")
#: each word gets a letter of its own from here on, and the library compares letters: its own advice for words
_FIRST_LETTER = 0x20000
#: in seconds: what has nothing in common is "all new" without long thought
_PATIENCE = 0.3


def word_diff(old: str, new: str) -> list[tuple[Op, str]]:
    """The pieces of both texts in reading order, none empty, no two neighbours of one kind.

    "same" and "removed" together are `old`, "same" and "added" are `new`.
    """
    letters: dict[str, str] = {}
    comparer = diff_match_patch()
    comparer.Diff_Timeout = _PATIENCE
    found = comparer.diff_main(_letters(old, letters), _letters(new, letters), False)
    comparer.diff_cleanupSemantic(found)
    words = {letter: word for word, letter in letters.items()}
    return [(_OPS[op], "".join(words[letter] for letter in text)) for op, text in found]


def words(text: str) -> list[str]:
    """The words alone, to be counted."""
    return [word for word in _WORD.findall(text) if word[0].isalnum()]


def _letters(text: str, known: dict[str, str]) -> str:
    return "".join(known.setdefault(word, chr(_FIRST_LETTER + len(known))) for word in _WORD.findall(text))
