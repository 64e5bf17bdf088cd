"""A printer that shrinks and shifts: measured on its own print of the ruler, and made up for."""

from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image

from print.fit import RULERS, Measured, Ruler, fault, fit, problems
from print.layouts import LAYOUTS
from print.options import AS_IT_IS, Fit, Options
from print.ruler import ruler_page
from print.sheets import Slip, render

DPI = 300
MM = DPI / 25.4
SHRINKS, RIGHT, DOWN = 0.96, 2.0, 2.0


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    lines = ["Print at 100 %, not “fit to page”.", "用尺子量出四个距离。"]
    return {paper: ruler_page(paper, title="Ruler 标尺", lines=lines, language="en") for paper in RULERS}


def printout(pdf: bytes, *, shrinks: float = 1.0, right: float = 0.0, down: float = 0.0) -> Image.Image:
    """What comes out of a printer that scales the page from its top left and moves it."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=DPI / 72).to_pil().convert("L")
    if (shrinks, right, down) == (1.0, 0.0, 0.0):
        return page
    back = (1 / shrinks, 0, -right * MM / shrinks, 0, 1 / shrinks, -down * MM / shrinks)
    return page.transform(page.size, Image.Transform.AFFINE, back, Image.Resampling.BICUBIC, fillcolor=255)


def measured(image: Image.Image, ruler: Ruler) -> Measured:
    """Finds the frame's lines: the only ones nearly as long as the page on either side of its middle."""
    ink = image.point(lambda value: 255 - value).convert("F")
    near, far = lines(list(ink.resize((ink.width, 1), Image.Resampling.BOX).get_flattened_data()))
    above, below = lines(list(ink.resize((1, ink.height), Image.Resampling.BOX).get_flattened_data()))
    assert far - near > ruler.across * 0.7
    assert below - above > ruler.down * 0.7
    return Measured(near, far - near, above, below - above)


def lines(ink: list[float]) -> tuple[float, float]:
    """Millimetres to the outermost two long lines, each the centre of its ink; `ink` is that of each row of dots."""
    long = [at for at, dark in enumerate(ink) if dark > max(ink) * 0.5]
    centres = []
    for start in (long[0], long[-1]):
        around = range(max(0, start - 4), start + 5)
        least = min(ink[at] for at in around)
        weights = [ink[at] - least for at in around]
        centres.append(sum((at + 0.5) * weight for at, weight in zip(around, weights, strict=True)) / sum(weights) / MM)
    return centres[0], centres[1]


@pytest.mark.parametrize("paper", RULERS)
def test_ruler_is_as_long_as_it_says(pages: dict[str, bytes], paper: str) -> None:
    ruler = RULERS[paper]
    with pypdfium2.PdfDocument(pages[paper]) as document:
        assert len(document) == 1
        assert document[0].get_size() == pytest.approx([side * 72 / 25.4 for side in ruler.page], abs=0.2)
        assert not pypdfium2.raw.FPDF_VIEWERREF_GetPrintScaling(document), "viewers do not scale it"
        text = document[0].get_textpage().get_text_range()
    assert "用尺子量出四个距离。" in text
    found = measured(printout(pages[paper]), ruler)
    for name in ("left", "top", "across", "down"):
        assert getattr(found, name) == pytest.approx(getattr(ruler, name), abs=0.05), name


@pytest.mark.parametrize("paper", RULERS)
def test_fault_of_a_printer_is_found_on_its_ruler(pages: dict[str, bytes], paper: str) -> None:
    ruler = RULERS[paper]
    found = fit(measured(printout(pages[paper], shrinks=SHRINKS, right=RIGHT, down=DOWN), ruler), ruler)
    said = fault(found)
    assert (said.shift_x, said.shift_y) == pytest.approx((RIGHT, DOWN), abs=0.1)
    for length, percent in ((ruler.across, said.percent_x), (ruler.down, said.percent_y)):
        assert length * percent / 100 == pytest.approx(length * (SHRINKS - 1), abs=0.1)


def test_codes_come_out_where_they_should_be(pages: dict[str, bytes]) -> None:
    """The sheet with the fit, printed with the same fault, beside the sheet from a printer without one."""
    ruler = RULERS["a4"]
    found = fit(measured(printout(pages["a4"], shrinks=SHRINKS, right=RIGHT, down=DOWN), ruler), ruler)
    slips = [
        Slip(url=f"https://CLASS.EXAMPLE.COM/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULB{n:04}", title="") for n in range(24)
    ]
    layout, bare = LAYOUTS["a4-24"], Options(parts=frozenset(), marks="none")
    sheets = {
        made: render(slips, layout, title="x", language="en", options=bare, fit=made) for made in (AS_IT_IS, found)
    }
    wanted = printout(sheets[AS_IT_IS])
    corrected = printout(sheets[found], shrinks=SHRINKS, right=RIGHT, down=DOWN)
    uncorrected = printout(sheets[AS_IT_IS], shrinks=SHRINKS, right=RIGHT, down=DOWN)
    for left, top in layout.corners:
        cell = tuple(round(at * MM) for at in (left, top, left + layout.grid.cell_width, top + layout.grid.cell_height))
        assert ink(corrected, cell) == pytest.approx(ink(wanted, cell), abs=0.1)
    assert ink(uncorrected, cell) != pytest.approx(ink(wanted, cell), abs=2), "the fault is one"


def ink(image: Image.Image, cell: tuple[int, ...]) -> tuple[float, ...]:
    """The sides of what is printed in a cell, in millimetres; the edge is where it is half dark."""
    box = image.crop(cell).point(lambda value: 255 if value < 128 else 0).getbbox()
    return tuple(side / MM for side in box)


def test_ruler_with_the_fit_comes_out_right(pages: dict[str, bytes]) -> None:
    ruler = RULERS["a4"]
    found = fit(measured(printout(pages["a4"], shrinks=SHRINKS, right=RIGHT, down=DOWN), ruler), ruler)
    again = ruler_page("a4", title="Check", lines=[], language="en", fit=found)
    result = measured(printout(again, shrinks=SHRINKS, right=RIGHT, down=DOWN), ruler)
    assert result.left == pytest.approx(ruler.left, abs=0.1)
    assert result.across == pytest.approx(ruler.across, abs=0.1)


def applied(made: Fit, x: float, y: float) -> tuple[float, float]:
    """Where a page with this fit has the point that should come out at (x, y)."""
    return x * made.scale_x + made.offset_x, y * made.scale_y + made.offset_y


def test_fit_turns_a_printer_around_exactly() -> None:
    ruler = RULERS["letter"]
    found = fit(Measured(left=20 * 1.02 - 3, across=170 * 1.02, top=20 * 0.97 + 1, down=230 * 0.97), ruler)
    for x, y in ((0.0, 0.0), (20.0, 20.0), (200.0, 270.0)):
        at = applied(found, x, y)
        assert (at[0] * 1.02 - 3, at[1] * 0.97 + 1) == pytest.approx((x, y))
    assert fit(Measured(20, 170, 20, 230), ruler) == Fit()


RIGHT_NUMBERS = Measured(20, 170, 20, 250)


@pytest.mark.parametrize(
    ("changed", "fields"),
    [({}, []), ({"across": 17.0}, ["across"]), ({"across": 0, "down": -3}, ["across", "down"]), ({"left": 60}, ["left"]),
     ({"left": -1, "top": 300}, ["left", "top"]), ({"down": 215}, []), ({"across": float("inf")}, ["across"]),
     ({"top": float("nan")}, ["top"])],
)  # fmt: skip
def test_numbers_that_no_printer_makes_are_named(changed: dict[str, float], fields: list[str]) -> None:
    wrong = problems(replace(RIGHT_NUMBERS, **changed), RULERS["a4"])
    assert [problem.field for problem in wrong] == fields
    if fields:
        with pytest.raises(ValueError, match="not measured"):
            fit(replace(RIGHT_NUMBERS, **changed), RULERS["a4"])
