"""Pages kept for many phones: each gets its own values, whole or compressed, and a new page when what it shows is new."""

import gzip
import zlib

import pytest

from portal.student.kept_pages import DerivedCache, KeptPage, blank

PAGE = f"<p>{'课 lesson ' * 400}</p>{blank('name')}<b>{blank('code')}</b>{blank('name')}"


@pytest.mark.parametrize("name", ["", "王小明", "<script>alert(1)</script>", "x" * 70_000, "\0\n&\"'"])
def test_compressed_page_is_the_page(name: str) -> None:
    page = KeptPage.of(PAGE)
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
    page = KeptPage.of(text)
    assert gzip.decompress(page.gzipped({"code": "K"})).decode() == page.filled({"code": "K"})


def test_browsers_read_it_piece_by_piece() -> None:
    """A decoder that gets one byte at a time, as a slow network brings them."""
    page = KeptPage.of(PAGE)
    decoder = zlib.decompressobj(31)
    read = b"".join(decoder.decompress(bytes([byte])) for byte in page.gzipped({"name": "A", "code": "B"}))
    assert decoder.eof
    assert read.decode() == page.filled({"name": "A", "code": "B"})


def test_compression_is_worth_it() -> None:
    page = KeptPage.of(PAGE)
    values = {"name": "王小明", "code": "K7"}
    assert len(page.gzipped(values)) < len(page.filled(values).encode()) / 10


def test_value_is_made_anew_when_it_was_made_of_something_else() -> None:
    cache, card, other = DerivedCache[str](10), object(), object()
    assert cache.get("key", card, lambda: "first") == "first"
    assert cache.get("key", card, lambda: "second") == "first"
    assert cache.get("key", other, lambda: "second") == "second"
    assert cache.get("key", card, lambda: "third") == "third"


def test_value_that_was_not_asked_for_longest_makes_room() -> None:
    cache, card = DerivedCache[str](2), object()
    for key in "abac":
        cache.get(key, card, lambda key=key: key)
    assert [cache.get(key, card, lambda: "new") for key in "acb"] == ["a", "c", "new"]


def test_value_that_could_not_be_made_is_not_kept() -> None:
    cache, card = DerivedCache[str](2), object()
    with pytest.raises(ZeroDivisionError):
        cache.get("key", card, lambda: str(1 // 0))
    assert cache.get("key", card, lambda: "made") == "made"
