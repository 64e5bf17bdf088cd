"""Paper lists, drawn in worker processes. Imports little, as each worker waits for it at its start."""

from collections.abc import Sequence

from portal.workers.refusals import refusals_as_conflicts
from print.lists import Line, ListTexts, paper_list


def draw_list(texts: ListTexts, lines: Sequence[Line], language: str) -> bytes:
    """The PDF. Raises Conflict where it cannot be printed."""
    with refusals_as_conflicts():
        return paper_list(texts, lines, language=language)
