"""The rungs of the ladder as people read them."""

from collections.abc import Callable

from portal.i18n import gettext as _

RUNG_NAMES: dict[str, Callable[[], str]] = {
    "not_started": lambda: _("Not started"),
    "scanned": lambda: _("Scanned"),
    "previewed": lambda: _("Previewed"),
    "launched": lambda: _("App opened"),
    "failed": lambda: _("Publishing failed"),
    "claimed": lambda: _("Says published"),
    "linked": lambda: _("Note link given"),
    "confirmed": lambda: _("Confirmed"),
}


def rung_name(rung: str) -> str:
    """A rung as people read it."""
    return RUNG_NAMES[rung]()
