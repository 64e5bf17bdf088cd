"""Two changes of one text: both are kept, or it is said that they cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lessons.text_merge import merged, merged_list

BASE = "第一段：今天学习扩增反应。\n\n第二段：准备引物和模板。\n\n第三段：设置温度循环。"


def test_changes_in_different_places_are_both_kept() -> None:
    theirs = BASE.replace("今天", "明天")
    mine = BASE.replace("温度循环", "温度循环三十次")
    assert merged(BASE, theirs, mine) == BASE.replace("今天", "明天").replace("温度循环", "温度循环三十次")
    assert merged(BASE, mine, theirs) == merged(BASE, theirs, mine)


def test_a_change_far_behind_what_the_other_added_is_placed() -> None:
    theirs = "New beginning. " * 200 + BASE
    assert merged(BASE, theirs, f"{BASE} End.") == f"{theirs} End."


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [("Warm it to 60 °C.", "Warm it to 70 °C."), ("", "Warm it to 70 °C."), ("Boil water.", "Warm it to 65 °C now.")],
)
def test_changes_in_one_place_are_for_people_to_decide(theirs: str, mine: str) -> None:
    assert merged("Warm it to 65 °C.", theirs, mine) is None


@given(st.text(alphabet="ab \n中"), st.text(alphabet="ab \n中"))
def test_the_only_change_is_taken(base: str, changed: str) -> None:
    assert merged(base, changed, base) == changed
    assert merged(base, base, changed) == changed
    assert merged(base, changed, changed) == changed


def test_lists_keep_what_both_have_and_what_one_added() -> None:
    assert merged_list(["a", "b", "c"], ["b", "a", "x"], ["a", "c", "y"]) == ["a", "x", "y"]
    assert merged_list([], ["a"], ["a", "b"]) == ["a", "b"]
