"""How long personal data of a course is kept, and what is kept of one student."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from courses.audit import changed, entries_about, record
from courses.catalogue.courses import course_title
from courses.clock import FIRST_YEAR, now
from courses.database import reads_apart, unit_of_work, writing
from courses.errors import Invalid, Message, NotFound
from courses.signed_in import SignedIn
from courses.tables.courses import Course
from courses.tables.events import Event, Handover, Publication, RefusedScan, Snapshot
from courses.tables.links import Link
from courses.tables.roster import Claim, Excuse, Student

# The last day of a course, with the longest it may be kept behind it, is still a date everywhere.
LAST_YEAR_KEPT = 2900
MOST_DAYS = 3_650
#: a change of the time never erases at once
GRACE = timedelta(days=1)


@dataclass(frozen=True)
class Retention:
    """`ends_at` is the end of teaching, None for a course that has none yet; `erased_at` when the time had come."""

    ends_at: datetime | None
    days: int
    erased_at: datetime | None

    @property
    def due(self) -> datetime | None:
        """When personal data is erased; None: nobody has said when the course ends."""
        return self.ends_at + timedelta(days=self.days) if self.ends_at else None


async def retention_of(course: UUID) -> Retention:
    """Raises NotFound."""
    row = (
        await Course.select(Course.ends_at, Course.retention_days, Course.erased_at).where(Course.id == course).first()
    )
    if row is None:
        raise NotFound
    return Retention(row["ends_at"], row["retention_days"], row["erased_at"])


@unit_of_work
async def set_retention(by: SignedIn | None, course: UUID, ends_at: datetime | None, days: int) -> None:
    """Raises Invalid, also for a time that has nearly come: nobody erases a course by a typing error."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": Message("Choose 1 to {most} days.", most=MOST_DAYS)})
    if ends_at is not None and not FIRST_YEAR <= ends_at.year <= LAST_YEAR_KEPT:
        raise Invalid({"ends": Message("Choose a year from {first} to {last}.", first=FIRST_YEAR, last=LAST_YEAR_KEPT)})
    if ends_at is not None and ends_at + timedelta(days=days) < now() + GRACE:
        raise Invalid(
            {"ends": Message("That would erase everything within the day. Choose a later day, or keep it longer.")}
        )
    before = await retention_of(course)
    old, new = (
        {"ends_at": end, "retention_days": kept} for end, kept in ((before.ends_at, before.days), (ends_at, days))
    )
    detail = changed(old, new)
    if detail:
        async with writing():
            # Who is on the list from now on is erased when the new time comes.
            await Course.update({
                Course.ends_at: ends_at, Course.retention_days: days, Course.erased_at: None
            }).where(Course.id == course)  # fmt: skip
            title = await course_title(course)
            await record("course.retention", by, course=course, object=course, label=title, detail=detail)


@reads_apart
async def data_of(course: UUID, student: UUID) -> dict[str, Any]:
    """All that is kept of a student, by kind, ready for JSON. Raises NotFound."""
    about = await Student.select(
        Student.id, Student.number, Student.name, Student.group, Student.seat, Student.created_at, Student.left_at,
        Student.erased_at,
    ).where(Student.course == course, Student.id == student).first()  # fmt: skip
    if about is None:
        raise NotFound
    mine: dict[str, Any] = {"course": await course_title(course), "student": about}
    publications = await Publication.select(
        *Publication.all_columns(), Publication.lesson.title.as_alias("lesson_title")
    ).where(Publication.student == student)
    events = await Event.select(
        Event.id, Event.lesson, Event.lesson.title.as_alias("lesson_title"), Event.kind, Event.platform, Event.at,
        Event.received_at, Event.at_doubtful, Event.clock_offset, Event.device, Event.detail,
    ).where(Event.student == student).order_by(Event.received_at)  # fmt: skip
    mine["publications"] = publications
    mine["events"] = [row | {"detail": msgspec.json.decode(row["detail"])} for row in events]
    mine["phones"] = await Claim.select(Claim.device, Claim.created_at, Claim.undone_at).where(Claim.student == student)
    mine["excuses"] = await Excuse.select(Excuse.lesson, Excuse.reason, Excuse.at, Excuse.undone_at).where(
        Excuse.student == student
    )
    mine["refused_scans"] = await RefusedScan.select(
        RefusedScan.reason,
        RefusedScan.lesson,
        RefusedScan.device,
        RefusedScan.at,
        RefusedScan.received_at,
        RefusedScan.at_doubtful,
    ).where(RefusedScan.student == student)
    mine["links"] = await Link.select(Link.lesson, Link.created_at, Link.expires_at, Link.withdrawn_at).where(
        Link.student == student
    )
    mine["handovers"] = await Handover.select(Handover.platform, Handover.share, Handover.created_at).where(
        Handover.student == student
    )
    ids = [row["id"] for row in publications]
    mine["figures"] = await Snapshot.select().where(Snapshot.publication.is_in(ids)) if ids else []
    mine["changes"] = [
        {"at": entry.at, "action": entry.action, "label": entry.label, "detail": entry.detail}
        for entry in await entries_about(course, [student], 10_000)
    ]
    return mine


def counts_of(data: Mapping[str, Any]) -> dict[str, int]:
    """How much of each kind there is."""
    return {name: len(rows) for name, rows in data.items() if isinstance(rows, list)}
