"""Pages kept for many phones: each gets its own values, whole or compressed, and a new page when what it shows is new."""

import gzip
import zlib

import pytest

from portal.student.kept_pages import KeptPages, blank


def kept(text: str):
    return KeptPages().page("key", None, lambda: text)


PAGE = f"<p>{'课 lesson ' * 400}</p>{blank('name')}<b>{blank('code')}</b>{blank('name')}"


@pytest.mark.parametrize("name", ["", "王小明", "<script>alert(1)</script>", "x" * 70_000, "\0\n&\"'"])
def test_compressed_page_is_the_page(name: str) -> None:
    page = kept(PAGE)
    values = {"name": name, "code": 7}
    plain = page.filled(values)
    small = page.gzipped(values)
    assert gzip.decompress(small).decode() == plain
    assert "<script" not in plain
    assert plain.endswith("<b>7</b>" + plain.split("</p>")[1].split("<b>")[0])


@pytest.mark.parametrize(
    "text",
    ["", "a", blank("code"), f"{blank('code')}{blank('code')}", "plain"],
    ids=["empty", "letter", "blank", "blanks", "plain"],
)
def test_pages_of_any_form_are_compressed(text: str) -> None:
    page = kept(text)
    assert gzip.decompress(page.gzipped({"code": "K"})).decode() == page.filled({"code": "K"})


def test_browsers_read_it_piece_by_piece() -> None:
    """A decoder that gets one byte at a time, as a slow network brings them."""
    page = kept(PAGE)
    decoder = zlib.decompressobj(31)
    read = b"".join(decoder.decompress(bytes([byte])) for byte in page.gzipped({"name": "A", "code": "B"}))
    assert decoder.eof
    assert read.decode() == page.filled({"name": "A", "code": "B"})


def test_compression_is_worth_it() -> None:
    page = kept(PAGE)
    values = {"name": "王小明", "code": "K7"}
    assert len(page.gzipped(values)) < len(page.filled(values).encode()) / 10


def test_page_is_rendered_anew_when_it_was_made_of_something_else() -> None:
    pages, card, other = KeptPages(), object(), object()
    first = pages.page("key", card, lambda: "first")
    assert pages.page("key", card, lambda: "second") is first
    assert pages.page("key", other, lambda: "second").filled({}) == "second"
