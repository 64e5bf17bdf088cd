"""What phones report and teachers decide, as people read it."""

from collections.abc import Callable

from portal.i18n import gettext as _

#: what was reported or decided, as people read it
KINDS: dict[str, Callable[[], str]] = {
    "scan": lambda: _("Opened the link"),
    "preview": lambda: _("Looked at the preview"),
    "launch": lambda: _("Handed over to the app"),
    "fail": lambda: _("Publishing failed"),
    "return": lambda: _("Came back to the page"),
    "claim": lambda: _("Said: it is published"),
    "link": lambda: _("Gave the note's link"),
    "confirm": lambda: _("Confirmed"),
    "refuse": lambda: _("Sent back"),
    "reopen": lambda: _("Decision taken back"),
    "resolve": lambda: _("Looked up where the link leads"),
}
