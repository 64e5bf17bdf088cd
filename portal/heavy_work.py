"""Sheets, drawn in worker processes. Imports little, as each worker waits for it at its start."""

from courses.errors import Message
from print.layouts import Layout, SheetRefused
from print.sheets import Slip, render


def draw_sheet(slips: list[Slip], layout: Layout, title: str, language: str) -> bytes | Message:
    """The PDF, or why it cannot be printed."""
    try:
        return render(slips, layout, title=title, language=language)
    except SheetRefused as error:
        return Message(error.reason, **error.values)
