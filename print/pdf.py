"""Pages of text through WeasyPrint, with the codes drawn straight into the PDF.

A code is an image mask of one bit a module, placed where the layout says: no renderer resamples it, it takes some
130 bytes, and it costs 5 µs where WeasyPrint needs 10 ms for an inline SVG.
"""

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

# Before WeasyPrint loads fontconfig: no font of the machine, such as one of coloured emoji, may step in.
os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fonts.conf"))

import pydyf
from weasyprint import HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from print.fitting import MM
from print.fonts import FONTS
from print.layouts import Layout
from print.marks import marks
from print.options import AS_IT_IS, Fit, Options
from print.placing import Printed
from print.text_layer import correct_text

CODE_URL = "asset:code"  # as the templates name it
HAIR = 0.005  # points that a code keeps off its dots' outer edges: renderers blacken each dot that is touched at all
NOTHING = (  # a PNG of one transparent pixel, which stands for a code in the reading order; the finisher draws the code
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01"
    b"\r\n-\xb4\0\0\0\0IEND\xaeB`\x82"
)


@dataclass(frozen=True)
class Drawing:
    """What is drawn on a page beside its texts: the codes, marks around the cells that are printed, and other operators."""

    codes: Sequence[Printed] = ()
    cells: Sequence[int] = ()
    ink: bytes = b""


def write(
    html: str,
    pages: Sequence[Drawing],
    layout: Layout,
    pictures: Mapping[bytes, str],
    options: Options,
    fit: Fit,
) -> bytes:
    """The PDF of the HTML, one page per drawing; nothing but the pictures, by their names, is fetched."""
    known = {name: picture for picture, name in pictures.items()} | {CODE_URL: NOTHING}
    finisher = partial(_finish, pages=pages, layout=layout, options=options, fit=fit)
    with _without_collector():
        return _written(html, len(pages), _OurPictures(known), finisher, options.tagged)


def _written(
    html: str, pages: int, fetcher: URLFetcher, finisher: Callable[[Document, pydyf.PDF], None], tagged: bool
) -> bytes:
    """In a function of its own, so that all of it is garbage when the collector comes back."""
    document = HTML(string=html, base_url="asset:", url_fetcher=fetcher).render(font_config=_configuration())
    if len(document.pages) != pages:
        raise RuntimeError(f"{pages} pages of slips came out as {len(document.pages)} pages.")
    data: bytes = document.write_pdf(finisher=finisher, **({"pdf_variant": "pdf/ua-1"} if tagged else {}))
    return data


@cache
def _configuration() -> FontConfiguration:
    """One for all sheets of a process: each costs 10 ms to make, and leaves 0.2 MB behind for good."""
    return FontConfiguration()


@contextmanager
def _without_collector() -> Iterator[None]:
    """A sheet's boxes all live to the end: looking through them for garbage took a quarter of the time, found none.

    They go at once when it is written: 20 MB that a worker would else keep beside reading it back, and the next sheet.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
        gc.collect()


class _OurPictures(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Knows the pictures of this sheet. Nothing else is fetched, whatever the text of a slip may say."""

    def __init__(self, known: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=["asset"], allow_redirects=False)
        self.known = known

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in self.known:
            raise ValueError("Sheets fetch nothing but their pictures.")
        asset = self.known[url]
        kind = "image/png" if asset.startswith(b"\x89PNG") else "image/jpeg"
        return URLFetcherResponse(url, asset, {"Content-Type": kind})


def _finish(
    document: Document, pdf: pydyf.PDF, pages: Sequence[Drawing], layout: Layout, options: Options, fit: Fit
) -> None:
    if strangers := {font.family for font in document.fonts.values()} - {font.family for font in FONTS}:
        raise RuntimeError(f"Texts were set in {', '.join(sorted(strangers))}, which is no font of ours.")
    correct_text(pdf)
    # Drivers shrink a page to the printer's margins unless told not to: modules and cut lines would drift.
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"PrintScaling": "/None", "DisplayDocTitle": "true"})
    for number, page in zip(pdf.pages["Kids"][::3], pages, strict=True):
        contents = pdf.objects[number]["Contents"]
        stream = pdf.objects[int(contents.split()[0])]
        height = float(pdf.objects[number]["MediaBox"][3])
        stream.stream.insert(0, _fitted(fit, height))
        stream.stream.append(b"\n".join(_drawn(page, layout, options)))


def _fitted(fit: Fit, height: float) -> bytes:
    """The one place where a page is moved and scaled for a printer: both from the top left, where PDF counts from below."""
    if fit == AS_IT_IS:
        return b""
    up = (1 - fit.scale_y) * height - fit.offset_y * MM
    return b"%.6f 0 0 %.6f %.4f %.4f cm" % (fit.scale_x, fit.scale_y, fit.offset_x * MM, up)


def _drawn(page: Drawing, layout: Layout, options: Options) -> Iterator[bytes]:
    """PDF operators that draw the page's marks and codes, in points from the top left as WeasyPrint leaves it."""
    yield b"/Artifact BMC q"  # screen readers read the alternative text instead
    yield from marks(layout, options.marks or layout.marks, page.cells)
    yield page.ink
    yield b"0 g"
    for printed in page.codes:
        code, (x, y) = printed.code, (printed.x * MM + HAIR, printed.y * MM + HAIR)
        side = code.size * printed.module * MM - 2 * HAIR
        stride = -code.size % 8
        rows = b"".join((row << stride).to_bytes((code.size + stride) // 8, "big") for row in code.rows)
        if printed.turned:
            yield b"q %.4f 0 0 %.4f %.4f %.4f cm" % (-side, side, x + side, y)
        else:
            yield b"q %.4f 0 0 %.4f %.4f %.4f cm" % (side, -side, x, y + side)
        yield b"BI /W %d /H %d /IM true /BPC 1 /D [1 0] /F /AHx ID %s> EI Q" % (
            code.size,
            code.size,
            rows.hex().encode(),
        )
    yield b"Q EMC"
