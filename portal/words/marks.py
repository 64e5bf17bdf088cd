"""The marks of how far a student got: of a rung, a cell or a state the name of its mark, and of a mark its word."""

from collections.abc import Callable

from courses.results.values import Cell
from portal.i18n import gettext as _

#: of each rung; the names are those of static/states/, "" for nothing to show
MARK_OF_RUNG = {
    "not_started": "", "scanned": "opened", "previewed": "opened", "launched": "sent", "failed": "failed",
    "claimed": "said", "linked": "linked", "confirmed": "confirmed",
}  # fmt: skip
#: of each state, for its word and its numbers
MARK_OF_STATE = {
    "done": "confirmed", "begun": "opened", "stuck": "failed", "not_begun": "none", "excused": "excused", "open": "none",
    "late": "late", "review": "linked",
}  # fmt: skip

MARKS: dict[str, Callable[[], str]] = {
    "opened": lambda: _("Opened"),
    "sent": lambda: _("App opened"),
    "said": lambda: _("Says published"),
    "linked": lambda: _("Note link given"),
    "confirmed": lambda: _("Confirmed"),
    "failed": lambda: _("Publishing failed"),
    "returned": lambda: _("Sent back"),
    "excused": lambda: _("Excused"),
}


def mark_of(rung: str) -> str:
    """The class of a rung's mark, "none" for a rung that has none."""
    return MARK_OF_RUNG[rung] or "none"


def mark_of_cell(cell: Cell) -> str:
    """What a cell shows: excused, sent back, and else its rung; "" while nothing has happened."""
    if cell.state == "excused":
        return "excused"
    if cell.state == "stuck" and cell.refusal is not None:
        return "returned"
    return MARK_OF_RUNG[cell.rung]


def mark_of_state(state: str) -> str:
    """The class of a state's mark."""
    return MARK_OF_STATE[state]
