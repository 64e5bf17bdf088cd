"""Courses: create, list, edit, archive. Everything of a course is loaded through a person who works on it."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from piccolo.custom_types import Combinable
from piccolo.query import Select
from piccolo.query.functions import Count

from courses.audit import changed, record
from courses.catalogue.roles import Right, check_right, may
from courses.catalogue.shown import SHOWN
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.signed_in import SignedIn
from courses.tables.courses import Course, Membership
from courses.tables.lessons import Lesson
from courses.tables.roster import Student
from courses.texts import one_line, too_long


@dataclass(frozen=True)
class CourseInfo:
    """A course as the person sees it."""

    id: UUID
    title: str
    term: str
    description: str
    role: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    lessons: int = 0
    students: int = 0
    #: students go by made-up names
    aliases: bool = False
    #: class links ask for the code on the projector
    room_code: bool = False

    def may(self, right: Right) -> bool:
        """Whether the person has a right here."""
        return may(self.role, right)


@unit_of_work
async def create_course(person: SignedIn, title: str, term: str = "", description: str = "") -> UUID:
    """Make a course that the person owns. Raises Invalid."""
    values = _checked(title, term, description)
    moment = now()
    course = Course(
        title=values["title"],
        term=values["term"],
        description=values["description"],
        created_at=moment,
        updated_at=moment,
    )
    async with writing():
        await Course.insert(course)
        await Membership.insert(Membership(course=course.id, person=person.id, role="owner", created_at=moment))
        await record("course.create", person, course=course.id, object=course.id, label=course.title)
    return course.id


async def courses_of(person: SignedIn, archived: bool = False) -> list[CourseInfo]:
    """The courses in which a person works, the last changed first, with their counts."""
    state = Membership.course.archived_at.is_not_null() if archived else Membership.course.archived_at.is_null()
    rows = await _select().where(Membership.person == person.id, state)
    ids = [row["id"] for row in rows]
    lessons = await _count(Lesson, ids, SHOWN)
    students = await _count(Student, ids, Student.left_at.is_null())
    found = [CourseInfo(**row, lessons=lessons.get(row["id"], 0), students=students.get(row["id"], 0)) for row in rows]
    return sorted(found, key=lambda course: course.updated_at, reverse=True)


async def present_courses(person: SignedIn) -> list[CourseInfo]:
    """All in which the person works that are not put away; the last changed first, without counts."""
    rows = await _select().where(Membership.person == person.id, Membership.course.archived_at.is_null())
    return sorted([CourseInfo(**row) for row in rows], key=lambda course: course.updated_at, reverse=True)


async def writable_courses(person: SignedIn) -> list[CourseInfo]:
    """Those of them whose lessons the person may write."""
    return [course for course in await present_courses(person) if course.may("write")]


async def course_of(person: SignedIn, course_id: UUID, may: Right = "read") -> CourseInfo:
    """One course in which the person has the right. Raises NotFound, NotAllowed."""
    row = await _select().where(Membership.person == person.id, Membership.course == course_id).first()
    if row is None:
        raise NotFound
    check_right(row["role"], may)
    return CourseInfo(**row)


async def role_in(person: SignedIn, course_id: UUID) -> str:
    """What the person is in a course. Raises NotFound."""
    row = await Membership.select(Membership.role).where(
        Membership.person == person.id, Membership.course == course_id
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    return str(row["role"])


async def course_title(course_id: UUID) -> str:
    """For pages that have come to the course by a link. Raises NotFound."""
    row = await Course.select(Course.title).where(Course.id == course_id).first()
    if row is None:
        raise NotFound
    return str(row["title"])


@dataclass(frozen=True)
class CourseHead:
    """A course for those who run the portal's command: nobody is signed in there."""

    id: UUID
    title: str


async def find_course(text: str) -> CourseHead:
    """By id, or by a title that only one course has. Raises NotFound, Conflict."""
    with contextlib.suppress(ValueError):
        rows = await Course.select(Course.id, Course.title).where(Course.id == UUID(text))
        if rows:
            return CourseHead(**rows[0])
    rows = await Course.select(Course.id, Course.title).where(Course.title == text)
    if not rows:
        raise NotFound(Message("There is no course {text}.", text=text))
    if len(rows) > 1:
        raise Conflict(Message("Several courses have this title; give the id of one of them."))
    return CourseHead(**rows[0])


@unit_of_work
async def edit_course(by: SignedIn | None, course: CourseInfo, title: str, term: str, description: str) -> None:
    """Raises Invalid."""
    values = _checked(title, term, description)
    async with writing():
        rows = await Course.select(Course.title, Course.term, Course.description).where(Course.id == course.id)
        await Course.update({
            Course.title: values["title"], Course.term: values["term"], Course.description: values["description"],
            Course.updated_at: now(),
        }).where(Course.id == course.id)  # fmt: skip
        detail = changed(rows[0], values) if rows else {}
        if detail:
            await record("course.edit", by, course=course.id, object=course.id, label=values["title"], detail=detail)


@unit_of_work
async def archive_course(by: SignedIn | None, course: CourseInfo, archived: bool = True) -> None:
    """Put a course away, or take it back; its links go on as they are."""
    was = Course.archived_at.is_null() if archived else Course.archived_at.is_not_null()
    async with writing():
        values: Changes = {Course.archived_at: now() if archived else None}
        if await Course.update(values).where(Course.id == course.id, was).returning(Course.id):
            action = "course.archive" if archived else "course.restore"
            await record(action, by, course=course.id, object=course.id, label=course.title)


@unit_of_work
async def remove_course(by: SignedIn | None, course: CourseInfo) -> None:
    """Delete a course with all that belongs to it, for good; its log goes too, but for this."""
    async with writing():
        await Course.delete().where(Course.id == course.id)
        await record("course.remove", by, course=None, object=course.id, label=course.title)


def _checked(title: str, term: str, description: str) -> dict[str, str]:
    title, term, description = one_line(title), one_line(term), description.replace("\0", "").strip()
    problems = {}
    if not title:
        problems["title"] = Message("Give the course a title.")
    for name, value, limit in (("title", title, 200), ("term", term, 100), ("description", description, 5000)):
        if len(value) > limit:
            problems[name] = too_long(value, limit)
    if problems:
        raise Invalid(problems)
    return {"title": title, "term": term, "description": description}


def _select() -> Select[Membership]:
    course = Membership.course
    return Membership.select(
        course.id.as_alias("id"), course.title.as_alias("title"), course.term.as_alias("term"),
        course.description.as_alias("description"), course.created_at.as_alias("created_at"),
        course.updated_at.as_alias("updated_at"), course.archived_at.as_alias("archived_at"), Membership.role,
        course.aliases.as_alias("aliases"), course.room_code.as_alias("room_code"),
    )  # fmt: skip


async def _count(table: type[Lesson] | type[Student], courses: list[UUID], where: Combinable) -> dict[UUID, int]:
    if not courses:
        return {}
    rows = await table.select(table.course, Count(table.id, alias="count")).where(
        table.course.is_in(courses), where
    ).group_by(table.course)  # fmt: skip
    return {row["course"]: row["count"] for row in rows}
