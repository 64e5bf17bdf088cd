"""Lengths as people type them."""

import pytest

from portal.words.lengths import read_length, show_length


@pytest.mark.parametrize(
    ("typed", "unit", "length"),
    [("3.5", "mm", 3.5), ("3,5", "mm", 3.5), (" ３．５ ", "mm", 3.5), ("0", "mm", 0), (".5", "mm", 0.5), ("-2", "mm", -2),
     ("3.5 mm", "in", 3.5), ("3.5毫米", "mm", 3.5), ("21cm", "mm", 210), ("1", "in", 25.4), ("2 5/8", "in", 66.675),
     ("2-5/8", "in", 66.675), ("5/8\"", "mm", 15.875), ("1 in", "mm", 25.4), ("0.19″", "mm", 4.826), ("½", "in", 12.7),
     ("2½", "in", 63.5)],
)  # fmt: skip
def test_length_is_read_as_it_is_meant(typed: str, unit: str, length: float) -> None:
    assert read_length(typed, unit) == pytest.approx(length)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "x", "1.2.3", "1e9", "nan", "inf", "1/0", "3.5 5/8", "35/8 1", "--1", "0x10", "1 2", "9" * 400, "1 km"],
)
def test_what_is_no_length_is_not_guessed(typed: str) -> None:
    assert read_length(typed) is None


@pytest.mark.parametrize(("value", "unit", "text"), [(66.675, "in", "2.625"), (3.5, "mm", "3.5"), (0, "mm", "0"),
    (-0.001, "mm", "0"), (210, "mm", "210"), (4.7625, "in", "0.1875")])  # fmt: skip
def test_length_is_shown_so_that_it_is_read_back(value: float, unit: str, text: str) -> None:
    assert show_length(value, unit) == text
    assert read_length(text, unit) == pytest.approx(value, abs=0.005)
