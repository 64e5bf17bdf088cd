"""Chinese found by its sounds: in full, by initials, and both mixed; by any reading of a character."""

import pytest

from courses.pinyin import sounds, spells


@pytest.mark.parametrize(
    "letters", ["zhou", "zsh", "zhsh", "shihan", "zhoush", "ZhouShiHan", "zshh", "h", "zhoushi"]
)  # fmt: skip
def test_letters_spell_a_name(letters: str) -> None:
    assert spells("周诗涵", letters)


@pytest.mark.parametrize("letters", ["hz", "zhous2", "zhoushihanx", "周", "", "z h", "zhou!", "o"])
def test_other_letters_do_not(letters: str) -> None:
    assert not spells("周诗涵", letters)


def test_characters_have_all_their_readings() -> None:
    assert {"dan", "shan", "chan"} <= set(sounds("单"))
    assert spells("单小满", "shanxm")
    assert spells("重庆", "chongq")
    assert spells("吕绿", "lvl")
    assert spells("欧阳·娜", "oyn")
    assert spells("Noah 王", "noahw")


def test_long_texts_and_searches_are_bounded() -> None:
    assert not spells("单" * 5_000 + "王", "s" * 39 + "w")
    assert spells("一" * 5_000, "y" * 5_000)
