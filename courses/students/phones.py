"""Which phones are whose: a name that is on two of them is shown, and taken off one of them again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import reads_apart, unit_of_work, writing
from courses.errors import NotFound
from courses.events.publications import lock_publications
from courses.events.rebuilding import rebuild
from courses.signed_in import SignedIn
from courses.students.roster import find_student_by_id
from courses.tables.events import Event, Handover
from courses.tables.roster import Claim


@dataclass(frozen=True)
class NamedPhone:
    """A phone (16 hexadecimal digits) of a student: `said_at` is when it said the name, None for one with the slip.

    `reports` came from it about the student, the last one at `heard_at`; none and None where it has only said the name.
    """

    device: str
    said_at: datetime | None
    heard_at: datetime | None
    reports: int
    #: sees what others reported of the student
    let_in: bool = True


@reads_apart
async def phones_of(course_id: UUID) -> dict[UUID, list[NamedPhone]]:
    """For each student those who are heard first, in two queries. A phone that was handed on is its last student's alone."""
    now_of, ever = await _claims(course_id)
    rows = await Event.raw(
        "SELECT event.student AS student, event.device AS device, COUNT(*) AS reports,"
        " MAX(event.received_at) AS last FROM event JOIN lesson ON lesson.id = event.lesson"
        " WHERE lesson.course = {} AND event.student IS NOT NULL AND event.device IS NOT NULL"
        " GROUP BY event.student, event.device",
        course_id,
    )
    found: dict[tuple[UUID, str], NamedPhone] = {
        (student, device): NamedPhone(device, at, None, 0, let_in) for device, (student, at, let_in) in now_of.items()
    }
    for row in rows:
        key = _uuid(row["student"]), row["device"]
        if key in found:
            found[key] = replace(found[key], heard_at=_time(row["last"]), reports=row["reports"])
        elif key not in ever:
            found[key] = NamedPhone(row["device"], None, _time(row["last"]), row["reports"])
    phones = defaultdict(list)
    for (student, _), phone in found.items():
        phones[student].append(phone)
    return {student: sorted(each, key=lambda phone: phone.said_at or phone.heard_at or now())
            for student, each in phones.items()}  # fmt: skip


@reads_apart
async def claimed_names(course_id: UUID) -> dict[UUID, int]:
    """How many phones say that they are a student's, where that is more than one; without looking at what they reported."""
    counter = Counter(student for student, _, _ in (await _claims(course_id))[0].values())
    return {student: count for student, count in counter.items() if count > 1}


async def shared_names(course_id: UUID, scans: Iterable[tuple[UUID, str]]) -> dict[UUID, int]:
    """On how many phones a name is that is on several, by (student, device) of scans; in one query."""
    now_of, ever = await _claims(course_id)
    phones: Mapping[UUID, set[str]] = defaultdict(set)
    for student, device in scans:
        if (student, device) not in ever or now_of.get(device, (None,))[0] == student:
            phones[student].add(device)
    return {student: len(devices) for student, devices in phones.items() if len(devices) > 1}


@unit_of_work
async def take_name_off(by: SignedIn, course_id: UUID, student_id: UUID, device: str) -> bool:
    """The phone is nobody's again: what it reported counts for nobody, until it says another name. False when it was so.

    Nobody is locked out: the phone is asked who it is, as at first. Raises NotFound for a phone that never said the name.
    """
    async with writing():
        await lock_publications(student_id)
        student = await find_student_by_id(course_id, student_id)
        now_of, ever = await _claims(course_id)
        if (student_id, device) not in ever:
            raise NotFound
        if now_of.get(device, (None,))[0] != student_id:
            return False
        said = Claim.course == course_id, Claim.device == device, Claim.undone_at.is_null()
        await Claim.update({Claim.undone_at: now()}).where(*said)
        for table in (Event, Handover):
            await table.update({table.student: None}).where(table.student == student_id, table.device == device)
        await rebuild(student_id)
        await record("student.phone", by, course=course_id, object=student_id, label=student.name)
    return True


async def _claims(course_id: UUID) -> tuple[dict[str, tuple[UUID, datetime, bool]], set[tuple[UUID, str]]]:
    """Who each phone says it is now, since when and whether it was let in, and every (student, device) that was ever said."""
    rows = await Claim.select(Claim.student, Claim.device, Claim.created_at, Claim.undone_at, Claim.let_in_at).where(
        Claim.course == course_id
    ).order_by(Claim.created_at)  # fmt: skip
    now_of = {
        row["device"]: (row["student"], row["created_at"], row["let_in_at"] is not None)
        for row in rows
        if row["undone_at"] is None
    }
    return now_of, {(row["student"], row["device"]) for row in rows}


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _time(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
