"""The states of a completion list's cells, and its orders, as people read them."""

from collections.abc import Callable

from portal.i18n import gettext as _

#: of courses.results.narrowing.FILTERS
STATES: dict[str, Callable[[], str]] = {
    "done": lambda: _("Done"),
    "begun": lambda: _("In progress"),
    "stuck": lambda: _("Stuck"),
    "not_begun": lambda: _("Not started"),
    "excused": lambda: _("Excused"),
    "open": lambda: _("Not done"),
    "late": lambda: _("Late"),
    "review": lambda: _("To review"),
}

STATE_MEANINGS: dict[str, Callable[[], str]] = {
    "done": lambda: _("What the lesson asks for is there: on the platforms and from the rung on that it says."),
    "begun": lambda: _("Something has been heard, but not yet all that the lesson asks for."),
    "stuck": lambda: _("The platform refused it, or an instructor did not accept it."),
    "not_begun": lambda: _("Nothing has been heard of it."),
    "excused": lambda: _("An instructor has said that it need not be done."),
    "open": lambda: _("In progress, stuck and not started together: who still has to do it."),
    "late": lambda: _("Done after it was due, or due and not done; counted beside the states. Nobody who is excused is late."),
    "review": lambda: _("The student says so, or gave a link, and no teacher has decided yet."),
}  # fmt: skip

#: as they stand in the address
SORTS: dict[str, Callable[[], str]] = {
    "number": lambda: _("By number"),
    "name": lambda: _("By name"),
    "group": lambda: _("By group"),
    "rung": lambda: _("Least done first"),
    "-rung": lambda: _("Most done first"),
    "-time": lambda: _("Last heard of first"),
    "time": lambda: _("Longest not heard of first"),
}
