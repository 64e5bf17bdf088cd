"""A cell of the completion list: what it was made of, and the instructor's word on it."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.audit import entries_about
from courses.catalogue.courses import CourseInfo, course_of
from courses.catalogue.roles import Right
from courses.errors import Invalid, Message, NotFound
from courses.events.ladder import Progress, decision, is_doubtful, refused, rung
from courses.events.publications import progress_of
from courses.lessons.authoring import lesson_of
from courses.lessons.values import LessonInfo
from courses.results.cells import excuse_of
from courses.results.completion import cell_events
from courses.results.deciding import decide
from courses.results.same_notes import NAMING, Twin, twins
from courses.signed_in import SignedIn
from courses.students.roster import find_student_by_id
from courses.students.values import StudentInfo
from portal.i18n import language
from portal.platforms import Platform
from portal.settings import Settings
from portal.web.forms import Form, errors_of, no_errors, one
from portal.words.audit_log import Line, lines
from portal.words.causes import BY_HAND, UNRESOLVED, cause_advice, cause_name
from portal.words.kinds import KINDS

#: entries of the log that are looked at for a cell
TRAIL = 200


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
    word, platform = one(data, "decision"), one(data, "platform")
    try:
        if platform not in {*platforms, *lesson.platforms}:
            raise Invalid({"platform": Message("Choose one of the platforms.")})
        await decide(person, lesson.id, student.id, platform, word, one(data, "reason").strip())
    except Invalid as error:
        values = {"reason": one(data, "reason"), "platform": platform}
        more = {"values": values, "errors": errors_of(error)}
        return await _cell_page(person, settings, course, lesson, student, platforms, 422, **more)
    target = f"/courses/{course.id}/completion/{lesson.id}/{student.id}"
    return Redirect(target, query_params={"done": word}, status_code=303)


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
        "twins": await _twins(person, lesson, student, reached),
        "excuse": await excuse_of(lesson.id, student.id),
        "trail": await _trail(settings, course, lesson, student),
        "cause_name": cause_name, "cause_advice": cause_advice, "refused": refused, "decision": decision,
        "is_doubtful": is_doubtful,
        "unresolved": {reason: words() for reason, words in UNRESOLVED.items()},
        "by_hand": {reason: words() for reason, words in BY_HAND.items()},
        "done": "", "errors": no_errors(), "values": {"reason": "", "platform": slugs[0] if slugs else ""},
    }  # fmt: skip
    return Template("results/completion/cell.html", context=context | more, status_code=status_code)


async def _twins(
    person: SignedIn, lesson: LessonInfo, student: StudentInfo, reached: dict[str, Progress]
) -> dict[str, list[Twin]]:
    """Where else the same note was handed in, by platform; a query only for a note that counts."""
    return {
        slug: await twins(person, student.id, lesson.id, slug, progress)
        for slug, progress in reached.items()
        if progress.note_url and rung(progress)[0] in NAMING
    }


async def _trail(settings: Settings, course: CourseInfo, lesson: LessonInfo, student: StudentInfo) -> list[Line]:
    """The decisions on this cell, of the newest TRAIL entries of the student."""
    found = await entries_about(course.id, [student.id], TRAIL)
    mine = [entry for entry in found if entry.detail.get("lesson") == str(lesson.id)]
    return await lines(settings, mine)


def _platform_name(platforms: dict[str, Platform], slug: str) -> str:
    return platforms[slug].names[language()] if slug in platforms else slug


routes = [show_cell, decide_cell]
