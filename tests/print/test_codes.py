"""Codes hold what they should, as the qrcode library would draw them, in every form they are shown in."""

import random
import re
from collections.abc import Callable
from io import BytesIO
from xml.etree import ElementTree

import pypdfium2
import pytest
import qrcode
from PIL import Image
from weasyprint import HTML

from print.codes import HALF_BLOCKS, encode, png, svg, terminal
from print.symbols import LEVELS

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
HOSTS = ("CLASS.EXAMPLE.CN", "LESSONS.SCHOOL-42.EDU.CN", "PORTAL.CLASS.EXAMPLE-SCHL.ORG")  # 16, 24, 29 characters
URL = "https://CLASS.EXAMPLE.CN/S/AEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQ"


def links(count: int, host: str = HOSTS[0], token: int = 36) -> list[str]:
    chance = random.Random(f"{host} {token}")
    return [f"https://{host}/S/{''.join(chance.choices(ALPHABET, k=token))}" for _ in range(count)]


def by_library(text: str, level: str) -> tuple[tuple[bool, ...], ...]:
    code = qrcode.QRCode(error_correction=LEVELS[level], border=0)
    code.add_data(text)
    code.make()
    return tuple(map(tuple, code.modules))


@pytest.mark.parametrize("token", [36, 39])
@pytest.mark.parametrize("host", HOSTS)
def test_codes_are_what_the_library_draws(host: str, token: int) -> None:
    # 300 of one shape: some 200 are drawn by the library, the others are sums of those.
    texts = links(300, host, token)
    codes = [encode(text, "Q") for text in texts]
    for text, code in [*zip(texts, codes, strict=True)][::13]:
        assert code.modules == by_library(text, code.level)


@pytest.mark.parametrize(("token", "level", "shape"), [(36, "Q", (4, "Q")), (39, "Q", (5, "Q")), (39, "M", (4, "M"))])
def test_codes_of_each_shape_in_use_are_bit_for_bit_the_librarys(
    token: int, level: str, shape: tuple[int, str]
) -> None:
    """2,100 in all, drawn with the mask that the code has: the test above compares the choice, which takes the library 3 ms."""
    for text in links(700, HOSTS[0], token):
        code = encode(text, level)
        assert (code.version, code.level) == shape
        rows = code.modules
        mask = 4 * (not rows[8][2]) + 2 * rows[8][3] + (not rows[8][4])  # ISO/IEC 18004 §7.9
        library = qrcode.QRCode(code.version, LEVELS[code.level], border=0, mask_pattern=mask)
        library.add_data(text)
        library.make(fit=False)
        assert rows == tuple(map(tuple, library.modules))


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
@pytest.mark.parametrize(
    "text",
    [
        "https://A.CN/",
        "http://127.0.0.1:8000/S/AEAQCAIB",
        "https://example.com/a/lower/case?x=1",
        "https://A.CN/" + "7" * 200,
    ],
)
def test_codes_of_other_shapes_are_what_the_library_draws(text: str, level: str) -> None:
    code = encode(text, level)
    assert code.modules == by_library(text, code.level)


def test_a_code_knows_its_size_and_text() -> None:
    code = encode(URL, "Q")
    assert (code.text, code.version, code.level, code.size) == (URL, 4, "Q", 33)
    assert len(code.modules) == 33
    assert {len(row) for row in code.modules} == {33}


@pytest.mark.parametrize("token", [36, 39])
@pytest.mark.parametrize("host", [*HOSTS, "PORTAL.CLASS.EXAMPLE-SCHOOL.CN"])
def test_share_links_need_version_5_at_most_on_paper(host: str, token: int) -> None:
    assert all(encode(link, "Q").version <= 5 for link in links(20, host, token))


def test_the_scheme_is_a_byte_segment_and_the_rest_alphanumeric() -> None:
    # 5 bytes and 58 alphanumeric characters fill version 4-Q (67 alphanumeric characters, 46 bytes) exactly.
    assert encode(URL, "Q").version == 4
    assert len(URL) == 63
    assert encode(URL.replace("/S/", "/s/"), "Q").version > 4


def test_a_higher_level_is_taken_where_it_is_free() -> None:
    assert encode(URL, "M").level == "Q"
    assert encode(URL, "M").version == 4
    assert (encode(URL, "L").version, encode(URL, "L").level) == (3, "L")


def test_the_level_asked_for_is_a_floor() -> None:
    assert encode(URL, "H").level == "H"
    assert encode(URL, "H").version > encode(URL, "Q").version


def test_a_link_that_only_the_lowest_level_holds_gets_that_level() -> None:
    assert encode("https://EXAMPLE.COM/" + "A" * 4000, "L").level == "L"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        "HTTPS://CLASS.EXAMPLE.CN/S/A",
        "ftp://example.com/",
        "https://班级.cn/S/A",
        "https://example.com/a b",
        "https://example.com/\r\nX",
        "https://example.com/" + "A" * 5000,
    ],
)
def test_anything_but_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"address"):
        encode(text)


def test_png_reads_back_at_every_scale(read_codes: Callable) -> None:
    for scale in (1, 2, 3, 8):
        image = Image.open(BytesIO(png(encode(URL), scale)))
        assert (image.mode, image.size) == ("1", ((33 + 8) * scale,) * 2)
        if scale > 1:
            assert [seen.text for seen in read_codes(image)] == [URL]


def test_png_has_a_quiet_zone_of_4_modules() -> None:
    image = Image.open(BytesIO(png(encode(URL), 5))).convert("L").point(lambda value: 255 - value)
    assert image.getbbox() == (20, 20, 20 + 33 * 5, 20 + 33 * 5)


def test_svg_reads_back(read_codes: Callable) -> None:
    page = HTML(string=f"<style>@page{{size:60mm;margin:0}}body{{margin:0}}</style>{svg(encode(URL))}").write_pdf()
    image = pypdfium2.PdfDocument(page)[0].render(scale=150 / 72).to_pil()
    assert [seen.text for seen in read_codes(image)] == [URL]


def test_svg_draws_exactly_the_modules() -> None:
    code = encode(URL)
    root = ElementTree.fromstring(svg(code))
    ground, modules = root.findall("{*}path")
    assert root.get("viewBox") == "0 0 41 41"
    assert (root.get("role"), root.get("shape-rendering"), root.findtext("{*}title")) == ("img", "crispEdges", URL)
    assert (ground.get("fill"), ground.get("d")) == ("#fff", "M0 0h41v41H0z")
    drawn = {
        (x, int(y))
        for left, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", modules.get("d"))
        for x in range(int(left), int(left) + int(width))
    }
    assert drawn == {(x + 4, y + 4) for y, row in enumerate(code.modules) for x, dark in enumerate(row) if dark}


def test_svg_escapes_its_title() -> None:
    link = "https://example.com/?a=1&b=<script>"
    assert ElementTree.fromstring(svg(encode(link))).findtext("{*}title") == link


def test_terminal_reads_back_in_black_on_white(read_codes: Callable) -> None:
    lines = terminal(encode(URL)).split("\n")
    assert all(line.startswith("\x1b[38;5;16;48;5;231m") and line.endswith("\x1b[0m") for line in lines)
    halves = {block: pair for pair, block in HALF_BLOCKS.items()}
    rows = [[halves[block][half] for block in re.sub(r"\x1b\[[\d;]*m", "", line)] for line in lines for half in (0, 1)]
    image = Image.new("1", (len(rows[0]), len(rows)))
    image.putdata([not dark for row in rows for dark in row])
    assert [seen.text for seen in read_codes(image.resize((image.width * 4, image.height * 4)))] == [URL]
