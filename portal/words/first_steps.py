"""The first steps as people read them, and where each is done."""

from collections.abc import Callable

from portal.i18n import gettext as _

#: of courses.printing.first_steps.STEPS: what to do, and where in a course
STEPS: dict[str, tuple[Callable[[], str], str]] = {
    "lesson": (lambda: _("Write a lesson"), "/lessons/new"),
    "students": (lambda: _("Put your students on the list"), "/roster"),
    "phone": (lambda: _("See it as a student does"), ""),
    "paper": (lambda: _("Print or show the code"), "/sheet"),
    "post": (lambda: _("Look at the first post"), "/completion"),
}
