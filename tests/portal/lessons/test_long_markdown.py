"""Texts that would take a parser seconds: what is beyond the bounds is text, and no letter of it is lost."""

import pytest

from portal.lessons.markdown import render_markdown
from portal.lessons.markdown_blocks import CELLS_MAX
from portal.lessons.markdown_marks import BRACKETS_MAX
from portal.lessons.published_text import published

HEAD = "|a|b|\n|-|-|\n"


def test_table_of_thousands_of_rows_is_text() -> None:
    body = HEAD + "|1|2|\n" * (CELLS_MAX // 2)
    assert "<table" not in render_markdown(body)
    assert published(body).text.count("|1|2|") == CELLS_MAX // 2


def test_short_rows_below_many_titles_are_counted_as_what_they_are_filled_to() -> None:
    body = "|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "|1\n" * 6_000
    assert "<table" not in render_markdown(body)
    assert published(body).text.count("|1") == 6_000


def test_tables_are_counted_together_and_the_first_ones_are_tables() -> None:
    table = HEAD + "|1|2|\n" * 100 + "\n"
    page = render_markdown(table * 30)
    assert 0 < page.count("<table") < 30
    assert render_markdown(table * 10).count("<table") == 10


@pytest.mark.parametrize("brackets", ["[" * 20_000, "[" * 10_000 + "]" * 10_000, "![" * 10_000, "[a]" * 6_000])
def test_brackets_by_the_thousand_are_text(brackets: str) -> None:
    assert "<a" not in render_markdown(brackets)
    assert published(brackets).text == brackets


def test_paragraph_with_many_links_has_them() -> None:
    links = "[a](https://example.org/b) " * BRACKETS_MAX
    assert render_markdown(links).count("<a ") == BRACKETS_MAX
    assert "<a " not in render_markdown(links + "[a](https://example.org/b)")
    assert render_markdown(links + "\n\n" + links).count("<a ") == 2 * BRACKETS_MAX
