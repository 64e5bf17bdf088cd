"""Layouts as data: cells on the page, boxes in their cell, own layouts checked."""

import math
import pickle
import subprocess
import sys
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from print.boxes import Box, Design
from print.designs import PARTS
from print.filling import filled
from print.fitting import line_height
from print.layouts import DOT, LAYOUTS, MARGIN, Grid, GridRefused, Layout, SheetRefused, own
from print.options import Fit, Options
from print.placing import pages_of
from print.sheets import Slip
from print.stock import LABELS

GRIDS = (1, 2, 4, 6, 8, 10, 12, 15, 18, 21, 24, 27, 30, 40, 65)
PERSONAL = frozenset({"title", "course", "student", "spoken", "address", "serial"})


def boxes(design: Design) -> dict[str, Box]:
    """Every box that has a place of its own."""
    named = {name: getattr(design, name) for name in ("code", "logo", "cover")}
    named |= {name: getattr(design, name) and getattr(design, name).box for name in ("spoken", "address")}
    named |= {f"step {number}": step.box for number, step in enumerate(design.steps)}
    if design.head or design.foot:
        named["column"] = design.column
    return {name: box for name, box in named.items() if box}


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x + 1e-6 < other.x + other.width
        and other.x + 1e-6 < one.x + one.width
        and one.y + 1e-6 < other.y + other.height
        and other.y + 1e-6 < one.y + one.height
    )


def test_layouts_are_found_by_name() -> None:
    wanted = {f"a4-{count}" for count in GRIDS} | {f"letter-{count}" for count in GRIDS if count != 65}
    wanted |= {f"{paper}-{kind}" for paper in ("a4", "letter") for kind in ("poster", "tent", "card", "postcard")}
    assert set(LAYOUTS) == wanted | set(LABELS)
    assert next(iter(LAYOUTS)) == "a4-24"
    assert all(name == layout.name for name, layout in LAYOUTS.items())
    assert all(LAYOUTS[f"a4-{count}"].per_page == count for count in GRIDS)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_cells_lie_on_the_page(layout: Layout) -> None:
    assert layout.grid.problems() == []
    assert len(set(layout.corners)) == layout.per_page
    left, top = layout.corners[-1]
    assert left + layout.grid.cell_width <= layout.page_width + 1e-6
    assert top + layout.grid.cell_height <= layout.page_height + 1e-6
    assert pickle.loads(pickle.dumps(layout)) == layout  # it goes to worker processes


def check_boxes(layout: Layout, parts: frozenset[str]) -> None:
    for face in layout.faces(parts):
        design = face.design
        assert 0 <= face.x <= layout.grid.cell_width - design.width + 1e-6
        assert 0 <= face.y <= layout.grid.cell_height - design.height + 1e-6
        for name, box in boxes(design).items():
            assert min(box.width, box.height) > 0, name
            assert min(box.x, box.y) >= -1e-6, name
            assert box.x + box.width <= design.width + 1e-6, name
            assert box.y + box.height <= design.height + 1e-6, name
        # Listed steps stand inside the column, between what is at its top and at its foot.
        apart = [item for item in boxes(design).items() if design.side_by_side or not item[0].startswith("step")]
        for (name, one), (other_name, other) in combinations(apart, 2):
            assert not overlap(one, other), (name, other_name)
        assert set(design.missing) <= parts


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize(
    "parts", [frozenset(), frozenset({"title"}), PERSONAL, PARTS], ids=["code", "title", "personal", "all"]
)
def test_boxes_lie_in_their_cell_and_beside_each_other(layout: Layout, parts: frozenset[str]) -> None:
    check_boxes(layout, parts)


@settings(max_examples=300, deadline=None)
@given(
    width=st.floats(15, 400),
    height=st.floats(15, 400),
    parts=st.frozensets(st.sampled_from(sorted(PARTS))),
    kind=st.sampled_from(["slips", "poster"]),
)
def test_boxes_lie_in_cells_of_any_size(width: float, height: float, parts: frozenset[str], kind: str) -> None:
    check_boxes(Layout("any", Grid(1000, 1000, 0, 0, 1, 1, width, height), kind), parts)


@pytest.mark.parametrize("layout", [each for each in LAYOUTS.values() if not each.stock], ids=lambda each: each.name)
def test_nothing_on_plain_paper_is_nearer_to_its_edge_than_10_mm(layout: Layout) -> None:
    for parts in (frozenset(), PERSONAL, PARTS):
        for place in pages_of(layout.per_page, layout, parts)[0]:
            design = layout.faces(parts)[place.face].design
            assert min(place.x, place.y) >= MARGIN - 1e-6
            assert place.x + design.width <= layout.page_width - MARGIN + 1e-6
            assert place.y + design.height <= layout.page_height - MARGIN + 1e-6


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_share_links_of_a_short_host_get_modules_of_half_a_millimetre_on_whole_dots(layout: Layout) -> None:
    for parts in (frozenset(), PERSONAL, PARTS):
        module = layout.module(33, parts)  # version 4
        assert module >= 0.5
        assert module / DOT == pytest.approx(round(module / DOT))


def test_a_student_has_a_place_on_every_slip_but_the_smallest() -> None:
    for name, layout in LAYOUTS.items():
        missing = {part for face in layout.faces(PERSONAL) for part in face.design.missing}
        assert ("student" in missing) == (name == "a4-65"), name
        assert "spoken" not in missing, name


def test_the_smallest_labels_carry_the_code_and_the_spoken_code() -> None:
    (face,) = LAYOUTS["a4-65"].faces(PERSONAL)
    assert face.design.missing == ("address", "course", "serial", "student", "title")
    assert set(boxes(face.design)) == {"code", "spoken"}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_long_texts_do_not_reach_one_another(layout: Layout) -> None:
    long = "很长的 long " * 60
    slip = Slip(
        "", long, long, long, "2024" * 9, "7K4-M2XQ", "a-very-long-host.of-a-school.example.org/go", (long,) * 3, long
    )
    for parts in (PERSONAL, PERSONAL - {"student"}, PARTS):
        for face in layout.faces(parts):
            design, cell = face.design, filled(slip, face.design)
            steps = [] if design.side_by_side else [step.box for step in design.steps]
            bottom = design.column.y + design.column.height
            foot = bottom - sum(line_height(line.size) for line in cell.foot)
            below = sum(line_height(line.size) for line in cell.below)
            head = cell.top + (cell.title.height + design.gap if cell.title else 0) + below
            marks = [head, *(edge for box in steps for edge in (box.y, box.y + box.height)), foot]
            assert all(one <= other + 1e-6 for one, other in pairwise(marks)), marks
            assert design.column.y - 1e-6 <= cell.top
            for fitted, step in zip(cell.steps, design.steps, strict=False):
                assert fitted.height <= step.box.height + 1e-6


def test_a_code_too_fine_for_the_layout_is_refused() -> None:
    small = LAYOUTS["a4-24"]
    assert small.module(45) >= 0.5
    with pytest.raises(SheetRefused, match=r"57 × 57 modules .* a4-24: a module would be 0\.4\d mm") as refused:
        small.module(57)
    assert refused.value.reason.format(**refused.value.values) == str(refused.value)
    with pytest.raises(SheetRefused, match=r"37 × 37 modules .* use a shorter address"):
        LAYOUTS["a4-65"].module(37)
    assert LAYOUTS["a4-poster"].module(57, PERSONAL) > 1.7


def test_cells_are_computed_from_margins_and_gaps() -> None:
    grid = Grid.from_margins((210, 297), 3, 8, (9, 10.5, 9, 10.5), (3, 1))
    assert (grid.cell_width, grid.cell_height) == pytest.approx((62, 269 / 8))
    assert grid.corners[4] == pytest.approx((9 + 65, 10.5 + grid.cell_height + 1))
    inches = Grid.from_margins((8.5, 11), 3, 10, (0.1875, 0.5, 0.1875, 0.5), (0.125, 0), unit="in")
    ours = LAYOUTS["avery-5160"].grid
    assert (inches.cell_width, inches.cell_height) == pytest.approx((ours.cell_width, ours.cell_height))
    assert inches.corners[-1] == pytest.approx(ours.corners[-1])


@pytest.mark.parametrize(
    ("page", "columns", "rows", "margins", "gaps", "fields"),
    [
        ((210, 297), 3, 8, (-1, 10, 10, -20), (0, 0), {"left", "bottom"}),
        ((210, 297), 0, 8, (10, 10, 10, 10), (0, 0), {"columns"}),
        ((210, 297), 30, 80, (10, 10, 10, 10), (0, 0), {"rows", "cell_width", "cell_height"}),
        ((210, 297), 2, 2, (150, 10, 150, 10), (0, 0), {"cell_width"}),
        ((210, 297), 2, 2, (10, 10, 10, 10), (-5, -5), {"gap_x", "gap_y"}),
        ((0, 9999), 2, 2, (0, 0, 0, 0), (0, 0), {"page_width", "page_height", "cell_width", "cell_height"}),
        ((math.nan, math.inf), 2, 2, (0, 0, 0, 0), (0, 0), {"page_width", "page_height", "cell_width", "cell_height"}),
    ],
)
def test_an_own_layout_that_no_paper_can_have_is_refused_with_all_reasons(
    page: tuple, columns: int, rows: int, margins: tuple, gaps: tuple, fields: set[str]
) -> None:
    with pytest.raises(GridRefused) as refused:
        Grid.from_margins(page, columns, rows, margins, gaps)
    assert {problem.field for problem in refused.value.problems} == fields
    for problem in refused.value.problems:
        assert str(problem) == problem.reason.format(**problem.values)
        assert "{" not in str(problem)


def test_cells_that_leave_the_page_are_named_with_where_they_end() -> None:
    grid = Grid(210, 297, 10, 10, 3, 8, 70, 40)
    assert list(map(str, grid.problems())) == [
        "The cells end at 220 mm, and the page at 210 mm.",
        "The cells end at 330 mm, and the page at 297 mm.",
    ]
    with pytest.raises(GridRefused, match="220 mm"):
        own("ours", grid)
    assert own("ours", Grid(210, 297, 0, 0, 3, 8, 70, 37.125)).marks == "none"


def test_skipped_cells_stay_free_and_fully_peeled_sheets_are_no_pages() -> None:
    layout = LAYOUTS["avery-l7163"]
    skip = frozenset({0, 1, 5, 13, *range(14, 28), 29})
    places = [[place.cell for place in page] for page in pages_of(14, layout, skip=skip)]
    assert places == [[2, 3, 4, 6, 7, 8, 9, 10, 11, 12], [0, 2, 3, 4]]
    slips = [place.slip for page in pages_of(14, layout, skip=skip) for place in page]
    assert slips == list(range(14))


def test_backs_of_postcards_are_mirrored() -> None:
    layout = LAYOUTS["a4-postcard"]
    front, back = pages_of(3, layout)
    assert [(place.slip, place.cell) for place in front] == [(0, 0), (1, 1), (2, 2)]
    assert [(place.slip, place.cell) for place in back] == [(0, 1), (1, 0), (2, 3)]
    for one, other in zip(front, back, strict=True):
        width = layout.faces()[0].design.width
        assert one.x + width == pytest.approx(layout.page_width - other.x)  # seen through the paper, edge on edge
        assert one.y == other.y


def test_options_and_fits_that_make_no_sense_are_refused() -> None:
    for wrong in ({"parts": frozenset({"qr"})}, {"marks": "dots"}, {"logo": b"<svg/>"}):
        with pytest.raises(ValueError, match=r"unknown|neither"):
            Options(**wrong)
    for wrong in ({"scale_x": 0.0}, {"scale_y": math.nan}, {"offset_x": 99.0}):
        with pytest.raises(ValueError, match="a printer's"):
            Fit(**wrong)


def test_codes_and_layouts_do_not_load_weasyprint() -> None:
    script = "import sys, print.codes, print.layouts, print.sheets; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
