"""Whether a student is meant by what somebody typed into a search."""

from courses.pinyin import spells
from courses.students.comparing import name_key, number_key

#: characters of a search that count
SEARCH_LENGTH = 60


class Sought:
    """Words of a search: of a student each must stand in the name, be its sounds, or begin the number or a part of it."""

    def __init__(self, text: str) -> None:
        self.words = text[:SEARCH_LENGTH].split()

    def finds(self, number: str, name: str) -> bool:
        """Nothing finds everybody."""
        return all(_is_in(word, number, name) for word in self.words)


def _is_in(word: str, number: str, name: str) -> bool:
    as_number = number_key(word)
    if as_number and any(part.startswith(as_number) for part in (number_key(number), *number_key(number).split("-"))):
        return True
    as_name = name_key(word)
    return bool(as_name) and (as_name in name_key(name) or spells(name, word))
