"""Long lists a page at a time: which page is shown, of how many."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paging:
    """`page` is one of 1 to `pages`, and `offset` the number of rows on the pages before it."""

    page: int
    pages: int
    offset: int


def page_of(total: int, size: int, wanted: int) -> Paging:
    """The wanted page of `total` rows, `size` to a page; a page that is not there is the nearest one. No rows are one page."""
    pages = max(1, -(-total // size))
    page = min(max(1, wanted), pages)
    return Paging(page, pages, (page - 1) * size)
