"""Made-up names: nothing of a real one is taken in, and what was there before is gone."""

import pytest

from courses.students.aliases import new_aliases


@pytest.mark.parametrize(("sample", "example"), [("Spring", "a"), ("春季 spring", "一")])
def test_aliases_differ_and_are_in_the_language_of_the_sample(sample: str, example: str) -> None:
    names = new_aliases(4_000, [], sample)
    assert len({name.casefold() for name in names}) == 4_000
    assert all((ord(name[0]) > 0x3000) == (example == "一") for name in names)
    assert max(map(len, names)) <= 40


def test_aliases_are_not_those_that_are_taken_nor_the_same_each_time() -> None:
    first = new_aliases(1_500, [], "x")
    second = new_aliases(100, [name.upper() for name in first], "x")
    assert not set(first) & set(second)
    assert new_aliases(20, [], "x") != new_aliases(20, [], "x")
