"""Every layout printed once with hard texts and read back: codes, boxes of the texts, and a contact sheet to look at.

The contact sheet, the first pages of all layouts, goes to the folder that CONTACT_SHEET names, else to var/.
"""

import ctypes
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from pypdfium2 import raw

from print.boxes import Box
from print.codes import encode
from print.layouts import LAYOUTS, MARGIN, Layout
from print.options import Fit, Options
from print.placing import Printed, pages_of, printed
from print.sheets import Slip, given, render

ROOT = Path(__file__).parents[2]
MM = 25.4  # to the inch
TITLES = (
    "第三课：用显微镜观察洋葱表皮细胞",
    "怎样写好一篇读书笔记（含三个例子与一次小组互评），以及怎样把它改写成一篇小红书笔记" * 3,
    "Photosynthesis: how leaves make sugar from light and air and a little water " * 4,
    "Donaudampfschifffahrtsgesellschaftskapitänsmütze",
    "用Python编程：for循环与while循环的区别, part 2",
    "我的家乡",
)
STEPS = (
    "用手机相机扫描二维码",
    "检查图片和文字，保存需要的图片，然后点“发布到小红书”",
    "Come back and paste your link " * 9,
)


def picture(width: int, height: int, form: str) -> bytes:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    file = BytesIO()
    image.save(file, form)
    return file.getvalue()


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
COVER, LOGO = picture(400, 300, "JPEG"), picture(200, 60, "PNG")


@pytest.fixture(scope="module")
def contact_sheet() -> Iterator[dict[str, Image.Image]]:
    """Takes pictures of first pages; lays them out side by side at the end."""
    pages: dict[str, Image.Image] = {}
    yield pages
    if len(pages) < len(LAYOUTS):
        return  # only some of the tests ran
    across, width, height = 9, 420, 620
    sheet = Image.new("L", (across * width, -(-len(pages) // across) * height), 160)
    for number, (name, page) in enumerate(pages.items()):
        page.thumbnail((width - 12, height - 26), Image.Resampling.BOX)
        x, y = number % across * width, number // across * height
        sheet.paste(page, (x + 6, y + 20))
        ImageDraw.Draw(sheet).text((x + 6, y + 4), name, 0)
    folder = Path(os.environ.get("CONTACT_SHEET", ROOT / ".pytest_cache"))
    folder.mkdir(parents=True, exist_ok=True)
    sheet.save(folder / "layouts.png", compress_level=3)


def hard(made: list[Slip]) -> list[Slip]:
    return [
        replace(
            slip,
            url=f"{slip.url[:-4]}{ALPHABET[number // 32]}{ALPHABET[number % 32]}AA",
            title=TITLES[number % len(TITLES)],
            course="七年级生物（2班）Biology",
            student="欧阳伟明" if number % 3 else "Maximiliana Donaudampfschiff",
            number=f"2024{number:04d}",
            steps=STEPS,
            serial=f"R12-{number + 1:03d}",
            cover=COVER,
        )
        for number, slip in enumerate(made)
    ]


def codes_on(slips: list[Slip], layout: Layout, parts: frozenset[str], **more: frozenset[int]) -> list[list[Printed]]:
    """The codes that should be on each page."""
    return [
        [code for place in page if (code := printed(place, encode(slips[place.slip].url, "Q"), layout, parts))]
        for page in pages_of(len(slips), layout, parts, **more)
    ]


def inside(x: float, y: float, box: Box) -> bool:
    return box.x < x < box.x + box.width and box.y < y < box.y + box.height


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_code_is_read_at_150_dpi_and_no_text_touches_one_nor_leaves_its_cell(
    layout: Layout, slips: Callable, read_sheet: Callable, read_codes: Callable, contact_sheet: dict
) -> None:
    wanted = hard(slips(layout.per_page))
    options = Options(logo=LOGO)
    parts = given(wanted, options)
    sheet = read_sheet(render(wanted, layout, title="七年级生物", language="zh", options=options))
    expected = codes_on(wanted, layout, parts)
    assert len(sheet) == len(expected)
    edge = 0.0 if layout.stock else MARGIN - 0.3  # a line is 0.15 mm wide, and pages are whole dots
    for number, (image, codes) in enumerate(zip(sheet.images(150), expected, strict=True)):
        contact_sheet.setdefault(layout.name, image.convert("L"))
        seen = {code.text: code for code in read_codes(image, 150)}
        assert set(seen) == {code.code.text for code in codes}
        for code in codes:
            found = seen[code.code.text]
            side = code.code.size * code.module
            if layout.kind != "tent":  # a code that stands there twice may be found at either place
                edges = (found.left, found.top, found.right, found.bottom)
                assert edges == pytest.approx((code.x, code.y, code.x + side, code.y + side), abs=0.6)
        ink = image.convert("L").point(lambda value: 255 * (value < 200)).getbbox()
        bounds = (edge, edge, layout.page_width - edge, layout.page_height - edge)
        assert all(at * MM / 150 >= least for at, least in zip(ink[:2], bounds[:2], strict=True))
        assert all(at * MM / 150 <= most for at, most in zip(ink[2:], bounds[2:], strict=True))
        grid = layout.grid
        across, down = grid.cell_width + grid.gap_x, grid.cell_height + grid.gap_y
        for character in sheet.characters(number):
            x, y = (character.left + character.right) / 2, (character.top + character.bottom) / 2
            column, row = int((x - grid.left) // across), int((y - grid.top) // down)
            left, top = grid.corners[row * grid.columns + column]
            assert left <= character.left, character
            assert character.right <= left + grid.cell_width, character
            assert top <= character.top, character
            assert character.bottom <= top + grid.cell_height, character
            for code in codes:
                box = code.box
                beside = character.right <= box.x or character.left >= box.x + box.width
                assert beside or character.bottom <= box.y or character.top >= box.y + box.height, character


@pytest.mark.parametrize("dpi", [300, 600])
@pytest.mark.parametrize("name", ["a4-24", "a4-tent", "avery-5160"])
def test_modules_are_squares_of_whole_dots(name: str, dpi: int, slips: Callable, read_sheet: Callable) -> None:
    layout = LAYOUTS[name]
    wanted = slips(min(3, layout.per_page))
    parts = given(wanted)
    image = next(read_sheet(render(wanted, layout, title="t", language="zh")).images(dpi)).convert("L")
    (codes,) = codes_on(wanted, layout, parts)
    for code in codes:
        dots = round(code.module * dpi / MM)
        assert dots * MM / dpi == pytest.approx(code.module)
        x, y, side = round(code.x * dpi / MM), round(code.y * dpi / MM), code.code.size * dots
        ink = image.crop((x, y, x + side, y + side))
        assert {value for _, value in ink.getcolors()} == {0, 255}  # no dot is half a module
        if code.turned:
            ink = ink.rotate(180)
        modules = Image.new("1", (code.code.size,) * 2)
        modules.putdata([not dark for row in code.code.modules for dark in row])
        assert ink.tobytes() == modules.convert("L").resize(ink.size, Image.Resampling.NEAREST).tobytes()


def test_skipped_cells_and_the_printers_fit_are_applied(
    slips: Callable, read_sheet: Callable, read_codes: Callable
) -> None:
    layout, wanted = LAYOUTS["avery-l7163"], slips(5)
    skip, fit = frozenset({0, 3, 4, 13}), Fit(offset_x=1.5, offset_y=-2.0, scale_x=1.02, scale_y=0.98)
    sheet = read_sheet(render(wanted, layout, title="t", language="zh", skip=skip, fit=fit))
    seen = {code.text: code for code in read_codes(next(sheet.images(300)), 300)}
    (codes,) = codes_on(wanted, layout, given(wanted), skip=skip)
    assert len(codes) == 5
    for code in codes:
        found, side = seen[code.code.text], code.code.size * code.module
        assert (found.left, found.right) == pytest.approx((code.x * 1.02 + 1.5, (code.x + side) * 1.02 + 1.5), abs=0.15)
        assert (found.top, found.bottom) == pytest.approx((code.y * 0.98 - 2, (code.y + side) * 0.98 - 2), abs=0.15)
    plain = read_sheet(render(wanted, layout, title="t", language="zh", skip=skip))
    for moved, still in zip(sheet.characters(), plain.characters(), strict=True):
        assert moved.left == pytest.approx(still.left * 1.02 + 1.5, abs=0.15)
        assert moved.top == pytest.approx(still.top * 0.98 - 2, abs=0.15)


@pytest.mark.parametrize(("marks", "lines"), [("none", 0), ("cut", 2), ("border", 2), ("outline", 14)])
def test_marks_are_drawn_around_cells(marks: str, lines: int, slips: Callable, read_sheet: Callable) -> None:
    layout = LAYOUTS["avery-l7163"]
    data = render(slips(1), layout, title="t", language="zh", options=Options(marks=marks))
    image = next(read_sheet(data).images(150)).convert("L")
    found = 0
    for left, top in layout.corners:
        x, y = (round(at * 150 / MM) for at in (left, top))
        upper = image.crop((x + 20, y - 2, x + 200, y + 3)).getextrema()[0]
        found += upper < 230
    assert found == lines  # the lower line of the only slip is the upper one of the next cell


def test_parts_that_are_not_chosen_are_not_printed(slips: Callable, read_sheet: Callable) -> None:
    wanted = hard(slips(2))
    options = Options(parts=frozenset({"title", "serial"}))
    text = read_sheet(render(wanted, LAYOUTS["a4-24"], title="t", language="zh", options=options)).text()
    assert "第三课" in text
    assert "R12-001" in text
    for absent in ("欧阳", "7K4", "class.example", "七年级", "扫描"):
        assert absent not in text


def test_progress_is_told_and_may_stop_the_work(slips: Callable) -> None:
    told = []
    made = slips(250)
    render(made, LAYOUTS["a4-65"], title="t", language="zh", progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (250, 250)
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(made, LAYOUTS["a4-65"], title="t", language="zh", progress=stop)


def tags(element: object, alt: Callable, kind: Callable, child: Callable, count: Callable) -> list:
    """A tag with its alternative text and what is in it."""
    inside = [child(element, number) for number in range(count(element))]
    return [kind(element), alt(element), [tags(each, alt, kind, child, count) for each in inside if each]]


def structure(data: bytes) -> list:
    """The tags of the first page as nested lists."""

    def said(ask: Callable) -> Callable:
        def answer(element: object) -> str:
            room = ctypes.create_string_buffer(1000)
            length = ask(element, room, 1000)
            return room.raw[:length].decode("utf-16-le").strip("\0")

        return answer

    with pypdfium2.PdfDocument(data) as document:
        page = document[0]  # must outlive its tree
        tree = raw.FPDF_StructTree_GetForPage(page.raw)
        alt, kind = said(raw.FPDF_StructElement_GetAltText), said(raw.FPDF_StructElement_GetType)
        child, count = raw.FPDF_StructElement_GetChildAtIndex, raw.FPDF_StructElement_CountChildren
        found = tags(raw.FPDF_StructTree_GetChildAtIndex(tree, 0), alt, kind, child, count)
        raw.FPDF_StructTree_Close(tree)
        return found


@pytest.mark.parametrize("name", ["a4-24", "a4-tent"])
def test_a_tagged_sheet_is_read_slip_by_slip_with_an_alternative_text_for_each_code(name: str, slips: Callable) -> None:
    layout = LAYOUTS[name]
    wanted = hard(slips(min(3, layout.per_page)))
    data = render(wanted, layout, title="七年级生物", language="zh", options=Options(tagged=True))
    document, _, ((section, _, articles),) = structure(data)
    assert (document, section) == ("Document", "Sect")
    read = [[(kind, alt) for kind, alt, _ in inside if kind in ("H1", "Figure", "P")] for _, _, inside in articles]
    (places,) = pages_of(len(wanted), layout)
    for place, parts in zip(places, read, strict=True):
        heading, code = parts.index(("H1", "")), parts.index(("Figure", f"QR {wanted[place.slip].url}"))
        assert heading < code  # pictures stand before the title
        assert all(kind == "Figure" for kind, _ in parts[:heading])
        assert parts[-1] == ("P", "")
    assert b'pdfuaid:part="1"' in unpacked(data)
    assert b"/PrintScaling /None" in unpacked(data)


def unpacked(data: bytes) -> bytes:
    streams = re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)
    return data + b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")
