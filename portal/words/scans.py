"""What became of scans, as people read it."""

from collections.abc import Callable

from portal.i18n import gettext as _
from portal.web.browsers import app_name

#: outcomes of courses/events/scan_log.py: in a few words, and what it means for the student
OUTCOMES: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "opened": (lambda: _("Opened"), lambda: _("The lesson was shown.")),
    "refused": (lambda: _("All that were refused"), lambda: _("Any of the reasons below.")),
    "bad_token": (lambda: _("Not one of our codes"), lambda: _("The code was changed, cut off, or made by somebody else.")),
    "unknown_link": (lambda: _("Link is gone"), lambda: _("The code is genuine, but its link was deleted with its lesson.")),
    "lesson_deleted": (lambda: _("Lesson in the trash"), lambda: _("It can be scanned again once the lesson is taken back.")),
    "template": (lambda: _("Lesson is a template"), lambda: _("Templates are not shown to students.")),
    "withdrawn": (lambda: _("Link withdrawn"), lambda: _("An instructor ended this link.")),
    "run_withdrawn": (lambda: _("Print run withdrawn"), lambda: _("The slip is of a print run that was withdrawn.")),
    "expired": (lambda: _("Link expired"), lambda: _("The link’s own time is over.")),
    "lesson_closed": (lambda: _("Lesson closed"), lambda: _("The lesson’s time is over, for all its links.")),
    "not_open": (lambda: _("Link not open yet"), lambda: _("The page waits and opens by itself.")),
    "lesson_not_open": (lambda: _("Lesson not open yet"), lambda: _("The page waits and opens by itself.")),
    "wrong_slip": (lambda: _("Slip of nobody"), lambda: _("No student of this course has the slip’s seat.")),
    "student_left": (lambda: _("Student has left"), lambda: _("The slip is of a student who is off the list.")),
    "student_merged": (lambda: _("Student was merged"), lambda: _("The slip is of an entry that became part of another one.")),
    "student_erased": (lambda: _("Student was erased"), lambda: _("The slip is of a student whose data was erased.")),
    "no_cookie": (lambda: _("Phone did not scan"), lambda: _("The page’s address was passed on, or the browser keeps no cookies.")),
    "in_app": (lambda: _("In another app’s browser"), lambda: _("The page was shown with the way out to a real browser.")),
    "code_incomplete": (lambda: _("Code not whole"), lambda: _("What was typed does not have seven letters and digits.")),
    "code_check": (lambda: _("Code mistyped"), lambda: _("The check does not fit: a letter is wrong or two are swapped.")),
    "code_unknown": (lambda: _("Code unknown"), lambda: _("A well-formed code that no lesson has.")),
    "codes_limited": (lambda: _("Too many tries"), lambda: _("Too many wrong codes came from there, or too many requests.")),
    "name_unknown": (lambda: _("Name not on the list"), lambda: _("The number or name that was typed is not on the list.")),
    "name_ambiguous": (lambda: _("Name of several"), lambda: _("More than one student has the name that was typed.")),
    "pin_wrong": (lambda: _("Wrong PIN"), lambda: _("The PIN that was typed is not that of the number.")),
    "room_code_missing": (lambda: _("Not in the room"), lambda: _("A class link without the code on the projector.")),
    "room_code_wrong": (lambda: _("Wrong room code"), lambda: _("The digits are not those of the last minute and a half.")),
    "room_codes_limited": (lambda: _("Too many room codes"), lambda: _("The phone typed too many wrong digits.")),
    "names_limited": (lambda: _("Too many names"), lambda: _("The phone tried too many wrong numbers or names.")),
}  # fmt: skip


def outcome_name(outcome: str, app: str | None = None) -> str:
    """In a few words; with the app whose browser it was, where that is known."""
    name = OUTCOMES[outcome][0]()
    return f"{name} · {app_name(app)}" if app else name


def outcome_meaning(outcome: str) -> str:
    """What it means."""
    return OUTCOMES[outcome][1]()
