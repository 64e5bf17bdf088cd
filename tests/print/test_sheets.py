"""Printed sheets, read back: the right code in every cell, and no text over a code or out of its cell."""

import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from weasyprint import urls

from print import pdf, sheets
from print.codes import encode
from print.layouts import LAYOUTS, Layout, SheetRefused
from print.sheets import FontMissing, Slip, render

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
    "مرحبا بالعالم 한국어 😀 𠮷野家 " * 5,
    "Z\u0301\u0301\u0301\u0301\u0301\u0301" * 50,
    "",
)
STEPS = (
    "用手机相机扫描二维码",
    "检查图片和文字，然后点“发布到小红书”",
    "Come back and paste your note's link here " * 20,
)


@pytest.fixture(params=LAYOUTS.values(), ids=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> Layout:
    return request.param


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


def code_box(layout: Layout, cell: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in millimetres, quiet zone included."""
    left, top = layout.corners[cell]
    x, y = left + layout.code.x, top + layout.code.y
    return x, y, x + layout.code.width, y + layout.code.height


@pytest.mark.parametrize("dpi", [150, 300])
def test_every_code_stands_in_its_cell(
    dpi: int, layout: Layout, hard_slips: list[Slip], slips: Callable, read_sheet: Callable, read_codes: Callable
) -> None:
    wanted = hard_slips + slips(20)
    sheet = read_sheet(render(wanted, layout, title="七年级生物", language="zh"))
    assert len(sheet) == -(-len(wanted) // layout.per_page)
    for number, image in enumerate(sheet.images(dpi)):
        on_page = wanted[number * layout.per_page : (number + 1) * layout.per_page]
        seen = {code.text: code for code in read_codes(image, dpi)}
        assert set(seen) == {slip.url for slip in on_page}
        for cell, slip in enumerate(on_page):
            size = encode(slip.url, "Q").size
            quiet = 4 * layout.module(size)
            left, top, right, bottom = code_box(layout, cell)
            found = seen[slip.url]
            edges = (found.left, found.top, found.right, found.bottom)
            assert edges == pytest.approx((left + quiet, top + quiet, right - quiet, bottom - quiet), abs=0.5)


def test_240_codes_are_all_read(slips: Callable, read_sheet: Callable, read_codes: Callable) -> None:
    wanted = slips(240, token=39)
    sheet = read_sheet(render(wanted, SLIPS, title="七年级生物", language="zh"))
    assert [{code.text for code in read_codes(image, 150)} for image in sheet.images(150)] == [
        {slip.url for slip in wanted[start : start + 24]} for start in range(0, 240, 24)
    ]


def test_quiet_zones_are_white_and_modules_square(layout: Layout, hard_slips: list[Slip], read_sheet: Callable) -> None:
    dpi = 300
    sheet = read_sheet(render(hard_slips, layout, title="t", language="zh"))
    image = next(sheet.images(dpi)).convert("L").point(lambda value: 255 - value)
    for cell, slip in enumerate(hard_slips[: layout.per_page]):
        box = [round(edge * dpi / 25.4) for edge in code_box(layout, cell)]
        ink = image.crop(box).getbbox()
        module = layout.module(encode(slip.url, "Q").size)
        assert module >= 0.5
        margins = (ink[0], ink[1], box[2] - box[0] - ink[2], box[3] - box[1] - ink[3])
        assert margins == pytest.approx([4 * module * dpi / 25.4] * 4, abs=1.6)


def test_modules_come_out_as_the_library_drew_them(slips: Callable, read_sheet: Callable) -> None:
    (slip,) = slips(1)
    code, dpi = encode(slip.url, "Q"), 300
    image = next(read_sheet(render([slip], SLIPS, title="t", language="zh")).images(dpi)).convert("L")
    module = SLIPS.module(code.size)
    left, top, _, _ = code_box(SLIPS, 0)
    printed = tuple(
        tuple(
            image.getpixel(
                (round((left + (x + 4.5) * module) * dpi / 25.4), round((top + (y + 4.5) * module) * dpi / 25.4))
            )
            < 128
            for x in range(code.size)
        )
        for y in range(code.size)
    )
    assert printed == code.modules


def test_text_never_touches_a_code_nor_leaves_its_cell(
    layout: Layout, hard_slips: list[Slip], read_sheet: Callable
) -> None:
    sheet = read_sheet(render(hard_slips, layout, title="t", language="zh"))
    for page in range(len(sheet)):
        characters = sheet.characters(page)
        assert len(characters) > 30
        for seen in characters:
            x, y = (seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2
            cell = int((y - layout.top) // layout.cell_height) * layout.columns + int(
                (x - layout.left) // layout.cell_width
            )
            cell_left, cell_top = layout.corners[cell]
            assert cell_left <= seen.left
            assert seen.right <= cell_left + layout.cell_width
            if seen.text.isascii() or "一" <= seen.text <= "龥":  # stacked accents are clipped when drawn
                assert cell_top <= seen.top
                assert seen.bottom <= cell_top + layout.cell_height
            left, top, right, bottom = code_box(layout, cell)
            assert seen.right <= left or seen.left >= right or seen.bottom <= top or seen.top >= bottom, seen


def test_the_texts_of_a_slip_come_back(layout: Layout, slips: Callable, read_sheet: Callable) -> None:
    made = slips(2, course="七年级生物（2班）", student="欧阳伟明", number="20240007")
    data = render(made, layout, title="t", language="zh")
    text = "".join(read_sheet(data).text().split())
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


def test_nothing_is_fetched_but_the_font(monkeypatch: pytest.MonkeyPatch, slips: Callable) -> None:
    fetched = []
    ours = pdf._OurFont.fetch
    monkeypatch.setattr(pdf._OurFont, "fetch", lambda self, url, headers=None: fetched.append(url) or ours(self, url))
    monkeypatch.setattr(urls.URLFetcher, "fetch", lambda self, url, headers=None: pytest.fail(f"fetched {url}"))
    hostile = '"><img src=http://127.0.0.1:9/x><link rel=attachment href=file:///etc/passwd><style>@import "http://x"'
    fields = dict.fromkeys(("title", "course", "student", "number", "spoken", "address"), hostile)
    for layout in LAYOUTS.values():
        data = render(
            slips(1, steps=(hostile,) * 3, **fields), layout, title=hostile, language='zh"><img src=http://x>'
        )
        assert pypdfium2.PdfDocument(data).count_attachments() == 0
    assert fetched == [pdf.FONT_URL] * len(LAYOUTS)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1/", "data:text/plain,x", "asset:other"])
def test_the_fetcher_knows_nothing_but_the_font(url: str) -> None:
    with pytest.raises(ValueError, match="nothing but their font"):
        pdf._OurFont(sheets.FONT).fetch(url)


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
        [layout.page_width, layout.page_height], abs=0.01
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
    monkeypatch.setattr(sheets, "FONT", tmp_path / "NotoSansSC-Regular.ttf")
    with pytest.raises(FontMissing, match="make set-up"):
        render(slips(1), SLIPS, title="t", language="zh")
