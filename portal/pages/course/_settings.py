"""The page with a course's settings, shown by its own address and again when something was wrong."""

from collections.abc import Mapping, Sequence

from litestar.response import Template

from courses.catalogue.courses import CourseInfo
from courses.catalogue.logos import logo_of
from courses.results.looking import looking_of
from courses.signed_in import SignedIn
from courses.students.roster import has_students
from portal.web.forms import no_errors
from portal.words.looking import LOOKING, usual_reasons

FIELDS = ("title", "term", "description")


async def settings_page(
    person: SignedIn,
    course: CourseInfo,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    done: str = "",
    status: int = 422,
    looking: tuple[str, Sequence[str]] | None = None,
) -> Template:
    """With what was typed (`looking` has the reasons, too) and what is wrong with it; `status` is then the answer's."""
    kept = await looking_of(course.id)
    context = {
        "person": person, "course": course, "values": values or {name: getattr(course, name) for name in FIELDS},
        "errors": errors or no_errors(), "done": done, "logo": await logo_of(course.id),
        "enrolled": await has_students(course.id),
        "looking": looking or (kept.which, kept.reasons), "ways": LOOKING, "usual": usual_reasons(),
    }  # fmt: skip
    return Template("course/courses/edit.html", context=context, status_code=status if errors else 200)
