"""Spoken codes: forgiving where it is safe, strict where a wrong letter would open another lesson."""

import random
from itertools import combinations, product

import pytest

from courses.spoken import ALPHABET, LENGTH, _check, new_spoken, read_spoken, show_spoken


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


def test_no_code_is_one_letter_or_one_swap_from_another() -> None:
    """For all 2^30 codes: the check is linear (codes are those whose letters add up to zero), so pairs of letters say it all."""
    size = range(len(ALPHABET))

    def share(letter: int, place: int) -> int:
        """What a letter adds to the check when zeros stand around it."""
        values = [0] * (LENGTH - 1)
        values[place] = letter
        return _check(values)

    shares = [[share(letter, place) for letter in size] for place in range(LENGTH - 1)]
    for one, other in product(product(range(LENGTH - 1), size), repeat=2):
        values = [0] * (LENGTH - 1)
        values[one[0]] ^= one[1]
        values[other[0]] ^= other[1]
        assert _check(values) == shares[one[0]][one[1]] ^ shares[other[0]][other[1]], "linear"
    # the check itself is the last place
    shares.append(list(size))
    for place in range(LENGTH):
        assert len(set(shares[place])) == len(ALPHABET), "two letters that do the same in one place"
    for (left, right), (letter, other) in product(combinations(range(LENGTH), 2), product(size, repeat=2)):
        if letter != other:
            swapped = shares[left][letter] ^ shares[right][letter] ^ shares[left][other] ^ shares[right][other]
            assert swapped != 0, "a swap that nobody notices"


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: f" {code[:2]} {code[2:]} ", lambda code: code.replace("0", "O")]
)
def test_spoken_code_forgives_how_it_is_written(change: object) -> None:
    random.seed(7)
    for _ in range(100):
        code = new_spoken()
        assert read_spoken(change(show_spoken(code))) == code


@pytest.mark.parametrize(
    "text", ["{}-{}。", "（{}－{}）", "{}‑{}", "{}−{}", "\u200b{}\u3000{}\ufeff", "{}_{}!", "“{}・{}”"]
)
def test_spoken_code_forgives_any_mark_and_width(text: str) -> None:
    code = new_spoken()
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    for written in (code, wide, wide.lower()):
        assert read_spoken(text.format(written[:3], written[3:])) == code


def test_spoken_code_forgives_look_alikes() -> None:
    code = next(code for code in iter(new_spoken, None) if "1" in code and "0" in code)
    assert read_spoken(code.replace("1", "I").replace("0", "O")) == code
    assert read_spoken(code.replace("1", "l").replace("0", "o")) == code


@pytest.mark.parametrize("text", ["", "7K4", "7K4-M2XQ9", "UUU-UUUU", "七七七", "7K4-M2X!"])
def test_spoken_code_refuses_what_is_none(text: str) -> None:
    assert read_spoken(text) is None


@pytest.mark.parametrize(
    "typed",
    [
        "７Ｋ４－Ｍ２ＸＱ", "7k4−m2xq", "7K4‑M2XQ。", "「7K4—M2XQ」", "7K4ーM2XQ", "7K4–M2XQ.", "7K4/M2XQ，", "7K4·M2XQ！",
        "\u200b7K4\u00adM2XQ\u200e", "7K4\uff70M2XQ",
        "(7K4_M2XQ)", "7K4~M2XQ\u3000",
    ],
)  # fmt: skip
def test_spoken_code_is_read_from_any_keyboard(typed: str) -> None:
    code = next(f"7K4M2X{check}" for check in ALPHABET if read_spoken(f"7K4M2X{check}"))
    assert read_spoken(typed.upper().replace("XQ", "X" + code[-1]).replace("ＸＱ", "Ｘ" + code[-1])) == code
