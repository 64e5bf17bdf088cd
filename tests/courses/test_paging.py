"""A page that is not there is the nearest one."""

import pytest

from courses.paging import Paging, page_of


@pytest.mark.parametrize(
    ("total", "wanted", "expected"),
    [
        (0, 1, Paging(1, 1, 0)),
        (0, 7, Paging(1, 1, 0)),
        (50, 1, Paging(1, 1, 0)),
        (50, 2, Paging(1, 1, 0)),
        (51, 2, Paging(2, 2, 50)),
        (51, 3, Paging(2, 2, 50)),
        (120, 2, Paging(2, 3, 50)),
        (120, 0, Paging(1, 3, 0)),
        (120, -3, Paging(1, 3, 0)),
        (120, 10**30, Paging(3, 3, 100)),
    ],
)
def test_page_is_the_nearest_that_is_there(total: int, wanted: int, expected: Paging) -> None:
    assert page_of(total, 50, wanted) == expected


def test_pages_hold_every_row_once() -> None:
    rows = list(range(103))
    places = [page_of(len(rows), 10, number) for number in range(1, 12)]
    assert [row for place in places for row in rows[place.offset : place.offset + 10]] == rows
