"""What nobody sees is taken out, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.preflight.tidying import seen, tidied

ODD = st.text(st.sampled_from("a水 \t\n\u3000\u00a0\u2003-#>`*"))


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("\u3000\u3000第一段\n\u3000\u3000第二段", "第一段\n第二段"),
        ("好茶\u3000\n\n好水\u00a0", "好茶\n\n好水"),
        ("春天\u3000来了", "春天\u3000来了"),  # a way to write a pause
        ("春天\u3000\u3000来了", "春天 来了"),
        ("春天 \u3000来了", "春天 来了"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("a\n \n\t\n\u3000\n\nb", "a\n\nb"),
        ("  a\n    code\n- b  \nc", "a\n    code\n- b  \nc"),  # what Markdown reads
        ("", ""),
        ("\u3000", ""),
    ],
)
def test_white_space_is_trimmed(text: str, tidy: str) -> None:
    assert tidied(text) == tidy


@given(st.one_of(st.text(), ODD))
def test_tidy_text_stays_as_it_is_and_keeps_every_word(text: str) -> None:
    tidy = tidied(text)
    assert tidied(tidy) == tidy
    assert tidy.split() == text.split()


def test_what_takes_no_room_is_removed_and_joiners_stay() -> None:
    family = "👨\u200d👩\u200d👧\u200d👦 नि\u200dक ❤\ufe0f \u200fעברית"
    assert seen(family) == family
    assert seen("好\u200b\u2060\ufeff\u00ad\x07茶\n\ttab") == "好茶\n\ttab"


@given(st.text())
def test_seen_text_is_seen(text: str) -> None:
    assert seen(seen(text)) == seen(text)
