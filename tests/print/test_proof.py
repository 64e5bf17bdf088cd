"""The proof passes sheets as they come, and refuses those that are broken on purpose."""

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from print.boxes import Box
from print.codes import QUIET
from print.layouts import LAYOUTS
from print.options import Fit, Options
from print.proof import SAMPLE, Expected, Unread, expected, prove, sample
from print.sheets import Slip, render

LAYOUT = LAYOUTS["a4-24"]
MM = 72 / 25.4


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., tuple[Path, list[list[Expected]]]]:
    """A real sheet in a file, and what should be on it."""

    def draw(slips: Sequence[Slip], layout: str = "a4-24", **more: object) -> tuple[Path, list[list[Expected]]]:
        path = tmp_path / "sheet.pdf"
        path.write_bytes(render(slips, LAYOUTS[layout], title="Tea", language="zh", **more))
        return path, expected(slips, LAYOUTS[layout], **more)

    return draw


def proved(path: Path, pages: list[list[Expected]]) -> list[Unread]:
    return prove(path, dict(enumerate(pages)))


def spoil(path: Path, box: Box, colour: tuple[int, int, int, int], text: str = "") -> None:
    """Print over a finished page, as a wrong template would: a filled box or a large text."""
    document = pypdfium2.PdfDocument(path.read_bytes())
    page = document[0]
    left, bottom = box.x * MM, page.get_height() - (box.y + box.height) * MM
    if text:
        item = pdfium.FPDFPageObj_NewTextObj(document.raw, b"Helvetica-Bold", ctypes.c_float(box.height * MM))
        letters = (text + "\0").encode("utf-16-le")
        pdfium.FPDFText_SetText(item, ctypes.cast(letters, pdfium.FPDF_WIDESTRING))
        pdfium.FPDFPageObj_Transform(item, 1, 0, 0, 1, left, bottom)
    else:
        item = pdfium.FPDFPageObj_CreateNewRect(left, bottom, box.width * MM, box.height * MM)
        pdfium.FPDFPath_SetDrawMode(item, pdfium.FPDF_FILLMODE_ALTERNATE, False)
    pdfium.FPDFPageObj_SetFillColor(item, *colour)
    pdfium.FPDFPage_InsertObject(page.raw, item)
    page.gen_content()
    document.save(path)


@pytest.mark.parametrize("layout", ["a4-24", "a4-poster", "a4-tent", "a4-postcard", "a4-65", "avery-l4784"])
def test_sheet_as_it_comes_is_proved(draw: Callable, slips: Callable, layout: str) -> None:
    path, pages = draw(slips(3 * LAYOUTS[layout].per_page // 2 + 1, course="Biology", serial="P1-001"), layout)
    assert sum(map(len, pages)) >= 2
    assert proved(path, pages) == []


def test_sheet_for_a_printer_on_half_used_labels_is_proved(draw: Callable, slips: Callable) -> None:
    fit = Fit(1.5, -1.0, 1.02, 0.99)
    path, pages = draw(slips(30), skip=frozenset({0, 1, 2, 9}), fit=fit, options=Options(marks="cut"))
    assert [len(page) for page in pages] == [20, 10]
    assert proved(path, pages) == []


def test_five_ways_to_break_a_sheet_are_refused(draw: Callable, slips: Callable) -> None:
    made = slips(4)
    broken: dict[str, list[Unread]] = {}

    path, pages = draw(made)
    box, module = pages[0][1].box, pages[0][1].box.width / (pages[0][1].size + 2 * QUIET)
    side = Box(box.x, box.y, QUIET * module, box.height)
    spoil(path, side, (0, 0, 0, 255))
    broken["border"] = proved(path, pages)

    path, pages = draw(made)
    spoil(path, box, (255, 255, 255, 150))
    broken["contrast"] = proved(path, pages)

    path, pages = draw(made, "a4-65", fit=Fit(scale_x=0.8, scale_y=0.8))
    broken["module"] = proved(path, pages)

    path, pages = draw(made)
    third = box.height / 3
    spoil(path, Box(box.x + 3, box.y + third, box.width, third), (0, 0, 0, 255), "TEA 123")
    broken["text"] = proved(path, pages)

    path, pages = draw(made)
    wrong = [replace(each, text=pages[0][(n + 1) % 4].text) for n, each in enumerate(pages[0])]
    broken["payload"] = proved(path, [wrong])

    assert {name: [each.slip for each in found] for name, found in broken.items()} == {
        "border": [1], "contrast": [1], "module": [0, 1, 2, 3], "text": [1], "payload": [0, 1, 2, 3],
    }  # fmt: skip
    assert str(broken["border"][0]) == "The white border of the code is not white all around."
    assert str(broken["contrast"][0]).startswith("The contrast is 4")
    assert str(broken["module"][0]).startswith("A module is 0.4")
    assert str(broken["text"][0]).startswith(("The code cannot be read", "The white border"))
    assert str(broken["payload"][0]) == "Another code is where this one should be."


def test_code_of_another_page_is_missed_where_it_should_be(draw: Callable, slips: Callable) -> None:
    path, pages = draw(slips(30))
    found = prove(path, {1: pages[0]})
    assert [each.slip for each in found] == list(range(24))
    assert {each.page for each in found} == {1}


def test_long_runs_are_sampled_by_page_from_the_first_to_the_last() -> None:
    one = Expected(0, "", 33, Box(0, 0, 30, 30))
    few = [[one] * 24] * 20 + [[]]
    assert sample(few) == list(range(20))
    many = [[one] * 24] * 99 + [[one]]
    pages = sample(many)
    assert (pages[0], pages[-1]) == (0, 99)
    assert sum(len(many[page]) for page in pages) >= SAMPLE
    assert len(pages) < 25
    assert max(late - early for early, late in pairwise(pages)) <= 6


def test_note_stands_at_the_foot_where_there_is_room(slips: Callable, read_sheet: Callable) -> None:
    notes = ["P1 · 24 of 24 codes on this page were read back", "P1 · 6 of 6 codes on this page were read back"]
    sheet = read_sheet(render(slips(30), LAYOUT, title="Tea", language="en", notes=notes))
    for number, note in enumerate(notes):
        assert note in sheet.text(number)
        foot = [each for each in sheet.characters(number) if each.top > 287]
        assert "".join(each.text for each in foot) == note.replace(" ", "")
        assert max(each.bottom for each in foot) < 293
    full = LAYOUTS["a4-postcard"]  # its cells reach the paper's edge
    bare = render(slips(1), full, title="Tea", language="en")
    assert render(slips(1), full, title="Tea", language="en", notes=["x", "x"]) == bare
