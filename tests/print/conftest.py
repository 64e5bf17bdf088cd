"""Reads sheets back with programs that had no part in making them: PDFium and ZXing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from print.sheets import Slip

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Seen:
    """Something found on a page; its box in millimetres from the page's top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def codes_in(image: Image.Image, dpi: float = 25.4) -> list[Seen]:
    """Every QR code in the picture, without its quiet zone; in pixels unless `dpi` is given."""
    found = []
    # QRCode would also find Micro QR codes in what are parts of larger ones.
    for code in zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCodeModel2):
        corners = [
            code.position.top_left,
            code.position.top_right,
            code.position.bottom_left,
            code.position.bottom_right,
        ]
        across, down = [corner.x * 25.4 / dpi for corner in corners], [corner.y * 25.4 / dpi for corner in corners]
        found.append(Seen(code.text, min(across), min(down), max(across), max(down)))
    return found


@dataclass(frozen=True)
class Sheet:
    """A PDF as a reader sees it."""

    data: bytes

    def __len__(self) -> int:
        with pypdfium2.PdfDocument(self.data) as document:
            return len(document)

    def images(self, dpi: int) -> Iterator[Image.Image]:
        with pypdfium2.PdfDocument(self.data) as document:
            for page in document:
                yield page.render(scale=dpi / 72).to_pil()

    def characters(self, page: int = 0) -> list[Seen]:
        """Every printed character with the box of its ink."""
        with pypdfium2.PdfDocument(self.data) as document:
            height = document[page].get_height()
            text = document[page].get_textpage()
            seen = []
            for index in range(text.count_chars()):
                character = text.get_text_range(index, 1)
                left, bottom, right, top = text.get_charbox(index)
                if character.strip() and right > left:
                    sides = (left, height - top, right, height - bottom)
                    seen.append(Seen(character, *(side / POINTS_PER_MM for side in sides)))
            return seen

    def text(self, page: int = 0) -> str:
        with pypdfium2.PdfDocument(self.data) as document:
            return document[page].get_textpage().get_text_range().replace("\r\n", "\n")


@pytest.fixture
def read_codes() -> Callable[..., list[Seen]]:
    return codes_in


@pytest.fixture
def read_sheet() -> Callable[[bytes], Sheet]:
    return Sheet


@pytest.fixture
def slips() -> Callable[..., list[Slip]]:
    """Makes slips with different links; other fields as given, the same for all."""

    def make(count: int, host: str = "CLASS.EXAMPLE.CN", token: int = 36, **fields: str) -> list[Slip]:
        given = {
            "title": "第三课：用显微镜观察洋葱表皮细胞",
            "spoken": "7K4-M2XQ",
            "address": f"{host.lower()}/go",
        } | fields
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        links = (
            f"https://{host}/S/" + "".join(alphabet[(n * 7 + k * k * (n + 3)) % 32] for k in range(token))
            for n in range(count)
        )
        return [Slip(url=link, **given) for link in links]

    return make
