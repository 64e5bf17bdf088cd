"""What a form or an address says of a code's size."""

from courses.errors import Invalid, Message
from portal.web.typed import read_number
from portal.words.lengths import read_length
from portal.workers.codes import LEVEL, TYPES, CodeSize
from print.codes import encode
from print.single import DPI, least_side

#: dots per inch of what codes are printed and shown with: screens, drafts, label printers, office printers, image setters
DPIS = (150, 203, 300, 600, 1200)


def read_size(format: str, size: str, dpi: str) -> CodeSize:  # as in the address
    """What was typed, the usual where nothing was. Raises Invalid."""
    usual = CodeSize()
    problems = {}
    side = read_length(size) if size.strip() else usual.side
    if side is None:
        problems["size"] = Message("Write the size in millimetres, such as {example}.", example="40")
    dots = read_number(dpi.strip()) if dpi.strip() else usual.dpi
    if dots is None:
        problems["dpi"] = Message("Choose {least} to {most} dots per inch.", least=DPI[0], most=DPI[1])
    if format not in TYPES:
        problems["format"] = Message("Choose PNG or SVG.")
    if problems or side is None or dots is None:
        raise Invalid(problems)
    return CodeSize(format, round(side, 2), dots)


def least_size(url: str) -> float:
    """Millimetres that a code of this address takes at least, as SVG or as a PNG of any of DPIS."""
    code = encode(url, LEVEL)
    return max(least_side(code, dpi) for dpi in (None, *DPIS))
