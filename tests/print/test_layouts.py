"""Every layout fits its page and prints codes that can be read."""

import subprocess
import sys
from itertools import combinations

import pytest

from print.layouts import LAYOUTS, Box, Layout, SheetRefused


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def boxes(layout: Layout) -> list[Box]:
    return [layout.code, layout.text, layout.spoken, *layout.steps, *([layout.address] if layout.address else [])]


def test_layouts_are_found_by_name() -> None:
    assert {"a4-24", "a4-poster"} <= set(LAYOUTS)
    assert all(name == layout.name for name, layout in LAYOUTS.items())


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_cells_lie_on_the_page(layout: Layout) -> None:
    assert layout.left + layout.columns * layout.cell_width <= layout.page_width
    assert layout.top + layout.rows * layout.cell_height <= layout.page_height
    assert len(set(layout.corners)) == layout.per_page == layout.columns * layout.rows


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_boxes_lie_in_their_cell_and_beside_each_other(layout: Layout) -> None:
    for box in boxes(layout):
        assert min(box.x, box.y) >= 0
        assert box.x + box.width <= layout.cell_width
        assert box.y + box.height <= layout.cell_height
    assert not any(overlap(one, other) for one, other in combinations(boxes(layout), 2))


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_codes_keep_10_mm_from_the_papers_edge(layout: Layout) -> None:
    assert layout.code.width == layout.code.height
    for left, top in layout.corners:
        x, y = left + layout.code.x, top + layout.code.y
        assert 10 <= x <= layout.page_width - layout.code.width - 10
        assert 10 <= y <= layout.page_height - layout.code.height - 10


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_share_links_get_modules_of_more_than_6_tenths_of_a_millimetre(layout: Layout) -> None:
    assert layout.module(37) > 0.6  # version 5


def test_a_code_too_fine_for_the_layout_is_refused() -> None:
    small = LAYOUTS["a4-24"]
    assert small.module(45) >= 0.5
    with pytest.raises(SheetRefused, match=r"57 × 57 modules .* a4-24: a module would be 0\.43 mm") as refused:
        small.module(57)
    assert refused.value.reason.format(**refused.value.values) == str(refused.value)
    assert LAYOUTS["a4-poster"].module(57) > 1.9


def test_codes_and_layouts_do_not_load_weasyprint() -> None:
    script = "import sys, print.codes, print.layouts, print.sheets; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
