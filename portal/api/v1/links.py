"""Share links of a lesson: issue, list, withdraw."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from courses.errors import Invalid, Message, NotFound
from courses.lessons.authoring import lesson_of
from courses.lessons.links import issue_link, link_of, links_of_lesson, withdraw_link
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from courses.students.roster import find_student, find_student_by_id
from courses.students.values import StudentInfo
from portal.api.answers import LinkAnswer, link_answer
from portal.api.failures import FAILURES
from portal.settings import Settings
from portal.web.typed import read_id

Time = Annotated[datetime, Meta(tz=True, description="With its offset from UTC, such as 2026-09-01T08:00:00Z.")]


class NewLink(Struct, forbid_unknown_fields=True):
    """A link to issue: for the class, or for the student with this number or id."""

    student: str | int | None = None
    opens_at: Time | None = None
    expires_at: Time | None = None


@post("/lessons/{lesson_id:uuid}/links", responses=FAILURES)
async def issue(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    lesson_id: FromPath[UUID],
    data: JSONBody[NewLink],
) -> LinkAnswer:
    """Issue a link; those that were issued before stay good until they are withdrawn."""
    lesson = await lesson_of(person, lesson_id, "write")
    student = None if data.student is None else (await _student(lesson, str(data.student))).id
    return link_answer(settings, await issue_link(person, lesson.id, student, data.opens_at, data.expires_at))


async def _student(lesson: LessonInfo, text: str) -> StudentInfo:
    """Raises Invalid, Conflict."""
    student_id = read_id(text)
    if student_id is None:
        return await find_student(lesson.course, text)
    student: StudentInfo | None
    try:
        student = await find_student_by_id(lesson.course, student_id)
    except NotFound:
        student = None
    if student is None or student.left:
        raise Invalid({"student": Message("This student is not on the roster of the lesson's course.")})
    return student


@get("/lessons/{lesson_id:uuid}/links", responses=FAILURES)
async def index(
    person: NamedDependency[SignedIn], settings: NamedDependency[Settings], lesson_id: FromPath[UUID]
) -> list[LinkAnswer]:
    """All links of a lesson, the newest first; withdrawn ones too."""
    lesson = await lesson_of(person, lesson_id)
    return [link_answer(settings, link) for link in await links_of_lesson(lesson.id, printed=False)]


@delete("/links/{link_id:uuid}", responses=FAILURES)
async def withdraw(person: NamedDependency[SignedIn], link_id: FromPath[UUID]) -> None:
    """Withdraw a link for good: printed codes answer "withdrawn" within a second."""
    await withdraw_link(person, await link_of(person, link_id, "write"))


routes = [issue, index, withdraw]
