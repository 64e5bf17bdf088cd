"""What somebody looks for over all their courses: courses, lessons, students, and the lesson of a code that is typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from courses.catalogue.roles import Right, may
from courses.database import reads_apart
from courses.signed_in import SignedIn
from courses.spoken import read_spoken
from courses.students.matching import SEARCH_LENGTH, Sought
from courses.tables.courses import Membership

#: of each kind, and students that are looked through: those of the courses that changed last
EACH, STUDENTS_MAX = 8, 60_000


class _Named(Protocol):
    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def past(self) -> bool: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True)
class FoundCourse:
    """A course of the person; `archived` ones come last."""

    id: UUID
    title: str
    term: str
    role: str
    archived: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (self.title,)

    @property
    def past(self) -> bool:
        return self.archived

    def may(self, right: Right) -> bool:
        """Whether the person has a right here."""
        return may(self.role, right)


@dataclass(frozen=True)
class FoundLesson:
    """A lesson; `by_code` was found by the code under its QR code."""

    id: UUID
    title: str
    course: FoundCourse
    by_code: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.title,)

    @property
    def past(self) -> bool:
        return self.course.archived


@dataclass(frozen=True)
class FoundStudent:
    """A student who is on the list."""

    id: UUID
    number: str
    name: str
    course: FoundCourse

    @property
    def names(self) -> tuple[str, ...]:
        return self.number, self.name

    @property
    def past(self) -> bool:
        return self.course.archived


@dataclass(frozen=True)
class Found:
    """At most EACH of each kind, the best first; `here` is the present course, or the one that was found or changed last."""

    courses: list[FoundCourse] = field(default_factory=list)
    lessons: list[FoundLesson] = field(default_factory=list)
    students: list[FoundStudent] = field(default_factory=list)
    here: FoundCourse | None = None


@reads_apart
async def search(person: SignedIn, text: str, present: UUID | None = None) -> Found:
    """Of the person's own courses only, those of the present one first; without a text the courses that changed last."""
    text = text[:SEARCH_LENGTH].strip()
    courses = await _courses(person)
    sought = Sought(text)
    if not sought.words:
        return Found(list(courses.values())[:EACH], here=_here(courses, present, ()))
    named = [course for course in courses.values() if sought.finds("", f"{course.title} {course.term}")]
    lessons = await _by_code(person, courses, text) + await _lessons(person, courses, sought)
    students = await _students(person, courses, sought)
    for some in (lessons, students):
        some.sort(key=lambda each: each.course.id != present)
    here = _here(courses, present, named)
    return Found(_best(named, text), _best(lessons, text), _best(students, text), here)


def _here(
    courses: Mapping[UUID, FoundCourse], present: UUID | None, named: Sequence[FoundCourse]
) -> FoundCourse | None:
    if present is not None and present in courses:
        return courses[present]
    return next(iter(named), next(iter(courses.values()), None))


async def _courses(person: SignedIn) -> dict[UUID, FoundCourse]:
    rows = await Membership.raw(
        "SELECT course.id AS id, course.title AS title, course.term AS term, membership.role AS role,"
        " course.archived_at IS NOT NULL AS archived FROM membership JOIN course ON course.id = membership.course"
        " WHERE membership.person = {} ORDER BY course.archived_at IS NOT NULL, course.updated_at DESC, course.id",
        person.id,
    )
    found = [FoundCourse(**row | {"id": UUID(str(row["id"])), "archived": bool(row["archived"])}) for row in rows]
    return {course.id: course for course in found}


async def _lessons(person: SignedIn, courses: dict[UUID, FoundCourse], sought: Sought) -> list[FoundLesson]:
    rows = await Membership.raw(
        "SELECT lesson.id AS id, lesson.title AS title, lesson.course AS course FROM membership"
        " JOIN lesson ON lesson.course = membership.course WHERE membership.person = {}"
        " AND lesson.deleted_at IS NULL ORDER BY lesson.created_at DESC, lesson.id",
        person.id,
    )
    return [
        FoundLesson(UUID(str(row["id"])), row["title"], courses[UUID(str(row["course"]))])
        for row in rows
        if sought.finds("", row["title"])
    ]


async def _students(person: SignedIn, courses: dict[UUID, FoundCourse], sought: Sought) -> list[FoundStudent]:
    rows: list[dict[str, Any]] = await Membership.raw(
        "SELECT student.id AS id, student.number AS number, student.name AS name, student.course AS course FROM membership"
        " JOIN course ON course.id = membership.course JOIN student ON student.course = course.id"
        " WHERE membership.person = {} AND student.left_at IS NULL AND student.erased_at IS NULL"
        " ORDER BY course.archived_at IS NOT NULL, course.updated_at DESC, student.seat LIMIT {}",
        person.id,
        STUDENTS_MAX,
    )
    return [
        FoundStudent(UUID(str(row["id"])), row["number"], row["name"], courses[UUID(str(row["course"]))])
        for row in rows
        if sought.finds(row["number"], row["name"])
    ]


async def _by_code(person: SignedIn, courses: dict[UUID, FoundCourse], text: str) -> list[FoundLesson]:
    """The lesson that a code opens, as it is printed under a QR code."""
    spoken = read_spoken(text)
    if spoken is None:
        return []
    rows = await Membership.raw(
        "SELECT lesson.id AS id, lesson.title AS title, lesson.course AS course FROM link"
        " JOIN lesson ON lesson.id = link.lesson JOIN membership ON membership.course = lesson.course"
        " WHERE link.spoken = {} AND membership.person = {} AND lesson.deleted_at IS NULL",
        spoken,
        person.id,
    )
    return [
        FoundLesson(UUID(str(row["id"])), row["title"], courses[UUID(str(row["course"]))], by_code=True) for row in rows
    ]


def _best(found: Iterable[T], text: str) -> list[T]:
    """What is named so, then what begins so, then the rest in their order; the first EACH."""
    wanted = text.casefold()

    def rank(each: T) -> tuple[bool, bool, bool]:
        names = [name.casefold() for name in each.names]
        return wanted not in names, not any(name.startswith(wanted) for name in names), each.past

    return sorted(found, key=rank)[:EACH]
