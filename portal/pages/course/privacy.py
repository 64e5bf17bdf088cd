"""Privacy: how long a course's personal data is kept, what is kept of one student, erasure, and the notice for students."""

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler
from obstore.store import ObjectStore

from courses.catalogue.courses import CourseInfo, course_of, course_title
from courses.errors import CourseError, Invalid, Message
from courses.lessons.links import card
from courses.privacy.aliasing import goes_by_aliases
from courses.privacy.erasing import erase_student
from courses.privacy.retention import counts_of, data_of, retention_of, set_retention
from courses.privacy.scrubbing import rewrite_pending
from courses.privacy.traces import MOST, Trace, traces_of, words_of
from courses.signed_in import SignedIn
from portal.results.student_data import data_zip
from portal.settings import Settings
from portal.student.phone import phones
from portal.web.downloads import disposition
from portal.web.forms import Form, errors_of, no_errors, one
from portal.web.typed import read_number
from portal.words.traces import place_link, place_name
from portal.workers.threads import in_thread

#: words that are looked for at once, and the characters of each
WORDS, WORD_LENGTH = 20, 100
STUDENT = "/courses/{course_id:uuid}/students/{student_id:uuid}"


@get("/courses/{course_id:uuid}/privacy", include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Template:
    """How long personal data is kept here."""
    course = await course_of(person, course_id)
    return await _page(person, settings, course, done=done)


@post("/courses/{course_id:uuid}/privacy", status_code=303, include_in_schema=False)
async def change(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Say when the course ends and how long data is kept then."""
    course = await course_of(person, course_id, "own")
    values = {name: one(data, name).strip() for name in ("ends", "days")}
    try:
        await set_retention(person, course.id, _end(values["ends"], settings), _days(values["days"]))
    except Invalid as error:
        return await _page(person, settings, course, 422, values=values, errors=errors_of(error))
    return Redirect(f"/courses/{course.id}/privacy?done=saved", status_code=303)


def _end(text: str, settings: Settings) -> datetime | None:
    """The end of that day in the portal's zone."""
    if not text:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(23, 59, 59), ZoneInfo(settings.time_zone))
    except (ValueError, OverflowError):
        raise Invalid({"ends": Message("Write a day, such as 2026-09-01.")}) from None


def _days(text: str) -> int:
    return read_number(text) or 0


async def _page(person: SignedIn, settings: Settings, course: CourseInfo, status: int = 200, **more: Any) -> Template:
    kept = await retention_of(course.id)
    ends = kept.ends_at.astimezone(ZoneInfo(settings.time_zone)).date().isoformat() if kept.ends_at else ""
    context = {
        "person": person, "course": course, "kept": kept, "done": "", "errors": no_errors(),
        "values": {"ends": ends, "days": str(kept.days)}, "pending": await rewrite_pending(course.id),
    }  # fmt: skip
    return Template("course/privacy/show.html", context=context | more, status_code=status)


@get(f"{STUDENT}/data", include_in_schema=False)
async def show_student(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], student_id: FromPath[UUID]
) -> Template:
    """What is kept of a student, to be downloaded or erased."""
    course = await course_of(person, course_id, "write")
    return await _student_page(person, course, student_id)


async def _student_page(
    person: SignedIn, course: CourseInfo, student: UUID, status: int = 200, problem: str = ""
) -> Template:
    data = await data_of(course.id, student)
    context = {
        "person": person,
        "course": course,
        "student": data["student"],
        "counts": counts_of(data),
        "problem": problem,
    }
    return Template("course/privacy/student.html", context=context, status_code=status)


@get(f"{STUDENT}/data.zip", include_in_schema=False)
async def download(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], student_id: FromPath[UUID]
) -> Response[bytes]:
    """All that is kept of a student."""
    course = await course_of(person, course_id, "write")
    data = await data_of(course.id, student_id)
    name = f"{data['student']['number']} {data['student']['name']}"
    headers = {"Content-Disposition": disposition(name, "zip", fallback="student")}
    return Response(await in_thread(data_zip, data), media_type="application/zip", headers=headers)


@post(f"{STUDENT}/erasure", status_code=303, include_in_schema=False)
async def erase(
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """For good; the student's number is typed once more. Then where the name still stands, which a person decides about."""
    course = await course_of(person, course_id, "own")
    found = await data_of(course.id, student_id)
    if one(data, "number").strip() != found["student"]["number"]:
        return await _student_page(person, course, student_id, 422, one(data, "number").strip() or " ")
    words = await words_of(course.id, student_id)
    await erase_student(person, store, course.id, student_id)
    traces = await traces_of(store, course.id, words)
    if traces:
        return _traces_page(person, course, words, traces, erased=True)
    return Redirect(f"/courses/{course.id}/privacy?done=erased", status_code=303)


@post("/courses/{course_id:uuid}/privacy/traces", status_code=200, include_in_schema=False)
async def look_for(
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Template:
    """Where words still stand: a line each. They are in no address, and kept nowhere."""
    course = await course_of(person, course_id, "own")
    words = [line.strip()[:WORD_LENGTH] for line in one(data, "words").splitlines() if line.strip()][:WORDS]
    return _traces_page(person, course, words, await traces_of(store, course.id, words), erased=False)


def _traces_page(
    person: SignedIn, course: CourseInfo, words: list[str], traces: list[Trace], *, erased: bool
) -> Template:
    places: dict[tuple[str, str], list[str]] = {}
    for trace in traces:
        texts = places.setdefault((place_name(trace), place_link(course.id, trace)), [])
        if trace.excerpt not in texts and trace.column != "search":  # a lesson's title and text once more
            texts.append(trace.excerpt)
    context = {
        "person": person, "course": course, "words": words, "erased": erased, "more": len(traces) >= MOST,
        "places": places,
    }  # fmt: skip
    return Template("course/privacy/traces.html", context=context, status_code=200)


@get("/privacy", include_in_schema=False)
async def notice(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Template:
    """For students: what is kept, why and how long; of the course whose code this phone scanned last, when that is erased."""
    course, kept, aliases = None, None, False
    for phone in phones(request, settings)[:1]:
        try:
            lesson = (await card(phone.public_id)).lesson
            course, kept = await course_title(lesson.course), await retention_of(lesson.course)
            aliases = await goes_by_aliases(lesson.course)
        except CourseError:
            break
    return Template("course/privacy/notice.html", context={"course": course, "kept": kept, "aliases": aliases})


routes: list[ControllerRouterHandler] = [show, change, show_student, download, erase, look_for, notice]
