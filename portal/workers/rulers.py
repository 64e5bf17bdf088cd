"""The ruler page, drawn in worker processes. Imports little, as each worker waits for it at its start."""

from courses.errors import Message
from print.layouts import SheetRefused
from print.options import Fit
from print.ruler import ruler_page


def draw_ruler(paper: str, title: str, lines: list[str], language: str, fit: Fit) -> bytes | Message:
    """The PDF, or why it cannot be printed."""
    try:
        return ruler_page(paper, title=title, lines=lines, language=language, fit=fit)
    except SheetRefused as error:
        return Message(error.reason, **error.values)
