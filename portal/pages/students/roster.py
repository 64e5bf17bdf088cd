"""The students of a course: paste or upload a list, rename, remove."""

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.audit import entries_of_kind
from courses.catalogue.courses import CourseInfo, course_of
from courses.encodings import ENCODINGS
from courses.errors import Conflict, Invalid, NotFound
from courses.events.ladder import RUNGS
from courses.results.completion import completion
from courses.signed_in import SignedIn
from courses.students.lists import read_list
from courses.students.merging import merge_students
from courses.students.phones import claimed_names
from courses.students.pins import with_pin
from courses.students.plan import plan_roster
from courses.students.reading import RosterInvalid
from courses.students.roster import (
    add_students,
    find_student_by_id,
    remove_student,
    rename_student,
    return_student,
    students_of,
)
from portal.i18n import ngettext, say
from portal.pages.students._given import Given, as_sent, fingerprint, read_given
from portal.settings import Settings
from portal.student.pin_tries import locked
from portal.web.apart import page_apart
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, errors_at, errors_of, no_errors, one
from portal.web.shown_once import still_to_keep
from portal.web.typed import lookup_id, read_id, read_number
from portal.words.audit_log import Line, lines
from portal.workers.pool import NOT_NOW
from portal.workers.threads import in_thread

#: bytes; 5,000 students with long names
ROSTER_LIMIT = 4 << 20
#: entries of the log that are looked at for the page, and shown of one student
TRAIL, TRAIL_SHOWN = 500, 3


@get("/courses/{course_id:uuid}/roster", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    done: FromQuery[str] = "",
    student: FromQuery[str] = "",
) -> Response[bytes]:
    """The roster, and the form that adds to it."""
    course = await course_of(person, course_id)
    imported = _imported(request) if done == "imported" else ""
    named = done in ("renamed", "removed", "returned", "merged", "unlocked")
    about = await _student(course, student) if named else None
    to_keep = await still_to_keep(request, settings, person, f"/courses/{course.id}/roster")
    said: dict[str, Any] = {"imported": imported, "about": about, "done": done, "to_keep": to_keep}
    return await page_apart(request, lambda: _page(person, settings, course, **said))


def _imported(request: Request[Any, Any, Any]) -> str:
    """The result of an import as a sentence, from the numbers that the address brings."""
    added, renamed, unchanged = (
        read_number(request.query_params.get(name, "0")) for name in ("added", "renamed", "unchanged")
    )
    if added is None or renamed is None or unchanged is None:
        return ""
    return " · ".join((
        ngettext("{count} student added", "{count} students added", added).format(count=added),
        ngettext("{count} renamed", "{count} renamed", renamed).format(count=renamed),
        ngettext("{count} unchanged", "{count} unchanged", unchanged).format(count=unchanged),
    ))  # fmt: skip


async def _student(course: CourseInfo, student: str) -> object | None:
    try:
        return await find_student_by_id(course.id, lookup_id(student))
    except NotFound:
        return None


@post("/courses/{course_id:uuid}/roster", status_code=303, include_in_schema=False, request_max_body_size=ROSTER_LIMIT)
async def add(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
) -> Redirect | Response[bytes]:
    """Show what the pasted or uploaded list would do, or enrol everybody in it, or nobody."""
    course = await course_of(person, course_id, "write")
    form = await request.form()
    given = as_sent(form)

    async def page(status: int = 200, **more: Any) -> Response[bytes]:
        return await page_apart(request, lambda: _page(person, settings, course, status, given=given, **more))

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


@post("/courses/{course_id:uuid}/students/{student_id:uuid}", status_code=303, include_in_schema=False)
async def rename(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Response[bytes]:
    """Give a student another name."""
    course = await course_of(person, course_id, "write")
    try:
        group = one(data, "group") if "group" in data else None
        student = await rename_student(person, course.id, student_id, one(data, "name"), group)
    except Invalid as error:
        wrong = {"renaming": student_id, "new_name": one(data, "name"), "rename_errors": errors_of(error)}
        return await page_apart(request, lambda: _page(person, settings, course, 422, **wrong))
    return _back(course, "renamed", student.id)


@post("/courses/{course_id:uuid}/students/{student_id:uuid}/removal", status_code=303, include_in_schema=False)
async def remove(person: NamedDependency[SignedIn], course_id: FromPath[UUID], student_id: FromPath[UUID]) -> Redirect:
    """Take a student off the roster; the notice offers to undo it."""
    course = await course_of(person, course_id, "write")
    await remove_student(person, course.id, student_id)
    return _back(course, "removed", student_id)


@post("/courses/{course_id:uuid}/students/{student_id:uuid}/return", status_code=303, include_in_schema=False)
async def take_back(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], student_id: FromPath[UUID]
) -> Redirect:
    """Undo a removal."""
    course = await course_of(person, course_id, "write")
    await return_student(person, course.id, student_id)
    return _back(course, "returned", student_id)


@get("/courses/{course_id:uuid}/students/{student_id:uuid}/merge", include_in_schema=False)
async def ask_merge(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
    problem: FromQuery[str] = "",
) -> Response[bytes]:
    """Which student this one is too; what will be done, as it cannot be undone."""
    course = await course_of(person, course_id, "write")
    student = await find_student_by_id(course.id, student_id)

    async def page() -> Template:
        others = [other for other in await students_of(course.id) if other.id != student.id]
        context = {"person": person, "course": course, "student": student, "others": others, "problem": problem}
        return Template("students/roster/merge.html", context=context)

    return await page_apart(request, page)


@post("/courses/{course_id:uuid}/students/{student_id:uuid}/merge", status_code=303, include_in_schema=False)
async def merge(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect:
    """Put two rows of the list together, for good."""
    course = await course_of(person, course_id, "write")
    other = read_id(one(data, "kept"))
    if other is None:
        address = f"/courses/{course.id}/students/{student_id}/merge"
        return Redirect(address, query_params={"problem": "none"}, status_code=303)
    kept = await merge_students(person, course.id, student_id, other)
    return _back(course, "merged", kept.id)


def _back(course: CourseInfo, done: str, student: UUID) -> Redirect:
    query = {"done": done, "student": str(student)}
    return Redirect(f"/courses/{course.id}/roster", query_params=query, status_code=303)


async def _page(
    person: SignedIn, settings: Settings, course: CourseInfo, status_code: int = 200, **more: Any
) -> Template:
    has_pin = await with_pin(course.id)
    context = {
        "person": person, "course": course, "students": await students_of(course.id),
        "reached": await _reached(course.id), "phones_shared": await claimed_names(course.id),
        "with_pin": has_pin, "locked": await locked(settings, has_pin), "trails": await _trails(settings, course.id),
        "given": Given("", ()), "reading": None, "seen": "", "encodings": ENCODINGS,
        "errors": no_errors(), "lines": [], "imported": "", "about": None, "done": "", "to_keep": [],
        "plan": None, "renaming": None, "new_name": "", "rename_errors": no_errors(),
    }  # fmt: skip
    return Template("students/roster/show.html", context=context | more, status_code=status_code)


async def _trails(settings: Settings, course_id: UUID) -> dict[UUID, list[Line]]:
    """The last changes of each student, of the newest TRAIL of the course."""
    found = await entries_of_kind(course_id, "student", TRAIL)
    trails: dict[UUID, list[Line]] = defaultdict(list)
    for entry, line in zip(found, await lines(settings, found), strict=True):
        if entry.object is not None and len(trails[entry.object]) < TRAIL_SHOWN:
            trails[entry.object].append(line)
    return trails


async def _reached(course_id: UUID) -> dict[UUID, dict[str, int]]:
    """For each student how many lessons are on each rung, the highest first; rungs without any are left out."""
    counts = {
        row.student.id: Counter(cell.rung for cell in row.cells.values()) for row in (await completion(course_id)).rows
    }
    return {
        student: {rung: counter[rung] for rung in reversed(RUNGS) if counter[rung]}
        for student, counter in counts.items()
    }


routes = [show, add, rename, remove, take_back, ask_merge, merge]
