"""Who a phone said it is, and when: whose a report is that it made under a name, or before it had said one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.database import unit_of_work, writing
from courses.errors import NotFound
from courses.events.publications import attribute
from courses.people.attempts import Counted, give_back
from courses.students.claims import claim_student, standing_of
from courses.students.roster import student_info
from courses.students.values import Standing, StudentInfo
from courses.tables.events import Event
from courses.tables.roster import Claim, Student


@dataclass(frozen=True)
class Naming:
    """A phone said that it is this student's; `undone_at` is when an instructor took the name off it."""

    student: StudentInfo
    at: datetime
    undone_at: datetime | None
    standing: Standing


async def namings(course_id: UUID, device: str) -> list[Naming]:
    """Every name that a phone (16 hexadecimal digits) said in a course, the first one first."""
    # Raw: it is asked for every report, and building the query costs more than running it.
    rows: list[dict[str, Any]] = await Claim.raw(
        "SELECT claim.created_at, claim.undone_at, claim.let_in_at, claim.let_in_by, claim.by_name,"
        " student.id, student.number, student.name, student.seat,"
        ' student.left_at, student."group" FROM claim JOIN student ON student.id = claim.student'
        " WHERE claim.course = {} AND claim.device = {} ORDER BY claim.created_at",
        course_id,
        device,
    )
    return [Naming(student_info(row), row["created_at"], row["undone_at"], standing_of(row)) for row in rows]


def named_first(said: list[Naming], since: datetime) -> StudentInfo | None:
    """The first name that was said since, and not taken off again: whose what came before it is, and nobody's after them."""
    return next((naming.student for naming in said if naming.undone_at is None and naming.at >= since), None)


async def named(course_id: UUID, said: list[Naming], student_id: UUID) -> StudentInfo | None:
    """Whose a report is that a phone made under a student's name, though it may have said another since.

    Where an instructor took the name off the phone, it is the next name's. Raises NotFound for one who was erased.
    """
    known = next((naming.student for naming in said if naming.student.id == student_id), None)
    student = known or await _student(course_id, student_id)
    ends = [naming.undone_at for naming in said if naming.student.id == student.id]
    undone = [end for end in ends if end is not None]
    return named_first(said, max(undone)) if ends and len(undone) == len(ends) else student


def standing_at(said: list[Naming], student_id: UUID) -> Standing:
    """How far a phone is believed by now to be a student's; not at all where the name was taken off it."""
    mine = [naming.standing for naming in said if naming.student.id == student_id and naming.undone_at is None]
    return mine[-1] if mine else Standing(let_in=False, knows_name=False)


@unit_of_work
async def name_phone(
    course_id: UUID, device: str, text: str, tried: Counted, *, by_name: bool, pin: bool
) -> StudentInfo:
    """Remember whose the phone is, as `claim_student` does, with what it reported before; `tried` is given back.

    One transaction, of which a class that says its names needs many at once. Raises as claim_student.
    """
    async with writing():
        student = await claim_student(course_id, device, text, by_name=by_name, pin=pin)
        await name_reports(course_id, device)
        await give_back(tried)
    return student


async def name_reports(course_id: UUID, device: str) -> int:
    """Name the student of what a phone reported before it said who it is; returns how many reports that were.

    Each goes to the first name that was said after it had come, never to a later one.
    """
    said = await namings(course_id, device)
    rows = await Event.select(Event.id, Event.received_at).where(
        Event.device == device, Event.student.is_null(), Event.lesson.course == course_id
    )  # fmt: skip
    by_student: dict[UUID, list[UUID]] = {}
    for row in rows:
        student = named_first(said, row["received_at"])
        if student is not None:
            by_student.setdefault(student.id, []).append(row["id"])
    return sum([await attribute(reports, student) for student, reports in by_student.items()])


async def name_late(course_id: UUID, device: str, since: datetime, reports: Collection[UUID]) -> None:
    """A phone may say who it is between the look-up and the commit: what was just kept without a name gets it."""
    student = named_first(await namings(course_id, device), since)
    if student is not None:
        await attribute(reports, student.id)


async def _student(course_id: UUID, student_id: UUID) -> StudentInfo:
    """The student, or who it turned out to be. Raises NotFound."""
    columns = Student.id, Student.number, Student.name, Student.seat, Student.left_at, Student.group
    row = await Student.select(*columns, Student.merged_into).where(
        Student.id == student_id, Student.course == course_id, Student.erased_at.is_null()
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    return student_info(row) if row["merged_into"] is None else await _student(course_id, row["merged_into"])
