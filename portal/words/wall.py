"""What the wall says of a student, in the language of the request."""

from courses.results.wall import Tile
from portal.i18n import gettext as _
from portal.web.browsers import app_name
from portal.words.causes import cause_name
from portal.words.rungs import rung_name


def state_name(state: str) -> str:
    """A state as the back row reads it."""
    return {
        "waiting": _("Not started"),
        "scanned": _("Scanned"),
        "working": _("In progress"),
        "stuck": _("Stuck"),
        "done": _("Done"),
        "excused": _("Excused"),
    }[state]


def tile_words(tile: Tile) -> str:
    """Where the student stands; for one who is stuck why. What is done says by what it is known."""
    kind, _colon, what = tile.reason.partition(":")
    if kind == "quiet":
        return _("Nothing new for a while")
    if kind == "refused":
        return _("Sent back")
    if kind == "browser":
        return _("Opened in %(app)s") % {"app": app_name(what)}
    if kind == "cause":
        return cause_name(what)
    return rung_name(tile.rung) if tile.state in ("scanned", "working", "done") else state_name(tile.state)
