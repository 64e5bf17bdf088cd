"""Reading the codes of a page as a poor copy of it would show them, wherever they stand."""

import pypdfium2
import zxingcpp

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
#: half of what printers have
DPI = 150


def codes_on(pdf: bytes, page: int = 0) -> list[str]:
    """The texts of all codes on a page."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[page].render(scale=DPI / 72, grayscale=True).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=QR)]
