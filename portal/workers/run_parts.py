"""Parts of print runs, drawn and read back in worker processes. Imports little: each worker waits for it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pypdfium2
from PIL import Image

from portal.workers.refusals import refusals_as_conflicts
from print.layouts import Layout
from print.options import Fit, Options
from print.proof import Unread, expected, prove, sample
from print.sheets import Slip, render

#: of a cover on a slip, in pixels: 300 dpi on a slip of 6 cm
COVER = 720
#: of a logo, which is at most 60 mm wide
LOGO = 708


@dataclass(frozen=True)
class Look:
    """How all slips of a run are printed. `notes` stand at the foot of pages that are read back, with `{count}`, and of others."""

    layout: Layout
    title: str
    language: str
    options: Options
    fit: Fit
    notes: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Drawn:
    """A part that was drawn: its pages, its codes, how many of them were read back, and those that failed, by slip."""

    pages: int
    codes: int
    looked_at: int
    unread: list[Unread]


def draw_part(slips: Sequence[Slip], look: Look, skip: frozenset[int], path: Path, wanted: int | None) -> Drawn:
    """Write the slips' pages to a file, and read at least `wanted` codes back, all if None.

    Each page says how many of its codes were read before they are: a file that fails is given to nobody. Raises Conflict
    where they cannot be printed.
    """
    with refusals_as_conflicts():
        pages = expected(slips, look.layout, options=look.options, skip=skip, fit=look.fit)
    chosen = {number: pages[number] for number in sample(pages, wanted)}
    read, unread = look.notes
    notes = [
        (read.format(count=len(page)) if number in chosen else unread) if page else ""
        for number, page in enumerate(pages)
    ]
    path.write_bytes(_drawn(slips, look, skip, notes))
    return Drawn(len(pages), sum(map(len, pages)), sum(map(len, chosen.values())), prove(path, chosen))


def draw_preview(slips: Sequence[Slip], look: Look, skip: frozenset[int], width: int) -> bytes:
    """The first page as a PNG that is `width` pixels wide. Raises Conflict where it cannot be printed."""
    page = pypdfium2.PdfDocument(_drawn(slips, look, skip))[0]
    picture, target = page.render(scale=width / page.get_width()).to_pil().convert("P", colors=64), io.BytesIO()
    picture.save(target, "PNG", optimize=True)
    return target.getvalue()


def _drawn(slips: Sequence[Slip], look: Look, skip: frozenset[int], notes: Sequence[str] = ()) -> bytes:
    slips = [replace(slip, cover=_small(slip.cover)) for slip in slips]
    options = replace(look.options, logo=_on_white(look.options.logo))
    with refusals_as_conflicts():
        return render(slips, look.layout, title=look.title, language=look.language, options=options, skip=skip,
                      fit=look.fit, notes=notes)  # fmt: skip


@lru_cache(maxsize=4)
def _on_white(logo: bytes) -> bytes:
    """A logo, which may be transparent, as a PNG of the size that is printed."""
    if not logo:
        return b""
    picture = Image.open(io.BytesIO(logo)).convert("RGBA")
    picture.thumbnail((LOGO, LOGO))
    white = Image.new("RGBA", picture.size, "white")
    target = io.BytesIO()
    Image.alpha_composite(white, picture).convert("RGB").save(target, "PNG")
    return target.getvalue()


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
