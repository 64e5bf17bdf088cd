"""Where a platform's limit falls."""

from dataclasses import replace
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from portal.platforms import Draft
from portal.platforms.counting import characters, full_width, utf16_units
from portal.platforms.limits import Most, TextLimit
from portal.preflight import cut
from portal.preflight.cutting import Cut, part

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
PIECES = ["a", "水", "😆", FAMILY, "e\u0301", "🇨🇳", "👍🏽", "\r\n", " ", "\u200d", "\ufe0f", "각", "नि"]
ODD = st.lists(st.sampled_from(PIECES)).map("".join)


@pytest.mark.parametrize(
    ("text", "limit", "kept", "beyond"),
    [
        ("水" * 21, TextLimit(Most(20), full_width), "水" * 20, "水"),
        ("水" * 20, TextLimit(Most(20), full_width), "水" * 20, ""),
        ("a" * 41, TextLimit(Most(20), full_width), "a" * 40, "a"),
        ("水" * 19 + "😆水", TextLimit(Most(20), full_width), "水" * 19, "😆水"),
        ("ab" + FAMILY, TextLimit(Most(8), characters), "ab", FAMILY),
        ("ab" + FAMILY, TextLimit(Most(9), characters), "ab" + FAMILY, ""),
        ("e\u0301e\u0301", TextLimit(Most(3), utf16_units), "e\u0301", "e\u0301"),
        ("🇨🇳🇨🇳", TextLimit(Most(6), utf16_units), "🇨🇳", "🇨🇳"),
        (FAMILY, TextLimit(Most(3), utf16_units), "", FAMILY),
        ("水" * 9, TextLimit(Most(advised=8), characters), "水" * 8, "水"),
        ("水" * 99, TextLimit(Most(), characters), "水" * 99, ""),
    ],
)
def test_text_is_parted_where_the_limit_falls(text: str, limit: TextLimit, kept: str, beyond: str) -> None:
    found = part(text, limit)
    assert (found.kept, found.beyond) == (kept, beyond)
    assert (found.count, found.limit) == (limit.count(text), limit.length.limit)


@given(st.one_of(st.text(), ODD), st.integers(0, 30), st.sampled_from([characters, utf16_units, full_width]))
def test_cut_never_parts_what_people_see_as_one_character(text: str, most: int, count: Any) -> None:
    found = part(text, TextLimit(Most(most), count))
    assert found.kept + found.beyond == text
    seen = regex.findall(r"\X", text)
    ends = [0]
    for character in seen:
        ends.append(ends[-1] + len(character))
    assert len(found.kept) in ends
    assert count(found.kept) <= most
    if found.beyond:
        longer = text[: ends[ends.index(len(found.kept)) + 1]]
        assert count(longer) > most


def test_both_texts_are_those_that_would_be_published(xhs: Any, elsewhere: Any, draft: Draft) -> None:
    assert cut(draft, xhs) == (
        Cut("水的三态", "", 4, 20),
        Cut("冰、水和水蒸气。\n\n#科学 #课堂 ", "", 18, 1000),
    )
    # there topics do not count
    assert cut(draft, elsewhere)[1] == Cut("冰、水和水蒸气。", "", 8, 20)
    title, body = cut(replace(draft, title="水" * 22, content="水" * 1000), xhs)
    assert (title.kept, title.beyond) == ("水" * 20, "水水")
    assert body.beyond == "\n\n#科学 #课堂 "
