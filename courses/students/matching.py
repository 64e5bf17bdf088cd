"""Whether a student, or anything with a name, is meant by what somebody typed into a search."""

import re

from courses.pinyin import spells
from courses.students.comparing import name_key, number_key

#: characters of a search that count
SEARCH_LENGTH = 60
#: a text that is its own key but for its case and spaces: nearly all are, and the long way takes ten times as long
_SIMPLE = re.compile("[0-9A-Za-z \u4e00-\u9fff]*")


class Sought:
    """Words of a search: each must stand in the name, be its sounds, or begin the number or a part of it."""

    def __init__(self, text: str) -> None:
        #: each as it is typed, and its key
        self.words = [(word, key) for word in text[:SEARCH_LENGTH].split() if (key := name_key(word))]

    def finds(self, number: str, name: str) -> bool:
        """Nothing finds everybody."""
        for word, key in self.words:
            if number and any(part.startswith(key) for part in _parts(number)):
                continue
            if not (key in _key(name) or spells(name, word)):
                return False
        return True


def _parts(number: str) -> list[str]:
    """The whole of a number, and what stands behind its hyphens."""
    key = number.casefold() if number.isalnum() and number.isascii() else number_key(number)
    pieces = key.split("-")
    return ["-".join(pieces[start:]) for start in range(len(pieces))]


def _key(name: str) -> str:
    return name.casefold().replace(" ", "") if _SIMPLE.fullmatch(name) else name_key(name)
