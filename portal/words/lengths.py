"""Lengths as people type them: with a comma, with their unit, in fractions of an inch."""

import re
import unicodedata

#: mm in each unit that may be typed
UNITS = {"mm": 1.0, "in": 25.4}
LONGEST = 30
_NUMBER = r"\d{1,6}(?:[.,]\d{1,8})?"
_LENGTH = re.compile(
    rf"""(?P<whole>-?(?:{_NUMBER}|[.,]\d{{1,8}}))?
    (?:(?P<join>[ -]?)(?P<above>\d{{1,3}})/(?P<below>\d{{1,3}}))?
    \s*(?P<unit>mm|毫米|cm|厘米|in|inch|inches|英寸|"|′′)?""",
    re.VERBOSE,
)
_WORDS = {"mm": 1.0, "毫米": 1.0, "cm": 10.0, "厘米": 10.0}


def read_length(text: str, unit: str = "mm") -> float | None:
    """Millimetres; `unit` (mm or in) is meant where none is typed. None for what is no length.

    Reads 3.5, 3,5, ３．５, 3.5 mm, 0.35 cm, 2 5/8, 2-5/8 in, 2½, 5/8".
    """
    typed = "".join(map(_plain, text)).strip().lower() if len(text) <= LONGEST else ""
    match = _LENGTH.fullmatch(typed)
    if match is None or (match["whole"] is None and match["above"] is None):
        return None
    value = float((match["whole"] or "0").replace(",", "."))
    if match["above"] is not None:
        if not int(match["below"]) or (match["whole"] is not None and not (match["join"] and match["whole"].isdigit())):
            return None
        value += int(match["above"]) / int(match["below"])
    return value * (_WORDS.get(match["unit"], 25.4) if match["unit"] else UNITS[unit])


def _plain(character: str) -> str:
    if unicodedata.decomposition(character).startswith("<fraction>"):
        return " " + unicodedata.normalize("NFKC", character).replace("\u2044", "/")
    return unicodedata.normalize("NFKC", character)


def show_length(value: float, unit: str = "mm") -> str:
    """Millimetres in a unit, as short as they can be read back: to 0.01 mm or 0.0001 in."""
    text = f"{value / UNITS[unit]:.{4 if unit == 'in' else 2}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
