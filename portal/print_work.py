"""Parts of print runs, drawn, read back and put together in worker processes. Imports little: each worker waits for it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pypdfium2
from PIL import Image

from courses.errors import Message
from print.layouts import Layout, SheetRefused
from print.options import Fit, Options
from print.proof import Expected, Unread, expected, prove
from print.sheets import Slip, render

#: of a cover on a slip, in pixels: 300 dpi on a slip of 6 cm
COVER = 720


@dataclass(frozen=True)
class Look:
    """How all slips of a run are printed."""

    layout: Layout
    title: str
    language: str
    options: Options
    fit: Fit


@dataclass(frozen=True)
class Drawn:
    """A part that was drawn: its pages, its codes, how many of them were read back, and those that failed, by slip."""

    pages: int
    codes: int
    looked_at: int
    unread: list[Unread]


def draw_part(slips: Sequence[Slip], look: Look, skip: frozenset[int], path: Path, wanted: int) -> Drawn | Message:
    """Write the slips' pages to a file, and read at least `wanted` codes back; or say why they cannot be printed."""
    drawn = _drawn(slips, look, skip)
    if isinstance(drawn, Message):
        return drawn
    path.write_bytes(drawn)
    slips = [replace(slip, cover=_small(slip.cover)) for slip in slips]
    pages = expected(slips, look.layout, options=look.options, skip=skip, fit=look.fit)
    chosen = {number: pages[number] for number in _spread(pages, wanted)}
    return Drawn(len(pages), sum(map(len, pages)), sum(map(len, chosen.values())), prove(path, chosen))


def _spread(pages: Sequence[Sequence[Expected]], wanted: int) -> list[int]:
    """Pages from the first to the last that have together at least so many codes, or all."""
    numbers = [number for number, page in enumerate(pages) if page]
    fewest = min(len(pages[number]) for number in numbers)
    count = min(len(numbers), -(-wanted // max(map(len, pages))) + (fewest < max(map(len, pages))))
    return sorted({numbers[round(n * (len(numbers) - 1) / max(1, count - 1))] for n in range(count)})


def join_parts(parts: Sequence[Path], target: Path) -> None:
    """One file of all pages. The first part's title, language and printing preferences are the whole's."""
    whole = pypdfium2.PdfDocument(parts[0])
    for part in parts[1:]:
        more = pypdfium2.PdfDocument(part)
        whole.import_pages(more)
        more.close()
    whole.save(target)


def draw_preview(slips: Sequence[Slip], look: Look, skip: frozenset[int], width: int) -> bytes | Message:
    """The first page as a PNG that is `width` pixels wide; or why it cannot be printed."""
    drawn = _drawn(slips, look, skip)
    if isinstance(drawn, Message):
        return drawn
    page = pypdfium2.PdfDocument(drawn)[0]
    picture, target = page.render(scale=width / page.get_width()).to_pil().convert("P", colors=64), io.BytesIO()
    picture.save(target, "PNG", optimize=True)
    return target.getvalue()


def _drawn(slips: Sequence[Slip], look: Look, skip: frozenset[int]) -> bytes | Message:
    slips = [replace(slip, cover=_small(slip.cover)) for slip in slips]
    try:
        return render(slips, look.layout, title=look.title, language=look.language, options=look.options, skip=skip,
                      fit=look.fit)  # fmt: skip
    except SheetRefused as error:
        return Message(error.reason, **error.values)


@lru_cache(maxsize=64)
def _small(cover: bytes) -> bytes:
    """A stored picture (any of our formats) as a JPEG of the size that is printed."""
    if not cover:
        return b""
    picture = Image.open(io.BytesIO(cover)).convert("RGB")
    picture.thumbnail((COVER, COVER))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()
