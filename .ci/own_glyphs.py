"""Gives each character of a font a glyph of its own: own_glyphs.py FONT… Runs in .venv, where fontTools is.

A PDF knows a glyph by one text. Where `-` and `‑`, or 人 and ⼈, are drawn with one glyph, one is read as the other.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

from fontTools.ttLib import TTFont

#: features that are on without being asked for
USUAL = frozenset({"calt", "ccmp", "clig", "liga", "locl", "rclt", "rlig"})
TEXT_STYLE, EMOJI_STYLE = 0xFE0E, 0xFE0F


def main(*files: str) -> None:
    for file in files:
        with TTFont(file, lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
            separate(font)
            _know_emoji_style(font)
            made = Path(file).with_suffix(".made")
            font.save(made)
        made.replace(file)


def separate(font: TTFont) -> None:
    """Copies stand behind all other glyphs, so that no table which counts them changes; they have no kerning."""
    characters, steps = font.getBestCmap(), list(_usual_steps(font["GSUB"].table))
    ligatures = {each.LigGlyph for step in steps for some in getattr(step, "ligatures", {}).values() for each in some}
    copies: dict[str, str] = {}  # new names, and what they are copies of
    owns = {code: _copied(glyph, copies) for code, glyph in _shared(characters, ligatures).items()}
    marks = {glyph for code, glyph in characters.items() if code not in owns and _is_mark(code)}
    twins = defaultdict(list)
    for name, glyph in copies.items():
        twins[glyph].append(name)
    for step in steps:
        mapping = getattr(step, "mapping", {})
        for glyph, other in list(mapping.items()):
            if not isinstance(other, str):  # one glyph that becomes several
                continue
            if other in marks:  # as — becomes ― in Chinese
                mapping[glyph] = _copied(other, copies)
            mapping |= {twin: _copied(other, copies) for twin in twins[glyph]}
    _add(font, copies)
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format != 14:
            table.cmap.update({code: owns[code] for code in table.cmap.keys() & owns})


def _usual_steps(table: Any) -> Iterator[Any]:
    """The substitutions that are made without being asked for."""
    features = table.FeatureList.FeatureRecord
    usual = {at for each in features if each.FeatureTag in USUAL for at in each.Feature.LookupListIndex}
    asked = {at for each in features for at in each.Feature.LookupListIndex} - usual
    for number, lookup in enumerate(table.LookupList.Lookup):
        if number not in asked:
            yield from (getattr(step, "ExtSubTable", step) for step in lookup.SubTable)


def _shared(characters: dict[int, str], ligatures: set[str]) -> dict[int, str]:
    """The characters whose glyph another one keeps, or which is a ligature as ⸺ of two dashes, with that glyph."""
    sharing = defaultdict(list)
    for code, glyph in characters.items():
        sharing[glyph].append(code)
    found = {}
    for glyph, codes in sharing.items():
        # What others are variants of keeps it.
        codes.sort(key=lambda code: (_is_variant(code), code))
        is_ligature = glyph in ligatures and (_is_variant(codes[0]) or _is_mark(codes[0]))
        found |= dict.fromkeys(codes[not is_ligature :], glyph)
    return found


def _is_mark(code: int) -> bool:
    """Letters take accents, and emoji join: these keep the glyphs that their font puts together."""
    return category(chr(code)).startswith("P")


def _is_variant(code: int) -> bool:
    return normalize("NFKC", chr(code)) != chr(code)


def _copied(glyph: str, copies: dict[str, str]) -> str:
    name = f"own{len(copies)}"
    copies[name] = glyph
    return name


def _add(font: TTFont, copies: dict[str, str]) -> None:
    outlines = font["glyf"]
    font.setGlyphOrder([*font.getGlyphOrder(), *copies])
    outlines.glyphOrder = font.getGlyphOrder()
    for name, glyph in copies.items():
        outlines.glyphs[name] = copy(outlines.glyphs[glyph])
        for tag in ("hmtx", "vmtx"):
            if tag in font:
                font[tag].metrics[name] = font[tag].metrics[glyph]


def _know_emoji_style(font: TTFont) -> None:
    """A selector that a font does not know tears 1️⃣ apart: its glyph would stand for no text at all."""
    for table in font["cmap"].tables:
        if table.format == 14 and TEXT_STYLE in table.uvsDict:
            table.uvsDict[EMOJI_STYLE] = [
                (code, None) for code in sorted(code for code, _ in table.uvsDict[TEXT_STYLE])
            ]


if __name__ == "__main__":
    main(*sys.argv[1:])
