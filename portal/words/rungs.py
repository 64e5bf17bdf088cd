"""The rungs of the ladder as people read them."""

from portal.i18n import gettext as _


def rung_name(rung: str) -> str:
    """A rung as people read it."""
    return {
        "not_started": _("Not started"),
        "scanned": _("Scanned"),
        "previewed": _("Previewed"),
        "launched": _("App opened"),
        "failed": _("Publishing failed"),
        "claimed": _("Says published"),
        "linked": _("Note link given"),
        "confirmed": _("Confirmed"),
    }[rung]
