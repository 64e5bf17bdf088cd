"""Text is wrapped, then shrunk, then cut, and never leaves its box."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print.fitting import BREAKS_OF_ADDRESSES, MM, fit, line_height, plain
from print.fonts import width as ems

Measure = Callable[[str], float]
SIZES = (10.5, 8.5, 7.5)


@pytest.fixture(scope="module")
def noto() -> Measure:
    return ems


def test_a_short_title_takes_one_line_at_the_largest_size(noto: Measure) -> None:
    assert fit("我的家乡", 30, 15, SIZES, noto).lines == ("我的家乡",)
    assert fit("我的家乡", 30, 15, SIZES, noto).size == 10.5


def test_chinese_wraps_between_characters_and_keeps_punctuation_off_the_line_start(noto: Measure) -> None:
    width = 5.2 * 10.5 / MM  # five characters
    assert fit("用显微镜观，察洋葱", width, 15, SIZES, noto).lines == ("用显微镜", "观，察洋葱")
    assert fit("用显微镜观（洋葱）", width, 15, SIZES, noto).lines == ("用显微镜观", "（洋葱）")


def test_english_wraps_at_spaces(noto: Measure) -> None:
    assert fit("How leaves make sugar", 22, 15, SIZES, noto).lines == ("How leaves", "make sugar")


def test_scripts_mix_on_a_line(noto: Measure) -> None:
    assert fit("用Python编程：for循环", 29, 15, SIZES, noto).lines == ("用Python编程：", "for循环")


def test_a_long_title_shrinks_before_it_is_cut(noto: Measure) -> None:
    fitted = fit("小红书笔记写作：怎样写好一篇读书笔记（含三个例子）", 30, 14, SIZES, noto)
    assert fitted.size == 8.5
    assert "".join(fitted.lines) == "小红书笔记写作：怎样写好一篇读书笔记（含三个例子）"


def test_shrinking_is_preferred_to_breaking_a_word(noto: Measure) -> None:
    assert fit("Electromagnetism", 30, 15, SIZES, noto).lines == ("Electromagnetism",)
    assert fit("Electromagnetism", 25, 15, SIZES, noto).size < 10.5


@pytest.mark.parametrize("text", ["细" * 10_000, "W" * 10_000, "细胞 cell " * 1_000, "第1课，" * 2_500])
def test_ten_thousand_characters_are_cut_with_an_ellipsis(text: str, noto: Measure) -> None:
    fitted = fit(text, 31.5, 17, SIZES, noto)
    assert fitted.size == 7.5
    assert fitted.height <= 17
    assert fitted.lines[-1].endswith("…")
    assert text.startswith(fitted.lines[0])


def test_a_family_of_emoji_and_accents_stay_together(noto: Measure) -> None:
    family = "👩\u200d👩\u200d👧\u200d👦"
    assert all(line == family for line in fit(family * 5, 6 * 7.5 / MM, 30, (7.5,), noto).lines)
    assert fit("e\u0301" * 40, 10, 50, (7.5,), noto).lines[1].startswith("e\u0301")


def test_white_space_and_controls_are_plain_spaces() -> None:
    assert plain("\r\n 一\t二\x00\x1b\u202e三\ud800  四\u3000\u2028") == "一 二三 四"


def test_addresses_break_after_dots_and_strokes_only(noto: Measure) -> None:
    address = "class.example-school.edu.cn/go"
    lines = fit(address, 31.5, 8, (6.8,), noto, breaks=BREAKS_OF_ADDRESSES).lines
    assert lines == ("class.example-school.", "edu.cn/go")


def test_balanced_lines_are_about_as_long(noto: Measure) -> None:
    lines = fit("第三课：用显微镜观察洋葱表皮细胞", 170, 40, (40,), noto, balanced=True).lines
    assert lines == ("第三课：用显微镜", "观察洋葱表皮细胞")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("第三课：用显微镜观察洋葱表皮细胞", 15.2, ("第三课：用显微镜", "观察洋葱表皮细胞")),
        (
            "用Python编程：for循环与while循环的区别, part 2",
            10,
            ("用Python编程：", "for循环与while循", "环的区别, part 2"),
        ),
        ("Donaudampfschifffahrtskapitäne", 13, ("Donaudampfsch", "ifffahrtskapitäne")),
        ("第三课：用显微镜观察洋葱表皮细胞", 12, ("第三课：用显微镜观察洋", "葱表皮细胞")),
    ],
)
def test_last_line_is_no_single_word_or_character(
    text: str, width: float, lines: tuple[str, ...], noto: Measure
) -> None:
    assert fit(text, width * 10.5 / MM, 15, (10.5,), noto).lines == lines


@given(
    text=st.text(st.sampled_from("第三课，。（）“”A b.-/W\u0301\u200d😀한ا\n") | st.characters(), max_size=120),
    width=st.floats(8, 60),
    height=st.floats(1, 30),
    balanced=st.booleans(),
)
def test_no_text_leaves_its_box(text: str, width: float, height: float, balanced: bool) -> None:
    noto = ems
    fitted = fit(text, width, height, SIZES, noto, balanced=balanced)
    assert fitted.size in SIZES
    assert fitted.height <= max(height, line_height(fitted.size)) + 1e-6
    assert all(noto(line) * fitted.size / MM <= width for line in fitted.lines)
    read = "".join(fitted.lines).replace(" ", "")
    whole = plain(text).replace(" ", "")
    assert read == whole or (read.endswith("…") and fitted.size == SIZES[-1])
