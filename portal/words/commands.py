"""What can be done from anywhere, by its words: in the present course, or in the one that was found first."""

from collections.abc import Callable
from dataclasses import dataclass

from courses.catalogue.roles import Right
from courses.results.search import EACH, Found
from courses.signed_in import SignedIn
from courses.students.matching import Sought
from portal.i18n import gettext as _


@dataclass(frozen=True)
class Command:
    """Where it leads; `course` is the title of the one it is about."""

    address: str
    words: str
    course: str = ""


#: in a course: address behind the course's own, right that it needs, words
IN_COURSE: tuple[tuple[str, Right, Callable[[], str]], ...] = (
    ("/lessons/new", "write", lambda: _("New lesson")),
    ("/sheet", "read", lambda: _("Print")),
    ("/roster/new", "write", lambda: _("Add students")),
    ("/completion", "read", lambda: _("Completion")),
    ("/completion/reminder?state=late", "read", lambda: _("Remind")),
    ("/calendar", "read", lambda: _("Calendar")),
    ("/roster", "read", lambda: _("Students")),
    ("/phones", "read", lambda: _("Phones")),
    ("/statistics", "read", lambda: _("Statistics")),
    ("/scans", "read", lambda: _("Scan log")),
    ("/exports", "read", lambda: _("Exports")),
    ("/closing", "read", lambda: _("Closing sheet")),
    ("/prints", "read", lambda: _("Print runs")),
    ("/members", "read", lambda: _("Members")),
    ("/log", "read", lambda: _("Log")),
    ("/trash", "read", lambda: _("Trash")),
    ("/edit", "own", lambda: _("Settings")),
)
ANYWHERE: tuple[tuple[str, Callable[[], str]], ...] = (
    ("/courses/new", lambda: _("New course")),
    ("/courses", lambda: _("All courses")),
    ("/courses/import", lambda: _("Import and export")),
    ("/account", lambda: _("Your account")),
    ("/account/printers", lambda: _("Printers")),
)


def commands(person: SignedIn, found: Found, text: str) -> list[Command]:
    """Those whose words are meant, at most EACH; without a text the commonest of the present course."""
    sought = Sought(text)
    course = found.here
    can = [
        Command(f"/courses/{course.id}{path}", words(), course.title)
        for path, right, words in IN_COURSE
        if course and course.may(right) and not course.archived
    ]
    can += [Command(path, words()) for path, words in ANYWHERE]
    can += [Command("/people", _("People"))] if person.admin else []
    return [each for each in can if sought.finds("", each.words) or sought.finds("", f"{each.words} {each.course}")][
        :EACH
    ]
