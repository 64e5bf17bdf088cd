"""Closing sheets, drawn and read back in worker processes. Imports little, as each worker waits for it at its start."""

from courses.errors import Message
from print.closing import ClosingTexts, closing_sheet
from print.layouts import SheetRefused
from print.reading import codes_on


def draw_closing(texts: ClosingTexts, url: str, language: str) -> bytes | Message:
    """The PDF, or why it cannot be printed. A sheet whose code cannot be read back is none."""
    try:
        data = closing_sheet(texts, url=url, language=language)
    except SheetRefused as error:
        return Message(error.reason, **error.values)
    if codes_on(data) != [url]:
        return Message("The code on the finished sheet cannot be read. Nothing was made.")
    return data
