"""Topics in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platforms.topics import clean_topics, copied, glued, named, split, unmarked, with_topics


def test_topics_are_cleaned_and_named_once() -> None:
    assert clean_topics(["科学", "#科学#", " ＃科学 ", "AI", "ai", "小 学 生", "", "#", " "]) == [
        "科学",
        "AI",
        "小学生",
    ]


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("#a#b", "#a #b"), ("说#不是#话题", "说#不是#话题"), ("说 #a#b#c 了", "说 #a #b #c 了"), ("(#a#b)", "(#a #b)"),
        ("＃茶＃水", "＃茶 #水"), ("#a##b#", "#a #b"), ("#话题#正文", "#话题 #正文"), ("#a#b[话题]#c", "#a #b #c"),
    ],
)  # fmt: skip
def test_glued_topics_are_parted(text: str, parted: str) -> None:
    assert glued(text) == (text != parted)
    assert split(text) == parted
    assert not glued(parted)


@pytest.mark.parametrize(
    "text",
    ["C#和F#", "https://x.example/#a#b", "#a #b", "#", "###", "# Heading", "## Heading", "a &#35; b", "#a#，好", "#1"],
)
def test_what_is_no_row_of_topics_is_left_alone(text: str) -> None:
    assert not glued(text)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("#手机摄影[话题]# #茶[话题]#", "#手机摄影 #茶"), ("#手机[话题]##茶[话题]#好", "#手机 #茶 好"), ("#a# 好", "#a 好"),
        ("#a#，好", "#a ，好"), ("#a[话题]b", "#a b"), ("C# 好", "C# 好"), ("#a", "#a"), ("[话题]", "[话题]"),
    ],
)  # fmt: skip
def test_marks_of_apps_are_removed(text: str, bare: str) -> None:
    assert copied(text) == (text != bare)
    assert unmarked(text) == bare


def test_named_topics_are_found_however_they_are_written() -> None:
    assert named("说 #科学 了 #a#b #手机[话题]# ＃茶 C#和 #A") == ["科学", "a", "b", "手机", "茶"]


def test_topics_follow_the_text_in_the_platforms_way() -> None:
    assert with_topics("说 #茶", ["茶", "水"]) == "说 #茶\n\n#水 "
    assert with_topics("好", ["茶", "水"], "#{name}#") == "好\n\n#茶##水#"
    assert with_topics(" ", ["茶"]) == "#茶 "


@given(st.text(st.sampled_from("#＃ab茶[话题]，/ \n")))
def test_splitting_only_adds_spaces_and_drops_marks(text: str) -> None:
    kept = str.maketrans("", "", "#＃ [话题]")
    assert split(text).translate(kept) == text.translate(kept)
    assert not glued(split(text))
    assert not copied(unmarked(text)) or copied(text)


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    for function in (named, glued, copied, split, unmarked):
        function(text)
