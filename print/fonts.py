"""The sheets' fonts: which characters they have, and how wide these are."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from print.layouts import SheetRefused

SHOWN = 60  # characters of a text in an error
FOLDER = Path(__file__).parent.parent / "static" / "vendor" / "fonts"


class FontMissing(SheetRefused):
    """A font is not installed; without it texts would print as empty boxes."""


@dataclass(frozen=True)
class Font:
    """A TrueType file, and the `family` that it calls itself."""

    family: str
    file: str

    @property
    def path(self) -> Path:
        return FOLDER / self.file

    @cached_property
    def advances(self) -> dict[int, float]:
        """The widths of its characters in ems; read once per process (0.1 s). FontMissing."""
        if not self.path.is_file():
            raise FontMissing("The font {path} is missing. Run: make set-up", path=self.path)
        with TTFont(self.path, lazy=True) as font:
            em, advances = font["head"].unitsPerEm, font["hmtx"].metrics
            return {code: advances[glyph][0] / em for code, glyph in font.getBestCmap().items()}

    @cached_property
    def characters(self) -> dict[int, str]:
        """The characters by their glyphs' numbers, each of which draws one."""
        with TTFont(self.path, lazy=True) as font:
            return {font.getGlyphID(glyph): chr(code) for code, glyph in font.getBestCmap().items()}


#: a character is taken from the first that has it
FONTS = (
    Font("Noto Sans SC Common", "NotoSansSC-Common.ttf"),  # what most texts need alone: GB 2312 and Latin, by set-up
    Font("Noto Sans SC", "NotoSansSC-Regular.ttf"),  # all of GBK; 8 MB more, which only who prints such characters pays
    Font("Noto Sans", "NotoSans-Regular.ttf"),  # Latin, Greek and Cyrillic with all their accents
    Font("Noto Sans JP", "NotoSansJP-Regular.ttf"),  # ideographs in names, such as 𠮷
    Font("Noto Emoji", "NotoEmoji-Regular.ttf"),  # in black and white
)


def check_fonts() -> None:
    """FontMissing for the first that is not installed."""
    for font in FONTS:
        if not font.path.is_file():
            raise FontMissing("The font {path} is missing. Run: make set-up", path=font.path)


def width(text: str) -> float:
    """Ems that a line of the text takes."""
    return sum(map(_width, text))


@lru_cache(maxsize=1 << 16)
def _width(character: str) -> float:
    if _unseen(character):
        return 0.0
    font = font_of(character)
    return font.advances[ord(character)] if font else 1.25


def font_of(character: str) -> Font | None:
    """The font that draws it."""
    return next((font for font in FONTS if ord(character) in font.advances), None)


def missing(text: str) -> list[str]:
    """The characters that no font has, each once, in their order."""
    return [character for character in dict.fromkeys(text) if not _unseen(character) and font_of(character) is None]


def check_characters(texts: Iterable[str]) -> None:
    """SheetRefused, which names all texts with what would print as empty boxes, and the characters."""
    # A course's name stands on every slip.
    if bad := {text: lost for text in dict.fromkeys(texts) if (lost := missing(text))}:
        raise SheetRefused(
            "These texts have characters that none of our fonts can print: {texts}. Write them without these.",
            texts="; ".join(f"“{_short(text)}” ({', '.join(map(_named, lost))})" for text, lost in bad.items()),
        )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _named(character: str) -> str:
    return f"{character} U+{ord(character):04X}"


def _unseen(character: str) -> bool:
    """Joiners, marks of direction and variation selectors, which draw nothing of their own."""
    code = ord(character)
    return unicodedata.category(character) == "Cf" or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
