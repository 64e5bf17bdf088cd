"""How posts are looked at: which of them wait, and the usual reasons for sending one back."""

from collections.abc import Callable

from portal.i18n import gettext as _

#: of courses.results.looking.LOOKING: what is chosen, and what that means
LOOKING: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "every": (lambda: _("Every post"), lambda: _("What students report waits for you, with a link or without one.")),
    "words": (lambda: _("Only those without a link"), lambda: _("Who has given a link is done.")),
    "none": (lambda: _("None"), lambda: _("What students report counts as done, and nothing waits.")),
}


def usual_reasons() -> list[str]:
    """What is offered where a course has no reasons of its own."""
    return [_("The link does not open."), _("This is the post of another lesson."), _("Pictures are missing.")]
