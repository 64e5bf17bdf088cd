"""Publications of a course, page by page: everyone on the list with each lesson, with the times of every step."""

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct, convert

from courses.catalogue.courses import course_of
from courses.database import reads_apart
from courses.errors import Invalid, Message
from courses.results.export_tables import publication_rows
from courses.signed_in import SignedIn
from courses.students.roster import students_of
from portal.api.failures import FAILURES
from portal.api.v1.scans import check_limit
from portal.web.typed import read_id

USUAL, MOST = 50, 200


class PublicationAnswer(Struct):
    """A student's way with a lesson on a platform; `time` is when the rung was reached, `minutes` from scan to publication.

    `doubtful` names the fields whose time is when it arrived: the phone gave one that cannot be.
    """

    student: UUID
    number: str
    name: str
    group: str
    lesson: str
    platform: str | None
    rung: str
    time: datetime | None
    note: str | None
    failure: str | None
    cause: str | None
    refusal: str | None
    minutes: float | None
    scans: int
    launches: int
    failures: int
    scanned_at: datetime | None
    previewed_at: datetime | None
    launched_at: datetime | None
    failed_at: datetime | None
    claimed_at: datetime | None
    linked_at: datetime | None
    confirmed_at: datetime | None
    reported_at: datetime | None
    refused_at: datetime | None
    doubtful: list[str]


class PublicationsAnswer(Struct):
    """All rows of some students; `next` is the cursor of the page after it, null on the last."""

    publications: list[PublicationAnswer]
    next: str | None


@get("/courses/{course_id:uuid}/publications", responses=FAILURES)
async def index(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = USUAL,
) -> PublicationsAnswer:
    """Everyone on the list × each lesson, also who has done nothing. `limit` counts students."""
    course = await course_of(person, course_id)
    check_limit(limit, MOST)
    return await _some(course.id, _student(cursor) if cursor is not None else None, limit)


@reads_apart
async def _some(course: UUID, after: UUID | None, limit: int) -> PublicationsAnswer:
    students = sorted(await students_of(course), key=lambda student: student.id)
    rest = [student for student in students if after is None or student.id > after]
    rows = await publication_rows(course, rest[:limit])
    found = [convert({"student": student.id} | row, PublicationAnswer) for student, row in rows]
    return PublicationsAnswer(found, str(rest[limit - 1].id) if len(rest) > limit else None)


def _student(cursor: str) -> UUID:
    student = read_id(cursor)
    if student is None:
        raise Invalid({"cursor": Message("This is no cursor of ours.")})
    return student


routes = [index]
