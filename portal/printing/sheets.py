"""A course's sheet as a file, drawn in a worker process."""

from courses.errors import Invalid, Message
from courses.printing.printable import Printable
from portal.i18n import catalogue, language
from portal.printing.slips import course_slips
from portal.settings import Settings
from portal.workers.pool import in_worker
from portal.workers.run_parts import Look
from portal.workers.sheets import draw_sheet
from print.layouts import LAYOUTS
from print.options import AS_IT_IS, EVERYTHING

DEFAULT_LAYOUT = next(iter(LAYOUTS))


async def sheet_file(settings: Settings, found: Printable, title: str, layout: str, personal: bool) -> bytes:
    """The PDF of what was found in a course of this title, in the language of the request; `layout` was checked.

    Raises Conflict where it cannot be printed, WorkFailed.
    """
    slips = course_slips(settings, found, title, personal, language())
    return await in_worker(draw_sheet, slips, sheet_look(layout, title, language()))


def sheet_look(layout: str, title: str, language: str) -> Look:
    """How a sheet is printed that is no run."""
    say = catalogue(language).gettext
    notes = (
        say("{count} of {count} codes on this page were read back"),
        say("Codes on other pages were read back, as a sample"),
    )
    return Look(LAYOUTS[layout], title, language, EVERYTHING, AS_IT_IS, notes)


def check_layout(name: str) -> None:
    """Raises Invalid."""
    if name not in LAYOUTS:
        problem = Message("There is no layout {name}; there are {known}.", name=name, known=", ".join(LAYOUTS))
        raise Invalid({"layout": problem})
