"""Pages of text through WeasyPrint, with the codes drawn straight into the PDF.

A code is an image mask of one bit a module, placed where the layout says: no renderer resamples it, it takes some
130 bytes, and it costs 5 µs where WeasyPrint needs 10 ms for an inline SVG.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pydyf
from weasyprint import HTML, Document
from weasyprint.urls import URLFetcher, URLFetcherResponse

from print.codes import QUIET, Code
from print.fitting import MM
from print.layouts import Layout

FONT_URL = "asset:font"  # as templates/print/page.css names it


def write(html: str, pages: Sequence[Sequence[Code]], layout: Layout, font: Path) -> bytes:
    """The PDF of the HTML, one page per sequence of codes; nothing but the font is fetched."""
    with _without_collector():
        document = HTML(string=html, base_url="asset:", url_fetcher=_OurFont(font)).render()
        if len(document.pages) != len(pages):
            raise RuntimeError(f"{len(pages)} pages of slips came out as {len(document.pages)} pages.")
        return document.write_pdf(finisher=partial(_finish, pages=pages, layout=layout))


@contextmanager
def _without_collector() -> Iterator[None]:
    """A sheet's boxes all live to the end: looking through them for garbage took a quarter of the time, found none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _OurFont(URLFetcher):
    """Knows one address. Nothing else is fetched, whatever the text of a slip may say."""

    def __init__(self, font: Path) -> None:
        super().__init__(allowed_protocols=["asset"], allow_redirects=False)
        self.font = font

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url != FONT_URL:
            raise ValueError("Sheets fetch nothing but their font.")
        return URLFetcherResponse(url, self.font.read_bytes(), {"Content-Type": "font/ttf"})


def _finish(document: Document, pdf: pydyf.PDF, pages: Sequence[Sequence[Code]], layout: Layout) -> None:
    # Drivers shrink a page to the printer's margins unless told not to: modules and cut lines would drift.
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"PrintScaling": "/None", "DisplayDocTitle": "true"})
    for number, codes in zip(pdf.pages["Kids"][::3], pages, strict=True):
        contents = pdf.objects[number]["Contents"]
        stream = pdf.objects[int(contents.split()[0])]
        stream.stream.append(b"\n".join(_drawn(codes, layout)))


def _drawn(codes: Sequence[Code], layout: Layout) -> Iterator[bytes]:
    """PDF operators that draw the page's cut lines and codes, in points from the top left as WeasyPrint leaves it."""
    yield b"q"
    if layout.cut_lines:
        yield _cut_lines(len(codes), layout)
    yield b"0 g"
    for code, (left, top) in zip(codes, layout.corners, strict=False):
        module = layout.module(code.size)
        side = code.size * module * MM
        x, y = ((at + QUIET * module) * MM for at in (left + layout.code.x, top + layout.code.y))
        stride = -code.size % 8
        rows = b"".join((row << stride).to_bytes((code.size + stride) // 8, "big") for row in code.rows)
        yield b"q %.4f 0 0 %.4f %.4f %.4f cm" % (side, -side, x, y + side)
        yield b"BI /W %d /H %d /IM true /BPC 1 /D [1 0] /F /AHx ID %s> EI Q" % (
            code.size,
            code.size,
            rows.hex().encode(),
        )
    yield b"Q"


def _cut_lines(count: int, layout: Layout) -> bytes:
    rows = -(-count // layout.columns)
    right, bottom = layout.left + layout.columns * layout.cell_width, layout.top + rows * layout.cell_height
    lines = [
        (layout.left + column * layout.cell_width, layout.top, layout.left + column * layout.cell_width, bottom)
        for column in range(layout.columns + 1)
    ] + [
        (layout.left, layout.top + row * layout.cell_height, right, layout.top + row * layout.cell_height)
        for row in range(rows + 1)
    ]
    path = b" ".join(b"%.3f %.3f m %.3f %.3f l" % tuple(at * MM for at in line) for line in lines)
    return b"0.4 w 0.7 G [2 2] 0 d %s S" % path
