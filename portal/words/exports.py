"""Exports as people read them: names, columns, and what stands in cells."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from courses.csv_files import DoubtfulTime, Value
from courses.events.ladder import RUNGS
from courses.results.export_tables import Column
from portal.i18n import gettext as _
from portal.web.browsers import app_name
from portal.words.causes import cause_name
from portal.words.done_rules import rules_words
from portal.words.rungs import rung_name
from portal.words.scans import OUTCOMES
from portal.words.states import STATES

#: name of each export, and what it is for
EXPORTS: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "scans": (lambda: _("Scan log"), lambda: _("A row for every scan, refused ones with the reason.")),
    "completion": (lambda: _("Completion"), lambda: _("A row for everyone on the list, with columns for each lesson.")),
    "publications": (
        lambda: _("Publications"),
        lambda: _("A row for everyone on the list and each lesson, with the times of every step and counts."),
    ),
}
TITLES: dict[str, Callable[[], str]] = {
    "time": lambda: _("Time"), "received": lambda: _("Received"), "number": lambda: _("Number"), "name": lambda: _("Name"),
    "group": lambda: _("Group"), "lesson": lambda: _("Lesson"), "outcome": lambda: _("What became of it"),
    "app": lambda: _("App"), "slip": lambda: _("Slip"), "run": lambda: _("Print run"),
    "serial": lambda: _("Number of the slip"), "phone": lambda: _("Phone"), "done": lambda: _("Lessons done"),
    "rung": lambda: _("Rung"), "platform": lambda: _("Platform"), "note": lambda: _("Address of the note"),
    "failure": lambda: _("Failure in the platform’s words"), "refusal": lambda: _("Why not accepted"),
    "excuse": lambda: _("Why excused"), "state": lambda: _("State"), "late": lambda: _("Late"), "cause": lambda: _("Cause"),
    "reported_at": lambda: _("Reported by the platform at"), "scans": lambda: _("Scans"),
    "launches": lambda: _("Times the app was opened"), "failures": lambda: _("Failures"),
    "minutes": lambda: _("Minutes from scan to publication"), "scanned_at": lambda: _("Scanned at"),
    "previewed_at": lambda: _("Previewed at"), "launched_at": lambda: _("App opened at"), "failed_at": lambda: _("Failed at"),
    "claimed_at": lambda: _("Said published at"), "linked_at": lambda: _("Note link given at"),
    "confirmed_at": lambda: _("Confirmed at"), "refused_at": lambda: _("Not accepted at"),
}  # fmt: skip


def export_name(name: str) -> str:
    """As a heading."""
    return EXPORTS[name][0]()


def column_title(column: Column, zone: str) -> str:
    """A heading of a file; that of a time names its zone, and what counts or says what is done the rule of it."""
    title = TITLES[column.key]()
    if column.of is not None:
        title = column.of if column.key == "rung" else f"{column.of} · {title}"
    if column.rules:
        title = f"{title} ({rules_words(column.rules)})"
    return f"{title} ({zone})" if column.kind == "time" else title


def cell_words(column: Column, value: Value, platforms: Mapping[str, str], zone: ZoneInfo) -> Value:
    """What a spreadsheet shows for it: words for rungs, outcomes, platforms, apps and doubtful times, all else as it is."""
    if isinstance(value, DoubtfulTime):
        return doubtful_words(value, zone)
    if not isinstance(value, str):
        return value
    match column.kind:
        case "rung" if value in RUNGS:
            return rung_name(value)
        case "outcome" if value in OUTCOMES:
            return OUTCOMES[value][0]()
        case "state" if value in STATES:
            return STATES[value]()
        case "cause":
            return cause_name(value)
        case "platform":
            return platforms.get(value, value)
        case "app":
            return app_name(value)
    return value


def doubtful_words(time: DoubtfulTime, zone: ZoneInfo) -> str:
    """When it arrived, and that this is not when it happened; with the phone's time where it is known."""
    received, given = (at and f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" for at in (time.received_at, time.given))
    if given is None:
        return _("received %(time)s – doubtful") % {"time": received}
    return _("received %(time)s, the phone said %(given)s – doubtful") % {"time": received, "given": given}
