"""Chinese everywhere: every character of GBK, rare ones, emoji; what no font has is named, and nothing is a box."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from print.fonts import FONTS, font_of, missing, width
from print.layouts import LAYOUTS, SheetRefused
from print.sheets import render

MIXED = "三步拍出一杯好茶㗎 𠮷野家 😀🍵 Éclair Straße Ωμέγα Борщ ひらがな ①②★"


def test_fonts_have_every_ideograph_of_gbk() -> None:
    ideographs = []
    for lead in range(0x81, 0xFF):
        for trail in [*range(0x40, 0x7F), *range(0x80, 0xFF)]:
            try:
                character = bytes((lead, trail)).decode("gbk")
            except UnicodeDecodeError:
                continue
            if 0x4E00 <= ord(character) <= 0x9FFF:
                ideographs.append(character)
    assert len(ideographs) == 20_902
    assert missing("".join(ideographs)) == []


def test_most_sheets_need_the_first_font_alone() -> None:
    pairs = (bytes((lead, trail)) for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF))
    common = b"".join(pairs).decode("gb2312", "ignore")
    assert len(common) == 6_763
    assert {font_of(character) for character in common} == {FONTS[0]}
    assert FONTS[0].path.stat().st_size < FONTS[1].path.stat().st_size / 3


def test_rare_characters_emoji_and_other_scripts_are_found() -> None:
    assert missing(MIXED) == []
    assert {font_of(character) for character in "好茶 tea，①"} == {FONTS[0]}
    assert {font_of(character) for character in MIXED} == set(FONTS)
    assert width("好茶") == pytest.approx(2.0)
    assert width("e\u200d\ufe0f") == width("e")


def test_text_of_the_sheet_is_read_back_as_it_was_written(tmp_path: Path, slips: Callable) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(render(slips(1, student="𠮷田 㗎仔", number="01"), LAYOUTS["a4-1"], title="t", language="zh"))
    told = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
    assert "𠮷田 㗎仔" in told
    for word in MIXED.split():
        path.write_bytes(render(slips(1, title=word), LAYOUTS["a4-1"], title="t", language="zh"))
        told = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
        assert word in told


def test_only_what_is_used_goes_into_the_file(slips: Callable) -> None:
    plain = render(slips(1, title="好茶"), LAYOUTS["a4-24"], title="t", language="zh")
    mixed = render(slips(1, title=MIXED), LAYOUTS["a4-24"], title="t", language="zh")
    assert len(plain) < 20_000
    assert len(mixed) < 60_000
    document = pypdfium2.PdfDocument(mixed)
    names = {
        text.get_font().get_base_name().split("+")[-1]
        for text in document[0].get_objects()
        if hasattr(text, "get_font")
    }
    assert names
    # None of the machine's own has stepped in, such as the one in colours that Pango prefers for emoji.
    assert names <= {font.family.replace(" ", "-") for font in FONTS}


def test_fonts_call_themselves_what_the_sheets_call_them() -> None:
    for font in FONTS:
        with TTFont(font.path, lazy=True) as file:
            assert file["name"].getDebugName(1) == font.family


@pytest.mark.parametrize("field", ["title", "student", "course"])
def test_characters_that_no_font_has_are_named_before_anything_is_printed(slips: Callable, field: str) -> None:
    with pytest.raises(SheetRefused, match=r"none of our fonts can print: “茶 ᠮᠣ” \(ᠮ U\+182E, ᠣ U\+1823\)\."):
        render(slips(3, **{field: "茶 ᠮᠣ"}), LAYOUTS["a4-24"], title="t", language="zh")


def test_all_texts_with_characters_that_no_font_has_are_named_at_once(slips: Callable) -> None:
    texts = ["林ᠮ", "王小明", "ⵣ李", "林ᠮ"]
    with pytest.raises(SheetRefused) as refused:
        render([slip for text in texts for slip in slips(1, student=text)], LAYOUTS["a4-24"], title="t", language="zh")
    assert refused.value.values["texts"] == "“林ᠮ” (ᠮ U+182E); “ⵣ李” (ⵣ U+2D63)"


def test_variation_selectors_are_nothing_that_a_font_must_have() -> None:
    assert missing("葛\U000e0100西明 辻\U000e01ef 神\ufe00 ☺\ufe0f ☺\ufe0e") == []
    assert width("葛\U000e0100西明") == width("葛西明")
