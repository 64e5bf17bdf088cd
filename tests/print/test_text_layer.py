"""What a PDF says is what was written: read back with Poppler, PDFium and MuPDF."""

import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from portal.workers.joining import join_parts
from print.closing import ClosingTexts, closing_sheet
from print.fitting import plain
from print.fonts import FONTS, Font, font_of, width
from print.layouts import LAYOUTS
from print.lists import Line, ListTexts, paper_list
from print.options import Options
from print.ruler import ruler_page
from print.sheets import Slip, render

#: characters that look alike, side by side; no line ends with a hyphen, which Poppler takes for the writer's
ALIKE = ("A-‑B‑-C", "·•‧・•·", "人⼈人⼈", "①➀", "—―——⸺", "見見", "巳⺒")
READERS = ("poppler", "pdfium", "mupdf")


def read(reader: str, file: Path) -> list[str]:
    """The pages' texts without white space, which programs make from distances."""
    if reader == "pdfium":
        with pypdfium2.PdfDocument(file) as document:
            pages = [page.get_textpage().get_text_range() for page in document]
    else:
        program = ["pdftotext", file, "-"] if reader == "poppler" else ["mutool", "draw", "-q", "-F", "txt", file]
        told = subprocess.run(program, check=True, capture_output=True).stdout.decode()
        pages = told.split("\f")
    return ["".join(page.split()) for page in pages]


def alike(font: Font) -> Iterator[str]:
    """Characters that a sheet takes from this font, and that are drawn with the same outline."""
    groups = defaultdict(list)
    with TTFont(font.path, lazy=True) as file:
        outlines, metrics = file["glyf"].glyphs, file["hmtx"].metrics
        for code, glyph in file.getBestCmap().items():
            if plain(chr(code)) and width(chr(code)) and font_of(chr(code)) is font:
                groups[getattr(outlines[glyph], "data", b""), metrics[glyph]].append(chr(code))
    return ("".join(group) for (outline, _), group in groups.items() if outline and len(group) > 1)


@pytest.fixture(scope="module")
def groups() -> list[str]:
    return [group for font in FONTS for group in alike(font)]


@pytest.fixture(scope="module")
def all_alike(groups: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """A page for some of the groups, each also turned round: what comes first must not speak for the others."""
    written = ["".join(group + group[::-1] for group in groups[at : at + 12]) for at in range(0, len(groups), 12)]
    slips = [Slip(url=f"https://CLASS.EXAMPLE.CN/S/{number:036d}", title=title) for number, title in enumerate(written)]
    file = tmp_path_factory.mktemp("alike") / "sheet.pdf"
    file.write_bytes(render(slips, LAYOUTS["a4-1"], title="t", language="zh"))
    return written, file


def test_no_two_characters_share_a_glyph() -> None:
    for font in FONTS:
        with TTFont(font.path, lazy=True) as file:
            glyphs = file.getBestCmap()
        assert len(set(glyphs.values())) == len(glyphs), font.family


def test_characters_that_look_alike_are_found(groups: list[str]) -> None:
    """So that the next test is about something: some 370 with the fonts of today."""
    assert len(groups) > 311
    for pair in ("-‑", "·•", "人⼈"):
        assert any(set(pair) <= set(group) for group in groups)


@pytest.mark.parametrize("reader", READERS)
def test_every_character_that_looks_like_another_is_read_as_itself(
    all_alike: tuple[list[str], Path], reader: str
) -> None:
    written, file = all_alike
    assert read(reader, file)[: len(written)] == written


def slips_pdf(slips: Callable, folder: Path, *, tagged: bool, parts: int = 1) -> bytes:
    """A slip a page, in files that are joined."""
    files = [folder / f"part-{number}.pdf" for number in range(parts)]
    for number, file in enumerate(files):
        texts = ALIKE[::-1] if number % 2 else ALIKE
        made = slips(2, title="".join(texts), course=texts[0], student=texts[1], number=texts[2])
        file.write_bytes(render(made, LAYOUTS["a4-1"], title="t", language="zh", options=Options(tagged=tagged)))
    whole = folder / "whole.pdf"
    join_parts(files, whole, tagged)
    return whole.read_bytes()


def list_pdf() -> bytes:
    lines = [Line(text, text, text[:2], ["open"]) for text in ALIKE]
    return paper_list(ListTexts("".join(ALIKE), "40", "学号", "姓名", "□", ["".join(ALIKE)]), lines, language="zh")


def closing_pdf() -> bytes:
    rows = [(text, ["1"]) for text in ALIKE]
    texts = ClosingTexts(
        "".join(ALIKE), "2026", [(text, text) for text in ALIKE], "课", ["次"], rows, ("共", ["8"]), "失败",
        [(text, "1") for text in ALIKE], ["查"], "完",
    )  # fmt: skip
    return closing_sheet(texts, url="https://CLASS.EXAMPLE.CN/C/1", language="zh")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["slips", "tagged", "joined", "joined-tagged", "list", "closing", "ruler"])
def test_every_kind_of_pdf_says_what_was_written(tmp_path: Path, slips: Callable, kind: str, reader: str) -> None:
    makers: dict[str, Callable[[], bytes]] = {
        "slips": lambda: slips_pdf(slips, tmp_path, tagged=False),
        "tagged": lambda: slips_pdf(slips, tmp_path, tagged=True),
        "joined": lambda: slips_pdf(slips, tmp_path, tagged=False, parts=3),
        "joined-tagged": lambda: slips_pdf(slips, tmp_path, tagged=True, parts=3),
        "list": list_pdf,
        "closing": closing_pdf,
        "ruler": lambda: ruler_page("a4", title="".join(ALIKE), lines=ALIKE, language="zh"),
    }
    file = tmp_path / "made.pdf"
    file.write_bytes(makers[kind]())
    pages = [page for page in read(reader, file) if page]
    assert len(pages) == {"joined": 6, "joined-tagged": 6, "slips": 2, "tagged": 2}.get(kind, 1)
    for page in pages:
        for text in ALIKE:
            assert text in page, (text, page)


@pytest.mark.parametrize("reader", READERS)
def test_emoji_take_no_text_from_each_other(tmp_path: Path, slips: Callable, reader: str) -> None:
    """👍🏽 is drawn as 👍, and must not stand for it later; 1️⃣ is one picture of three characters."""
    file = tmp_path / "sheet.pdf"
    for text in ("👍🏽先👍后", "👍先👍🏽后", "☺️先☺后"):
        file.write_bytes(render(slips(1, title=text), LAYOUTS["a4-1"], title="t", language="zh"))
        seen = text.replace("🏽", "").replace("️", "")
        assert seen in read(reader, file)[0]
    file.write_bytes(render(slips(1, title="1️⃣拍照2️⃣发布12🏳先"), LAYOUTS["a4-1"], title="t", language="zh"))
    assert "1️⃣拍照2️⃣发布12🏳先" in read(reader, file)[0]


@pytest.mark.parametrize("reader", READERS)
def test_variation_selectors_are_printed_as_the_character_alone(tmp_path: Path, slips: Callable, reader: str) -> None:
    """No font is refused for them, and none of them stands for a character of another slip."""
    file = tmp_path / "sheet.pdf"
    given = slips(1, student="葛\U000e0100西明", title="辻\U000e0101神\ufe00《0\ufe0e》") + slips(1, student="葛西明")
    file.write_bytes(render(given, LAYOUTS["a4-1"], title="t", language="zh"))
    first, second = read(reader, file)[:2]
    assert "葛西明" in first
    assert "辻神《0》" in first
    assert "葛西明" in second
