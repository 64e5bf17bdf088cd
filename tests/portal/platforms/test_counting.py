"""Counting as platforms do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platforms.counting import characters, full_width, utf16_units

FAMILY = "👨\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize(
    ("title", "length"),
    [
        ("", 0), ("hello", 3), ("a", 1), ("a" * 40, 20), ("a" * 41, 21), ("水" * 20, 20), ("😆", 2), ("水a", 2), ("é", 1),
        ("\x7f\x7f", 1), ("\x80\x80", 2), ("\ud800", 1), (" 水 ", 1), ("\u3000水\u3000", 1), ("三步拍出一杯好茶", 8),
        ("ＡＢ", 2), ("❤\ufe0f", 2), ("👍🏽", 4), ("🇨🇳", 4), (FAMILY, 11), ("e\u0301", 2), ("𠮷", 2), ("“”", 2),
    ],
)  # fmt: skip
def test_title_is_counted_as_the_creator_site_does(title: str, length: int) -> None:
    assert full_width(title) == length


@pytest.mark.parametrize(
    ("text", "points", "units"),
    [("", 0, 0), ("a水", 2, 2), ("😆", 1, 2), (FAMILY, 7, 11), ("\ud83d", 1, 1), ("𠮷", 1, 2)],
)
def test_characters_and_units_differ_beyond_the_first_plane(text: str, points: int, units: int) -> None:
    assert (characters(text), utf16_units(text)) == (points, units)


@given(st.text(), st.text())
def test_counts_never_fall_as_text_is_added(text: str, more: str) -> None:
    for count in (characters, utf16_units, full_width):
        assert count(text) <= count(text + more)


@given(st.text(st.characters(exclude_categories=())))
def test_units_are_those_of_utf16(text: str) -> None:
    units = text.encode("utf-16-le", "surrogatepass")
    assert utf16_units(text) == len(units) // 2
    stripped = text.strip().encode("utf-16-le", "surrogatepass")
    halves = sum(2 if stripped[n] > 127 or stripped[n + 1] else 1 for n in range(0, len(stripped), 2))
    assert full_width(text) == (halves + 1) // 2
