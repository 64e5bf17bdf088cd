"""Topics in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platforms.topics import (
    clean_topics,
    copied,
    glued,
    joined,
    named,
    paired,
    split,
    stands_in,
    unmarked,
    with_topics,
)


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


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("说 #茶。", ""), ("＃茶，好", ""), ("#茶[话题]# 好", ""), ("(#茶)", ""), ("#水#茶", ""), ("#茶!", ""), ("#茶,好", ""),
        ("#茶叶", "\n\n#茶 "), ("#茶.com", "\n\n#茶 "), ("茶", "\n\n#茶 "), ("C#茶", "\n\n#茶 "),
    ],
)  # fmt: skip
def test_a_topic_that_stands_in_the_text_is_not_named_twice(text: str, added: str) -> None:
    assert with_topics(text, ["茶"]) == text + added


def test_a_name_goes_on_behind_a_dot() -> None:
    assert stands_in("#Node.js 好", "node.js")
    assert not stands_in("#node.js 好", "node")
    assert named("#node.js, #茶。#水！ #C++") == ["node.js", "茶", "水", "C++"]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("#泡茶 真好喝 #红茶#", "#泡茶# 真好喝 #红茶#"), ("#泡茶，真好喝", "#泡茶#，真好喝"), ("#我爱 喝茶# 好", "#我爱 喝茶# 好"),
        ("说 ＃茶[话题]# 了", "说 #茶# 了"), ("#a##b#", "#a##b#"), ("#话题#正文", "#话题#正文"), ("学 C# 和 F#", "学 C# 和 F#"),
        ("#泡茶 和 C#", "#泡茶# 和 C#"), ("第 #1 名", "第 #1 名"), ("https://x.cn/#a", "https://x.cn/#a"),
        ("#茶\n#水", "#茶#\n#水#"),
    ],
)  # fmt: skip
def test_weibos_topics_are_pairs(text: str, pairs: str) -> None:
    assert paired(text) == pairs
    assert paired(pairs) == pairs


def test_weibos_topic_is_named_once() -> None:
    mark = "#{name}# "
    assert with_topics("#泡茶 真好喝 #红茶#", ["红茶", "泡茶", "水"], mark) == "#泡茶# 真好喝 #红茶#\n\n#水# "
    assert with_topics("#话题#正文", ["正文"], mark) == "#话题#正文\n\n#正文# "


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("# 泡茶 # 红茶 # 三步", "#泡茶 #红茶 #三步"), ("好喝\n# 泡茶 # 红茶 \n", "好喝\n#泡茶 #红茶 \n"),
        ("好 # 茶 # 水", "好 #茶 #水"),
        ("# 标题", "# 标题"), ("# 茶 # 水\n\n好", "# 茶 # 水\n\n好"), ("## 茶 # 水", "## 茶 # 水"), ("# 茶 #", "# 茶 #"),
    ],
)  # fmt: skip
def test_topics_at_the_end_lose_the_space_within(text: str, together: str) -> None:
    assert joined(text) == together


@given(st.text(st.sampled_from("#＃ab茶，. 1\n")))
def test_pairing_keeps_every_letter(text: str) -> None:
    kept = str.maketrans("", "", "#＃")
    assert paired(text).translate(kept) == text.translate(kept)


@given(st.text(st.sampled_from("#＃ab茶[话题]，/ \n")))
def test_splitting_only_adds_spaces_and_drops_marks(text: str) -> None:
    kept = str.maketrans("", "", "#＃ [话题]")
    assert split(text).translate(kept) == text.translate(kept)
    assert not glued(split(text))
    assert not copied(unmarked(text)) or copied(text)


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    for function in (named, glued, copied, split, unmarked, paired, joined):
        function(text)
