"""Chinese by its sounds: whether letters spell a text, in full (zhoushihan), by initials (zsh), or both mixed."""

import importlib.util
import json
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

#: letters that are tried, and characters of a text that they are tried on
LETTERS_MAX, TEXT_MAX = 40, 120


def spells(text: str, letters: str) -> bool:
    """Whether some of a text, in one piece, is spelled by these letters (a to z), the last syllable perhaps half way."""
    if not letters.isascii() or not letters.isalpha():
        return False
    letters, text = letters.lower()[:LETTERS_MAX], text[:TEXT_MAX]
    starts = [_starts(char) for char in text]
    return any(letters[0] in first and _goes_on(text, place, letters) for place, first in enumerate(starts))


@lru_cache(maxsize=16_384)
def sounds(char: str) -> tuple[str, ...]:
    """The syllables of a character without their tones, the commonest first; a letter is its own. ü is v."""
    if char.isascii():
        return (char.lower(),)
    return tuple(dict.fromkeys(map(_plain, _table().get(str(ord(char)), "").split(",")))) or ()


@lru_cache(maxsize=16_384)
def _starts(char: str) -> frozenset[str]:
    return frozenset(sound[0] for sound in sounds(char) if sound)


def _goes_on(text: str, place: int, letters: str) -> bool:
    """From this place on. Each (place, letters used) is looked at once."""
    seen, waiting = set(), [(place, 0)]
    while waiting:
        place, used = waiting.pop()
        if used == len(letters):
            return True
        if place == len(text) or (place, used) in seen:
            continue
        seen.add((place, used))
        for sound in sounds(text[place]):
            if not sound:
                continue
            if sound.startswith(letters[used:]):
                return True
            ways = {sound, sound[:1]} | ({sound[:2]} if sound[:2] in ("zh", "ch", "sh") else set())
            waiting += [(place + 1, used + len(way)) for way in ways if letters.startswith(way, used)]
        if text[place] in " ·.-'":
            waiting.append((place + 1, used))
    return False


@cache
def _table() -> dict[str, str]:
    """pypinyin's readings of characters alone: to import it would load its phrases too, some 40 MB."""
    found = importlib.util.find_spec("pypinyin")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pypinyin is not installed")
    table: dict[str, str] = json.loads((Path(found.origin).parent / "pinyin_dict.json").read_text("utf-8"))
    return table


def _plain(syllable: str) -> str:
    parts = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(letter for letter in parts if letter.isascii() and letter.isalpha())
