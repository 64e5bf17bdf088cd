"""Single codes: the size that was asked for, whole pixels, and an independent reader."""

import io
import re

import pytest
import zxingcpp
from PIL import Image

from print.codes import QUIET, encode
from print.layouts import SheetRefused
from print.single import check_size, least_side, sized_png, sized_svg

URL = "https://CLASS.EXAMPLE.COM/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZ"
CODE = encode(URL, "Q")


@pytest.mark.parametrize(("side", "dpi"), [(30, 300), (25.4, 203), (40, 600), (23.5, 1200), (120, 150), (200, 72)])
def test_png_is_as_large_as_asked_with_whole_pixels_a_module(side: float, dpi: int) -> None:
    image = Image.open(io.BytesIO(sized_png(CODE, side, dpi)))
    assert image.mode == "1"
    assert image.width == image.height == round(side / 25.4 * dpi)
    assert image.info["dpi"] == pytest.approx((dpi, dpi), rel=1e-3)
    assert image.width / image.info["dpi"][0] * 25.4 == pytest.approx(side, abs=25.4 / dpi)
    ink = image.convert("L").point(lambda value: 255 - value).getbbox()
    scale, rest = divmod(ink[2] - ink[0], CODE.size)
    assert rest == 0
    assert scale * 25.4 / dpi >= 0.5
    assert min(ink[0], ink[1], image.width - ink[2], image.height - ink[3]) >= QUIET * scale
    cut = image.crop(ink)
    once = cut.resize((CODE.size, CODE.size), Image.Resampling.NEAREST)
    assert once.resize(cut.size, Image.Resampling.NEAREST).tobytes() == cut.tobytes(), "nothing is resampled"
    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [URL]


def test_svg_says_its_size_and_keeps_its_quiet_zone() -> None:
    drawn = sized_svg(CODE, 37.5)
    assert re.match(r'<svg width="37.5mm" height="37.5mm" xmlns="[^"]+" viewBox="0 0 (\d+) \1"', drawn)
    assert f'viewBox="0 0 {CODE.size + 8} {CODE.size + 8}"' in drawn


@pytest.mark.parametrize("dpi", [None, 150, 203, 300, 600])
def test_code_that_is_too_fine_is_refused_with_the_size_that_is_enough(dpi: int | None) -> None:
    enough = least_side(CODE, dpi)
    check_size(CODE, enough, dpi)
    with pytest.raises(SheetRefused, match=rf"phones need 0.5 mm. Choose {enough:g} mm or more.") as refused:
        check_size(CODE, enough - 0.3, dpi)
    assert float(refused.value.values["module"]) < 0.5


@pytest.mark.parametrize(
    ("side", "dpi"), [(0, 300), (-3, 300), (1001, 72), (float("nan"), 300), (40, 71), (40, 2401), (500, 1200)]
)
def test_size_that_nobody_prints_is_refused(side: float, dpi: int) -> None:
    with pytest.raises(SheetRefused):
        sized_png(CODE, side, dpi)
