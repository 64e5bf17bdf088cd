"""Paper lists, drawn in worker processes. Imports little, as each worker waits for it at its start."""

from collections.abc import Sequence

from courses.errors import Message
from print.layouts import SheetRefused
from print.lists import Line, ListTexts, paper_list


def draw_list(texts: ListTexts, lines: Sequence[Line], language: str) -> bytes | Message:
    """The PDF, or why it cannot be printed."""
    try:
        return paper_list(texts, lines, language=language)
    except SheetRefused as error:
        return Message(error.reason, **error.values)
