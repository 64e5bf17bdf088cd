"""Label sheets have the measures that Debian's glabels-data knows, a collection made by others; set-up installs it."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from print.layouts import LAYOUTS, Grid
from print.stock import LABELS

TEMPLATES = Path("/usr/share/libglabels-3.0/templates")
UNITS = {"": 25.4 / 72, "pt": 25.4 / 72, "in": 25.4, "mm": 1.0, "cm": 10.0}
PAPERS = {"A4": (210.0, 297.0), "US-Letter": (215.9, 279.4)}
TOLERANCE = 0.1  # mm
FIGURES = ("columns", "rows", "width", "height", "left", "top", "across", "down")

# Where glabels' template is at odds with the maker's figures, and what shows it. All other figures are compared.
DISPUTED = {
    # It is 181.4 pt = 64.0 mm wide there, under the heading "63.5 x 38.1 mm"; Geha Z54 has 63.5 mm and a left margin of 7.2.
    "avery-l7160": {"width", "left"},
    # A pitch of 292 pt = 103.0 mm puts the sheet 0.6 mm off its paper's middle; Geha Z53 has 99.1 mm labels 101.6 mm apart.
    "avery-l7163": {"left", "across"},
    # A gap of 5/32 inch; the same sheet as Worldlabel WL-875 has Avery's 1/8 inch, and 3/16 inch at the sides.
    "avery-5160": {"left", "across"},
    "avery-5260": {"left", "across"},
    # Listed there as equal to L4785. Its pack says 63.5 × 29.6 mm, 27 on a sheet; Geha Z90 is that sheet.
    "avery-l4784": set(FIGURES),
}
# The same die-cut sheet under another maker's number, where the templates hold the disputed figures as we do.
SAME_SHEET = {
    "avery-l7160": ("Geha", "Z54", {"top"}),
    "avery-l7163": ("Geha", "Z53", {"left", "top"}),
    "avery-5160": ("Worldlabel", "WL-875", set()),
    "avery-5260": ("Worldlabel", "WL-875", set()),
    "avery-l4784": ("Geha", "Z90", {"top"}),
    "avery-l4737": ("Geha", "Z90", {"top"}),
}


def templates() -> dict[tuple[str, str], dict[str, float]]:
    """Figures in mm of every rectangular label, by brand and number; a template may be said to be equal to another."""
    elements = {
        (template.get("brand", ""), template.get("part", "")): template
        for file in sorted(TEMPLATES.glob("*.xml"))
        for template in ElementTree.parse(file).getroot().iter()
        if _name(template) == "Template"
    }
    found = {}
    for (brand, part), template in elements.items():
        known = elements.get((brand, template.get("equiv", "")), template)
        for figures in _figures(known):
            found[brand, part] = figures
    return found


def _name(element: ElementTree.Element) -> str:
    return element.tag.split("}")[-1]  # some files name their namespace, some do not


def _figures(template: ElementTree.Element) -> Iterator[dict[str, float]]:
    for label in template:
        layouts = [layout for layout in label if _name(layout) == "Layout"]
        if _name(label) == "Label-rectangle" and len(layouts) == 1 and template.get("size") in PAPERS:
            (layout,) = layouts
            figures = {name: _mm(label.get(name)) for name in ("width", "height")}
            figures |= {
                ours: _mm(layout.get(theirs))
                for ours, theirs in (("left", "x0"), ("top", "y0"), ("across", "dx"), ("down", "dy"))
            }
            yield (
                {"columns": float(layout.get("nx")), "rows": float(layout.get("ny"))}
                | figures
                | {"paper": template.get("size")}
            )


def _mm(length: str | None) -> float:
    number, unit = re.fullmatch(r"([\d.e-]+?)\s*(pt|in|mm|cm|)", length or "0").groups()
    return float(number) * UNITS[unit]


def ours(grid: Grid) -> dict[str, float]:
    return {
        "columns": grid.columns,
        "rows": grid.rows,
        "width": grid.cell_width,
        "height": grid.cell_height,
        "left": grid.left,
        "top": grid.top,
        "across": grid.cell_width + grid.gap_x,
        "down": grid.cell_height + grid.gap_y,
    }


def centred(figures: dict[str, float]) -> dict[str, float]:
    """Margins that put the labels in the middle of their paper, where every die-cut sheet has them; some templates do not."""
    width, height = PAPERS[figures["paper"]]
    return figures | {
        "left": (width - figures["width"] - (figures["columns"] - 1) * figures["across"]) / 2,
        "top": (height - figures["height"] - (figures["rows"] - 1) * figures["down"]) / 2,
    }


@pytest.fixture(scope="module")
def known() -> dict[tuple[str, str], dict[str, float]]:
    assert TEMPLATES.is_dir(), "glabels-data is missing; make set-up-test installs it"
    return templates()


def differences(grid: Grid, figures: dict[str, float]) -> set[str]:
    mine = ours(grid)
    near = [centred(figures), figures]
    return {name for name in FIGURES if all(abs(mine[name] - theirs[name]) > TOLERANCE for theirs in near)}


def test_label_sheets_have_the_measures_that_glabels_knows(known: dict) -> None:
    compared = {}
    for name in LABELS:
        brand, part = name.split("-", 1)
        figures = known.get((brand.capitalize(), part.upper()))
        if figures:
            compared[name] = differences(LAYOUTS[name].grid, figures) - DISPUTED.get(name, set())
    assert set(compared) == {
        "avery-l7160", "avery-l7163", "avery-l4784", "avery-l4785", "avery-5160", "avery-5163", "avery-5260",
    }  # fmt: skip
    assert {name: wrong for name, wrong in compared.items() if wrong} == {}


@pytest.mark.parametrize("name", SAME_SHEET)
def test_disputed_figures_are_those_of_the_same_sheet_under_another_number(name: str, known: dict) -> None:
    brand, part, off = SAME_SHEET[name]
    assert differences(LAYOUTS[name].grid, known[brand, part]) <= off


@pytest.mark.parametrize("name", [name for name in LABELS if name != "durable-1445"])
def test_labels_stand_in_the_middle_of_their_sheet(name: str) -> None:
    """Die-cut sheets are symmetric: a margin typed wrongly shows here. Durable's cards are 12 mm from the top, 15 from the end."""
    grid = LAYOUTS[name].grid
    right, bottom = grid.corners[-1][0] + grid.cell_width, grid.corners[-1][1] + grid.cell_height
    assert grid.page_width - right == pytest.approx(grid.left, abs=0.1)
    assert grid.page_height - bottom == pytest.approx(grid.top, abs=0.1)
