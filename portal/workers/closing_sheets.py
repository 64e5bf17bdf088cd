"""Closing sheets, drawn and read back in worker processes. Imports little, as each worker waits for it at its start."""

from courses.errors import Conflict, Message
from portal.workers.refusals import refusals_as_conflicts
from print.closing import ClosingTexts, closing_sheet
from print.reading import codes_on


def draw_closing(texts: ClosingTexts, url: str, language: str) -> bytes:
    """The PDF. Raises Conflict where it cannot be printed, or its code cannot be read back."""
    with refusals_as_conflicts():
        data = closing_sheet(texts, url=url, language=language)
    if codes_on(data) != [url]:
        raise Conflict(Message("The code on the finished sheet cannot be read. Nothing was made."))
    return data
