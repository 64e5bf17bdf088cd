"""Adding students to a course: a list is pasted or uploaded, looked at, and taken."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from courses.catalogue.courses import CourseInfo, course_of
from courses.encodings import ENCODINGS
from courses.errors import Conflict, Invalid
from courses.signed_in import SignedIn
from courses.students.lists import read_list
from courses.students.plan import plan_roster
from courses.students.reading import RosterInvalid
from courses.students.roster import add_students
from portal.i18n import say
from portal.pages.students._given import Given, as_sent, fingerprint, read_given
from portal.web.apart import page_apart
from portal.web.errors import retry_after, status_of
from portal.web.forms import errors_at, errors_of, no_errors
from portal.workers.pool import NOT_NOW
from portal.workers.threads import in_thread

#: bytes; 5,000 students with long names
ROSTER_LIMIT = 4 << 20


@get("/courses/{course_id:uuid}/roster/new", include_in_schema=False)
async def ask_list(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Template:
    """The form that a list is pasted into, or uploaded with."""
    return await _page(person, await course_of(person, course_id, "write"))


@post("/courses/{course_id:uuid}/roster", status_code=303, include_in_schema=False, request_max_body_size=ROSTER_LIMIT)
async def add(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
) -> Redirect | Response[bytes]:
    """Show what the pasted or uploaded list would do, or enrol everybody in it, or nobody."""
    course = await course_of(person, course_id, "write")
    form = await request.form()
    given = as_sent(form)

    async def page(status: int = 200, **more: Any) -> Response[bytes]:
        return await page_apart(request, lambda: _page(person, course, status, given=given, **more))

    try:
        given = await read_given(form)
        reading = await in_thread(lambda: read_list(given.rows, not course.aliases, flat=given.flat))
        seen, seen_next = form.get("seen"), await in_thread(fingerprint, given.text)
        if (
            form.get("do") == "check"
            or form.get("take")
            or ((reading.doubts or given.to_be_seen) and seen != seen_next)
        ):
            plan = await plan_roster(course.id, reading.entries, course.aliases)
            return await page(reading=reading, plan=plan, seen=seen_next)
        done = await add_students(person, course.id, reading.entries)
    except RosterInvalid as error:
        # What was in a file stands in the form too: the lines can be corrected there.
        return await page(422, errors=errors_of(error), lines=error.lines)
    except Invalid as error:
        return await page(422, errors=errors_of(error))
    except NOT_NOW as error:
        answer = await page(status_of(error), errors=errors_at("roster", error))
        answer.headers.update(retry_after(error))
        return answer
    except Conflict as error:
        return await page(409, errors=no_errors() | {"roster": say(error.message)})
    counts = {"added": str(done.added), "renamed": str(done.renamed), "unchanged": str(done.unchanged)}
    return Redirect(f"/courses/{course.id}/roster", query_params={"done": "imported"} | counts, status_code=303)


async def _page(person: SignedIn, course: CourseInfo, status_code: int = 200, **more: Any) -> Template:
    context = {
        "person": person, "course": course, "given": Given("", ()), "reading": None, "seen": "", "encodings": ENCODINGS,
        "errors": no_errors(), "lines": [], "plan": None,
    }  # fmt: skip
    return Template("students/roster/new.html", context=context | more, status_code=status_code)


routes = [ask_list, add]
