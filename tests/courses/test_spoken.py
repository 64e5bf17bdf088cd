"""Spoken codes: forgiving where it is safe, strict where a wrong letter would open another lesson."""

import random
from itertools import combinations

import pytest

from courses.spoken import ALPHABET, LENGTH, new_spoken, read_spoken, show_spoken


def test_spoken_code_comes_back() -> None:
    for _ in range(500):
        code = new_spoken()
        assert read_spoken(show_spoken(code)) == code


def test_spoken_code_catches_every_single_wrong_letter() -> None:
    for code in (new_spoken() for _ in range(50)):
        for place in range(LENGTH):
            for letter in set(ALPHABET) - {code[place]}:
                assert read_spoken(code[:place] + letter + code[place + 1 :]) is None


def test_spoken_code_catches_every_swap() -> None:
    for code in (new_spoken() for _ in range(200)):
        for left, right in combinations(range(LENGTH), 2):
            letters = list(code)
            letters[left], letters[right] = letters[right], letters[left]
            if letters != list(code):
                assert read_spoken("".join(letters)) is None


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: f" {code[:2]} {code[2:]} ", lambda code: code.replace("0", "O")]
)
def test_spoken_code_forgives_how_it_is_written(change: object) -> None:
    random.seed(7)
    for _ in range(100):
        code = new_spoken()
        assert read_spoken(change(show_spoken(code))) == code


def test_spoken_code_forgives_look_alikes() -> None:
    code = next(code for code in iter(new_spoken, None) if "1" in code and "0" in code)
    assert read_spoken(code.replace("1", "I").replace("0", "O")) == code
    assert read_spoken(code.replace("1", "l").replace("0", "o")) == code


@pytest.mark.parametrize("text", ["", "7K4", "7K4-M2XQ9", "UUU-UUUU", "七七七", "7K4-M2X!"])
def test_spoken_code_refuses_what_is_none(text: str) -> None:
    assert read_spoken(text) is None
