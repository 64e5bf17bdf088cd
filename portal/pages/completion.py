"""Who reached what: the list of a course, what each cell was made of, and the instructor's word on it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from markupsafe import Markup

from courses.audit import entries_about
from courses.authoring import LessonInfo, lesson_of
from courses.catalogue import CourseInfo, course_of
from courses.clock import now
from courses.completion import cell_events, completion, completion_table
from courses.errors import Invalid, Message, NotFound
from courses.exports import csv_bytes
from courses.people import SignedIn
from courses.publishing import RUNGS, decide, progress_of, rung
from courses.roles import Right
from courses.roster import StudentInfo, find_student_by_id
from portal.forms import Form, errors_of, no_errors, one
from portal.i18n import gettext as _
from portal.i18n import language
from portal.platforms import Platform
from portal.settings import Settings
from portal.templating import rung_name
from portal.trail import Line, lines

#: entries of the log that are looked at for a cell
TRAIL = 200


@get("/courses/{course_id:uuid}/completion", include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    settings: NamedDependency[Settings],
    rung: FromQuery[str] = "",
    lesson: FromQuery[str] = "",
) -> Template:
    """Students × lessons; with `rung` only who has a cell on it, with `lesson` too only those of that lesson."""
    course = await course_of(person, course_id)
    chosen = rung if rung in RUNGS else None
    lesson_id = _lesson_id(lesson) if chosen else None
    whole = await completion(course.id, chosen, lesson_id)
    context = {
        "person": person, "course": course, "list": whole, "rung": chosen, "lesson_id": lesson_id,
        "enrolled": _enrolled(whole.by_lesson), "names": {name: rung_name(name) for name in RUNGS},
        "meanings": {name: meaning() for name, meaning in MEANINGS.items()},
        "short_time": _short_time(settings.time_zone),
    }  # fmt: skip
    return Template("completion/show.html", context=context)


def _lesson_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _enrolled(by_lesson: Mapping[UUID, Mapping[str, int]]) -> int:
    """Everybody has a rung with each lesson, so any lesson counts them all."""
    return sum(next(iter(by_lesson.values()), {}).values())


def _short_time(zone_name: str) -> Callable[[datetime], Markup]:
    """Times for thousands of cells; Babel's formats would take a second for a large course."""
    zone, year = ZoneInfo(zone_name), now().year

    def short_time(at: datetime) -> Markup:
        local = at.astimezone(zone)
        shape = "%m-%d %H:%M" if local.year == year else "%Y-%m-%d"
        return Markup('<time datetime="{}">{}</time>').format(
            local.isoformat(timespec="seconds"), local.strftime(shape)
        )

    return short_time


#: what each rung is evidence of, as people read it
MEANINGS: dict[str, Callable[[], str]] = {
    "not_started": lambda: _("Nothing has been heard of this student and lesson."),
    "scanned": lambda: _("The student's phone opened the lesson's link."),
    "previewed": lambda: _("The student looked at the preview."),
    "launched": lambda: _("The phone handed the post over to the platform's app. What happened there is not known."),
    "failed": lambda: _("The platform refused, or its app did not open. Its words are in the cell's page."),
    "claimed": lambda: _("The student says so. Nobody has checked it."),
    "linked": lambda: _("The student gave the address of a note. It has the form of one; nobody has opened it."),
    "confirmed": lambda: _("An instructor has looked, or the platform itself reported it."),
}


@get("/courses/{course_id:uuid}/completion.csv", include_in_schema=False)
async def download(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Response[bytes]:
    """Everyone enrolled and every lesson, for a spreadsheet."""
    course = await course_of(person, course_id)
    table = completion_table(await completion(course.id), _title)
    headers = {"Content-Disposition": 'attachment; filename="completion.csv"'}
    return Response(csv_bytes(table), media_type="text/csv", headers=headers)


def _title(text: str) -> str:
    titles = {"Number": _("Number"), "Name": _("Name"), "time (UTC)": _("time (UTC)"), "note": _("note")}
    return rung_name(text) if text in RUNGS else titles[text]


@get("/courses/{course_id:uuid}/completion/{lesson_id:uuid}/{student_id:uuid}", include_in_schema=False)
async def show_cell(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    lesson_id: FromPath[UUID],
    student_id: FromPath[UUID],
    platforms: NamedDependency[dict[str, Platform]],
    settings: NamedDependency[Settings],
    done: FromQuery[str] = "",
) -> Template:
    """What a cell was made of, oldest first, and the form that decides."""
    course, lesson, student = await _cell(person, course_id, lesson_id, student_id)
    return await _cell_page(person, settings, course, lesson, student, platforms, done=done)


@post("/courses/{course_id:uuid}/completion/{lesson_id:uuid}/{student_id:uuid}/decision",
      status_code=303, include_in_schema=False)  # fmt: skip
async def decide_cell(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    lesson_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: URLEncodedBody[Form],
    platforms: NamedDependency[dict[str, Platform]],
    settings: NamedDependency[Settings],
) -> Redirect | Template:
    """Confirm or refuse; both are kept as events, and the later one counts."""
    course, lesson, student = await _cell(person, course_id, lesson_id, student_id, "mark")
    decision, platform = one(data, "decision"), one(data, "platform")
    try:
        if platform not in {*platforms, *lesson.platforms}:
            raise Invalid({"platform": Message("Choose one of the platforms.")})
        await decide(person, lesson.id, student.id, platform, decision, one(data, "reason").strip())
    except Invalid as error:
        values = {"reason": one(data, "reason"), "platform": platform}
        more = {"values": values, "errors": errors_of(error)}
        return await _cell_page(person, settings, course, lesson, student, platforms, 422, **more)
    target = f"/courses/{course.id}/completion/{lesson.id}/{student.id}"
    return Redirect(target, query_params={"done": decision}, status_code=303)


async def _cell(
    person: SignedIn, course_id: UUID, lesson_id: UUID, student_id: UUID, may: Right = "read"
) -> tuple[CourseInfo, LessonInfo, StudentInfo]:
    """All three, if they belong together. Raises NotFound, NotAllowed."""
    course = await course_of(person, course_id, may)
    lesson = await lesson_of(person, lesson_id)
    if lesson.course != course.id:
        raise NotFound
    return course, lesson, await find_student_by_id(course.id, student_id)


async def _cell_page(
    person: SignedIn,
    settings: Settings,
    course: CourseInfo,
    lesson: LessonInfo,
    student: StudentInfo,
    platforms: dict[str, Platform],
    status_code: int = 200,
    **more: Any,
) -> Template:
    events = await cell_events(course.id, lesson.id, student.id)
    slugs = list(dict.fromkeys([*(event.platform for event in reversed(events)), *lesson.platforms]))
    reached = {slug: await progress_of(student.id, lesson.id, slug) for slug in slugs}
    context = {
        "person": person, "course": course, "lesson": lesson, "student": student, "events": events,
        "reached": [(slug, *rung(progress), progress) for slug, progress in reached.items()],
        "platform_names": {slug: _platform_name(platforms, slug) for slug in slugs},
        "kinds": {kind: name() for kind, name in KINDS.items()},
        "trail": await _trail(settings, course, lesson, student),
        "done": "", "errors": no_errors(), "values": {"reason": "", "platform": slugs[0] if slugs else ""},
    }  # fmt: skip
    return Template("completion/cell.html", context=context | more, status_code=status_code)


async def _trail(settings: Settings, course: CourseInfo, lesson: LessonInfo, student: StudentInfo) -> list[Line]:
    """The decisions on this cell, of the newest TRAIL entries of the student."""
    found = await entries_about(course.id, [student.id], TRAIL)
    mine = [entry for entry in found if entry.detail.get("lesson") == str(lesson.id)]
    return await lines(settings, mine)


def _platform_name(platforms: dict[str, Platform], slug: str) -> str:
    return platforms[slug].names[language()] if slug in platforms else slug


#: what was reported or decided, as people read it
KINDS: dict[str, Callable[[], str]] = {
    "scan": lambda: _("Opened the link"),
    "preview": lambda: _("Looked at the preview"),
    "launch": lambda: _("Handed over to the app"),
    "fail": lambda: _("Failed"),
    "return": lambda: _("Came back to the page"),
    "claim": lambda: _("Said: it is published"),
    "link": lambda: _("Gave the note's link"),
    "confirm": lambda: _("Confirmed"),
    "refuse": lambda: _("Not accepted"),
}


routes = [show, download, show_cell, decide_cell]
