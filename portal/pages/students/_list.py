"""The list of students made ready for its page, and the notices that stand over it."""

from typing import Any

from litestar.response import Template

from courses.catalogue.courses import CourseInfo
from courses.results.student_list import PAGE, StudentFilter, student_page
from courses.results.values import Cell
from courses.signed_in import SignedIn
from courses.students.phones import claimed_names
from courses.students.pins import with_pin
from portal.i18n import gettext as _
from portal.results.student_filters import student_query
from portal.settings import Settings
from portal.student.pin_tries import locked
from portal.words.marks import MARKS, mark_of_cell


async def list_page(
    person: SignedIn,
    settings: Settings,
    course: CourseInfo,
    wanted: StudentFilter,
    page: int,
    part: bool = False,
    **said: Any,
) -> Template:
    """The page, or as `part` the list alone."""
    found = await student_page(course.id, wanted, page)
    context = {
        "person": person, "course": course, "found": found, "wanted": wanted, "query": student_query(wanted, found.page),
        "link": lambda page=1, **changes: f"/courses/{course.id}/roster?{student_query(wanted, page, **changes)}",
        "first": (found.page - 1) * PAGE + 1, "marks": marks_writer(),
        "phones_shared": await claimed_names(course.id), "locked": await locked(settings, await with_pin(course.id)),
        "imported": "", "about": None, "done": "", "to_keep": [], "undo": None, "count": 0,
    }  # fmt: skip
    name = "students/roster/_results.html" if part else "students/roster/show.html"
    return Template(name, context=context | said)


def marks_writer() -> Any:
    """Of a cell the class of its mark and its words."""
    words = {name: say() for name, say in MARKS.items()}

    def marks(cell: Cell) -> tuple[str, str]:
        mark = mark_of_cell(cell)
        said = words.get(mark) or _("Not started")
        return mark or "none", _("%(state)s, late") % {"state": said} if cell.late else said

    return marks
