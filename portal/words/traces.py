"""What a place is called in which a word still stands after an erasure, and where it is looked after."""

from collections.abc import Callable
from uuid import UUID

from courses.privacy.traces import Trace
from portal.i18n import gettext as _

NAMES: dict[str, Callable[[], str]] = {
    "course": lambda: _("Course"),
    "lesson": lambda: _("Lesson"),
    "lesson_picture": lambda: _("Description of a picture"),
    "revision": lambda: _("Earlier version of a lesson"),
    "media": lambda: _("Name of a picture or video"),
    "upload": lambda: _("Name of a picture or video"),
    "student": lambda: _("Student list"),
    "excuse": lambda: _("Reason why a student is excused"),
    "publication": lambda: _("Words about another student’s post"),
    "event": lambda: _("Report of a phone, or a decision"),
    "audit_entry": lambda: _("Log"),
    "print_run": lambda: _("Print run"),
    "import_run": lambda: _("File sent for an import"),
    "export_preset": lambda: _("Preset of an export"),
    "own_layout": lambda: _("Own layout"),
    "webhook": lambda: _("Webhook"),
    "delivery": lambda: _("Message to a webhook"),
    "closing_sheet": lambda: _("Closing sheet"),
}
#: below the course's page
PAGES = {
    "course": "/edit", "student": "/roster", "audit_entry": "/log", "export_preset": "/exports", "own_layout": "/layouts",
    "webhook": "/webhooks", "delivery": "/webhooks", "closing_sheet": "/closing", "import_run": "/exchange",
}  # fmt: skip


def place_name(trace: Trace) -> str:
    """Of a table that nobody has named yet, its own name."""
    name = NAMES.get(trace.table)
    return name() if name else trace.table


def place_link(course: UUID, trace: Trace) -> str:
    """The page on which it can be looked at or changed; the course's where there is none of its own."""
    keys, here = trace.keys, f"/courses/{course}"
    match trace.table:
        case "lesson" if keys.get("deleted_at"):
            return f"{here}/trash/{trace.row}"
        case "lesson":
            return f"/lessons/{trace.row}/edit"
        case "lesson_picture":
            return f"/lessons/{keys['lesson']}/edit"
        case "revision":
            return f"/lessons/{keys['lesson']}/history/{keys['number']}"
        case "print_run":
            return f"/prints/{trace.row}"
        case "excuse" | "publication" | "event" if keys.get("lesson") and keys.get("student"):
            return f"{here}/completion/{keys['lesson']}/{keys['student']}"
    return here + PAGES.get(trace.table, "")
