"""The ruler page, drawn in worker processes. Imports little, as each worker waits for it at its start."""

from portal.workers.refusals import refusals_as_conflicts
from print.options import Fit
from print.ruler import ruler_page


def draw_ruler(paper: str, title: str, lines: list[str], language: str, fit: Fit) -> bytes:
    """The PDF. Raises Conflict where it cannot be printed."""
    with refusals_as_conflicts():
        return ruler_page(paper, title=title, lines=lines, language=language, fit=fit)
