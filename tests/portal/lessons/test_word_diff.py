"""Word-level differences: both texts can be read out of them, in Chinese too, and never slowly."""

import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lessons.word_diff import word_diff


def sides(old: str, new: str) -> tuple[str, str]:
    found = word_diff(old, new)
    assert all(text for _, text in found)
    assert all(one[0] != other[0] for one, other in itertools.pairwise(found))
    return (
        "".join(text for op, text in found if op != "added"),
        "".join(text for op, text in found if op != "removed"),
    )


@given(st.text(alphabet="ab c中文\n'’👩‍🔬é。,"), st.text(alphabet="ab c中文\n'’👩‍🔬é。,"))
def test_word_diff_holds_both_texts(old: str, new: str) -> None:
    assert sides(old, new) == (old, new)


def test_word_diff_marks_whole_words() -> None:
    assert word_diff("The primer anneals", "The primers anneal") == [
        ("same", "The "), ("removed", "primer anneals"), ("added", "primers anneal"),
    ]  # fmt: skip
    assert word_diff("Warm it to 60 °C, slowly.", "Warm it to 65 °C, slowly.") == [
        ("same", "Warm it to "), ("removed", "60"), ("added", "65"), ("same", " °C, slowly."),
    ]  # fmt: skip


def test_word_diff_marks_single_chinese_characters() -> None:
    assert word_diff("今天学习扩增反应。", "今天复习扩增反应。") == [
        ("same", "今天"), ("removed", "学"), ("added", "复"), ("same", "习扩增反应。"),
    ]  # fmt: skip


def test_word_diff_keeps_an_emoji_whole() -> None:
    assert word_diff("👩‍🔬 lab", "👩‍🏫 lab") == [("removed", "👩‍🔬"), ("added", "👩‍🏫"), ("same", " lab")]


@pytest.mark.parametrize("alphabet", ["啊", "啊吧", "a ", "".join(map(chr, range(0x4E00, 0x4F00)))])
def test_word_diff_of_long_texts_is_quick(alphabet: str) -> None:
    chance = random.Random(1)
    old, new = ("".join(chance.choices(alphabet, k=20_000)) for _ in range(2))
    began = time.perf_counter()
    assert sides(old, new) == (old, new)
    assert time.perf_counter() - began < 2
