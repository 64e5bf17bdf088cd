"""The page where one chooses what to print: shown by its own address, and again when something was wrong with it."""

from litestar.response import Template

from courses.catalogue.courses import CourseInfo
from courses.errors import CourseError
from courses.printing.values import KINDS
from courses.signed_in import SignedIn
from portal.printing.choice import OFFERED
from portal.printing.plan import Plan
from portal.printing.suggested import Begun
from portal.settings import Settings
from portal.sharing.addresses import only_here
from portal.web.errors import retry_after, status_of
from portal.web.forms import errors_at
from print.options import MARKS


def options_page(
    person: SignedIn,
    settings: Settings,
    course: CourseInfo,
    plan: Plan,
    error: CourseError | None = None,
    start: Begun | None = None,
) -> Template:
    """What it comes to, and what of it can be changed. An error stands beside the reason, if not elsewhere."""
    asked = {lesson.id for lesson in plan.asked}
    live = {lesson.id for lesson in plan.lessons} | {each.lesson.id for each in plan.refused}
    context = {
        "person": person, "course": course, "plan": plan, "choice": plan.choice, "query": plan.choice.query,
        "kinds": KINDS, "parts": [part for part in OFFERED if part != "logo" or plan.logo],
        "marks": MARKS, "asked": asked, "left_out": [lesson for lesson in plan.asked if lesson.id not in live],
        "all_asked": len(plan.asked) == len(plan.everything), "only_here": only_here(settings),
        "start": start, "group_names": sorted({student.group for student in plan.students if student.group}),
        "values": {"reason": plan.choice.reason}, "errors": errors_at("reason", error),
    }  # fmt: skip
    status, headers = (status_of(error), retry_after(error)) if error else (200, None)
    return Template("printing/sheets/options.html", context=context, status_code=status, headers=headers)
