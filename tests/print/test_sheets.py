"""Printed sheets, read back: the right code in every cell, and no text over a code or out of its cell."""

import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from weasyprint import urls

from print import fonts, pdf
from print.codes import encode
from print.fonts import FontMissing
from print.layouts import LAYOUTS, Layout, SheetRefused
from print.options import Options
from print.placing import Printed, pages_of, printed
from print.sheets import Slip, given, render

SLIPS, POSTER = LAYOUTS["a4-24"], LAYOUTS["a4-poster"]
TITLES = (
    "第三课：用显微镜观察洋葱表皮细胞",
    "Photosynthesis: how leaves make sugar from light",
    "细" * 10_000,
    "W" * 10_000,
    "Donaudampfschifffahrtsgesellschaftskapitänsmütze",
    "用Python编程：for循环与while循环的区别, part 2 " * 40,
    "<script>alert(1)</script> {{7*7}} {% raw %} &amp;",
    "=cmd()\r\nSecond line\ttab\x00",
    "“引号”，以及——破折号……省略号！",
    "Здравствуйте ελληνικά 😀 𠮷野家 㗎 " * 5,
    "Z\u0301\u0301\u0301\u0301\u0301\u0301" * 50,
    "",
)
STEPS = (
    "用手机相机扫描二维码",
    "检查图片和文字，然后点“发布到小红书”",
    "Come back and paste your note's link here " * 20,
)


# All layouts are printed in test_layouts_printed.py; here are one of each kind.
@pytest.fixture(params=["a4-24", "a4-poster", "a4-tent", "a4-postcard", "avery-l4784"])
def layout(request: pytest.FixtureRequest) -> Layout:
    return LAYOUTS[request.param]


@pytest.fixture
def hard_slips(slips: Callable) -> list[Slip]:
    """Personal slips with every kind of title, long names, and a long host."""
    made = slips(len(TITLES), host="PORTAL.CLASS.EXAMPLE-SCHL.ORG", token=39)
    return [
        Slip(
            slip.url,
            title,
            "Biology 7B 七年级生物 " * 9,
            "欧阳伟明 Maximiliana " * 9,
            "2024" * 9,
            "7K4-M2XQ",
            slip.address,
            STEPS,
        )
        for slip, title in zip(made, TITLES, strict=True)
    ]


def codes_on(slips: list[Slip], layout: Layout) -> list[list[Printed]]:
    """The codes that should be on each page."""
    parts = given(slips)
    return [
        [code for place in page if (code := printed(place, encode(slips[place.slip].url, "Q"), layout, parts))]
        for page in pages_of(len(slips), layout, parts)
    ]


@pytest.mark.parametrize("dpi", [150, 300])
def test_every_code_stands_in_its_cell(
    dpi: int, layout: Layout, hard_slips: list[Slip], slips: Callable, read_sheet: Callable, read_codes: Callable
) -> None:
    wanted = (hard_slips + slips(20))[: layout.per_page + 3]
    sheet = read_sheet(render(wanted, layout, title="七年级生物", language="zh"))
    expected = codes_on(wanted, layout)
    assert len(sheet) == len(expected)
    for image, codes in zip(sheet.images(dpi), expected, strict=True):
        seen = {code.text: code for code in read_codes(image, dpi)}
        assert set(seen) == {code.code.text for code in codes}
        for code in codes:
            found, side = seen[code.code.text], code.code.size * code.module
            edges = (found.left, found.top, found.right, found.bottom)
            if layout.kind != "tent":  # the code stands there twice and may be found at either place
                assert edges == pytest.approx((code.x, code.y, code.x + side, code.y + side), abs=0.5)


def test_240_codes_are_all_read(slips: Callable, read_sheet: Callable, read_codes: Callable) -> None:
    wanted = slips(240, token=39)
    sheet = read_sheet(render(wanted, SLIPS, title="七年级生物", language="zh"))
    assert [{code.text for code in read_codes(image, 150)} for image in sheet.images(150)] == [
        {slip.url for slip in wanted[start : start + 24]} for start in range(0, 240, 24)
    ]


def test_quiet_zones_are_white_and_modules_square(layout: Layout, hard_slips: list[Slip], read_sheet: Callable) -> None:
    dpi = 300
    hard_slips = hard_slips[: max(3, layout.per_page)]
    sheet = read_sheet(render(hard_slips, layout, title="t", language="zh"))
    for image, codes in zip(sheet.images(dpi), codes_on(hard_slips, layout), strict=True):
        dark = image.convert("L").point(lambda value: 255 - value)
        for code in codes:
            box = code.box
            edges = (box.x, box.y, box.x + box.width, box.y + box.height)
            pixels = [round(edge * dpi / 25.4) for edge in edges]
            ink = dark.crop(pixels).getbbox()
            assert code.module >= 0.5
            margins = (ink[0], ink[1], pixels[2] - pixels[0] - ink[2], pixels[3] - pixels[1] - ink[3])
            assert margins == pytest.approx([4 * code.module * dpi / 25.4] * 4, abs=1)


def test_text_never_touches_a_code_nor_leaves_its_cell(
    layout: Layout, hard_slips: list[Slip], read_sheet: Callable
) -> None:
    sheet = read_sheet(render(hard_slips, layout, title="t", language="zh"))
    grid = layout.grid
    across, down = grid.cell_width + grid.gap_x, grid.cell_height + grid.gap_y
    for page, codes in enumerate(codes_on(hard_slips, layout)):
        characters = sheet.characters(page)
        assert len(characters) > 20
        for seen in characters:
            x, y = (seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2
            cell = int((y - grid.top) // down) * grid.columns + int((x - grid.left) // across)
            cell_left, cell_top = layout.corners[cell]
            assert cell_left <= seen.left
            assert seen.right <= cell_left + grid.cell_width
            if seen.text.isascii() or "一" <= seen.text <= "龥":  # stacked accents are clipped when drawn
                assert cell_top <= seen.top
                assert seen.bottom <= cell_top + grid.cell_height
            for code in codes:
                box = code.box
                beside = seen.right <= box.x or seen.left >= box.x + box.width
                assert beside or seen.bottom <= box.y or seen.top >= box.y + box.height, seen


def test_the_texts_of_a_slip_come_back(layout: Layout, slips: Callable, read_sheet: Callable) -> None:
    made = slips(2, course="七年级生物（2班）", student="欧阳伟明", number="20240007")
    data = render(made, layout, title="t", language="zh")
    sheet = read_sheet(data)
    text = "".join("".join(sheet.text(page) for page in range(len(sheet))).split())
    for wanted in (
        "第三课：用显微镜观察洋葱表皮细胞",
        "七年级生物（2班）",
        "欧阳伟明20240007",
        "7K4-M2XQ",
        "class.example.cn/go",
    ):
        assert wanted in text


def test_a_poster_says_the_three_steps(slips: Callable, read_sheet: Callable) -> None:
    (slip,) = slips(1, steps=STEPS)
    text = "".join(read_sheet(render([slip], POSTER, title="t", language="zh")).text().split())
    assert "1用手机相机扫描二维码" in text
    assert "2检查图片和文字，然后点“发布到小红书”" in text
    assert "3Comebackandpasteyournote'slink" in text


def test_markup_in_a_title_is_text(read_sheet: Callable, slips: Callable) -> None:
    made = slips(1, title="<script>alert(1)</script> {{7*7}}\r\n<b>x</b>")
    text = "".join(read_sheet(render(made, SLIPS, title="t", language="zh")).text().split())
    assert "<script>alert(1)</script>{{7*7}}<b>x</b>" in text


def test_marks_of_direction_turn_nothing(read_sheet: Callable, slips: Callable, read_codes: Callable) -> None:
    made = slips(2, title="三步\u202e abc 123\u2067 拍\u200f茶", student="林\u202e小满")
    sheet = read_sheet(render(made, SLIPS, title="t", language="zh"))
    text = "".join(sheet.text().split())
    assert "三步abc123拍茶" in text.replace("\u200f", "")
    assert text.count("林小满") == 2
    assert {code.text for code in read_codes(next(sheet.images(150)))} == {slip.url for slip in made}


def test_nothing_is_fetched_for_a_sheet_without_pictures(monkeypatch: pytest.MonkeyPatch, slips: Callable) -> None:
    fetched = []
    ours = pdf._OurPictures.fetch
    monkeypatch.setattr(
        pdf._OurPictures, "fetch", lambda self, url, headers=None: fetched.append(url) or ours(self, url)
    )
    monkeypatch.setattr(urls.URLFetcher, "fetch", lambda self, url, headers=None: pytest.fail(f"fetched {url}"))
    hostile = '"><img src=http://127.0.0.1:9/x><link rel=attachment href=file:///etc/passwd><style>@import "http://x"'
    fields = dict.fromkeys(("title", "course", "student", "number", "spoken", "address"), hostile)
    kinds = [LAYOUTS[name] for name in ("a4-24", "a4-poster", "a4-tent", "a4-postcard")]
    for layout in kinds:
        data = render(
            slips(1, steps=(hostile,) * 3, **fields), layout, title=hostile, language='zh"><img src=http://x>'
        )
        assert pypdfium2.PdfDocument(data).count_attachments() == 0
    assert fetched == []


def test_pictures_are_fetched_by_name_and_must_be_png_or_jpeg(monkeypatch: pytest.MonkeyPatch, slips: Callable) -> None:
    fetched = []
    ours = pdf._OurPictures.fetch
    monkeypatch.setattr(
        pdf._OurPictures, "fetch", lambda self, url, headers=None: fetched.append(url) or ours(self, url)
    )
    file = BytesIO()
    Image.new("RGB", (60, 40), "#808080").save(file, "PNG")
    made = [replace(slip, cover=file.getvalue()) for slip in slips(2)]
    data = render(made, POSTER, title="t", language="zh", options=Options(logo=file.getvalue()))
    assert fetched == ["asset:picture-0"]  # the same picture everywhere is one
    assert len(list(pypdfium2.PdfDocument(data)[0].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))) == 3
    for other in (b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"GIF89a", b"http://127.0.0.1/logo.png"):
        with pytest.raises(SheetRefused, match="neither a PNG nor a JPEG"):
            render([replace(made[0], cover=other)], POSTER, title="t", language="zh")
    for broken in (file.getvalue()[:40], file.getvalue()[:-30], b"\xff\xd8\xff"):
        with pytest.raises(SheetRefused, match="neither a PNG nor a JPEG"):
            render([replace(made[0], cover=broken)], POSTER, title="t", language="zh")
    bomb = BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    with pytest.raises(SheetRefused, match="9000 × 9000 pixels"):
        render([replace(made[0], cover=bomb.getvalue())], POSTER, title="t", language="zh")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1/", "data:text/plain,x", "asset:other"])
def test_the_fetcher_knows_nothing_but_the_pictures(url: str) -> None:
    with pytest.raises(ValueError, match="nothing but their pictures"):
        pdf._OurPictures({"asset:picture-0": b""}).fetch(url)


def test_the_document_says_its_title_and_language_and_forbids_scaling(slips: Callable) -> None:
    data = render(slips(1), SLIPS, title="七年级生物\r\n<b>", language="zh")
    document = pypdfium2.PdfDocument(data)
    assert document.get_metadata_dict()["Title"] == "七年级生物 <b>"
    objects = b"".join(
        zlib.decompress(stream) for stream in re.findall(rb"FlateDecode.*?stream\n(.*?)\nendstream", data, re.S)
    )
    assert b"/PrintScaling /None" in objects
    assert b"/Lang (zh)" in objects


def test_pages_have_the_size_of_the_layout(layout: Layout, slips: Callable) -> None:
    page = pypdfium2.PdfDocument(render(slips(1), layout, title="t", language="en"))[0]
    assert [side / 72 * 25.4 for side in page.get_size()] == pytest.approx(
        [layout.page_width, layout.page_height],
        abs=0.03,  # whole dots of a 300 dpi printer
    )


def test_the_same_sheet_is_the_same_file(slips: Callable) -> None:
    assert render(slips(3), SLIPS, title="t", language="en") == render(slips(3), SLIPS, title="t", language="en")


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(SheetRefused, match="nothing to print"):
        render([], SLIPS, title="t", language="en")


def test_a_link_too_long_for_the_layout_is_refused(slips: Callable) -> None:
    made = slips(1, host="A-VERY-LONG-NAME-OF-A-SCHOOL." * 4 + "EXAMPLE.ORG")
    with pytest.raises(SheetRefused, match="too fine for the layout a4-24"):
        render(made, SLIPS, title="t", language="en")
    assert render(made, POSTER, title="t", language="en").startswith(b"%PDF")


def test_a_link_that_is_no_address_is_refused() -> None:
    with pytest.raises(SheetRefused, match=r"“My {title}” cannot be printed\. .*https://"):
        render([Slip("javascript:alert(1)", "My {title}")], SLIPS, title="t", language="en")


def test_a_missing_font_is_an_error_that_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, slips: Callable
) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(FontMissing, match="make set-up"):
        render(slips(1), SLIPS, title="t", language="zh")
