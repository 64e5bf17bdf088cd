"""Lists that fit into a request and would take a processor for minutes are refused before their cells are looked at."""

import pytest

from courses.errors import Invalid
from courses.students.lists import read_list
from courses.students.reading import ENTRIES_MAX
from courses.students.separated import CELLS_MAX, read_separated

LARGE = {
    "lines": "1,a\n" * 1_000_000, "separators": "," * 4_000_000, "empty lines": "\n" * 4_000_000,
    "both widths": "，," * 1_300_000, "old line ends": "1\ta\r" * 800_000,
}  # fmt: skip
ONE_CELL = {"letters": "a" * 4_000_000, "marks": '"a' * 2_000_000, "sums": '="' * 2_000_000, "spaces": "1 " * 2_000_000}


@pytest.mark.parametrize("name", LARGE)
def test_list_of_millions_of_cells_is_refused_before_it_is_cut(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_separated(LARGE[name])
    assert str(CELLS_MAX) in str(refused.value.fields["roster"])


@pytest.mark.parametrize("name", ONE_CELL)
def test_cell_of_megabytes_is_no_name(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_list(read_separated(ONE_CELL[name]))
    assert "more text than fits" in str(refused.value.lines[0][1])


def test_largest_list_is_read() -> None:
    rows = "".join(f"N{number},{'名' * 90}{number},{'group ' * 9}\n" for number in range(ENTRIES_MAX))
    assert len(read_list(read_separated("Number,Name,Group\n" + rows)).entries) == ENTRIES_MAX
