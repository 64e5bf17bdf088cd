"""Texts that people type: on one line, and how it is said that one is too long."""

import pytest

from courses.texts import one_line, too_long


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Tea \n and\tmilk ", "Tea and milk"), ("T\0ea", "Tea"), (" \0 ", ""), ("茶\u3000水", "茶 水")],
)
def test_a_line_has_no_breaks_doubled_spaces_or_nul(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


def test_what_is_too_long_is_said_with_both_numbers() -> None:
    assert str(too_long("字" * 301, 300)) == "301 characters; at most 300 fit."
