"""Two rows of a roster that are one student: all that was reported of one becomes the other's."""

from typing import Any
from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Message
from courses.events.publications import apply, lock_publications
from courses.events.rebuilding import reports_of
from courses.signed_in import SignedIn
from courses.students.roster import find_student_by_id, forget_seats
from courses.students.values import StudentInfo
from courses.tables.events import Event, Handover, Publication, RefusedScan, Snapshot
from courses.tables.links import Link
from courses.tables.roster import Claim, Excuse, Student


@unit_of_work
async def merge_students(by: SignedIn, course_id: UUID, gone: UUID, kept: UUID) -> StudentInfo:
    """Make everything of `gone` that of `kept`, who is returned. Codes and phones of `gone` lead to `kept` from then on.

    Raises NotFound, Conflict for one and the same student, or for one whose data is erased.
    """
    async with writing():
        await lock_publications(gone, kept)
        first, second = await find_student_by_id(course_id, gone), await find_student_by_id(course_id, kept)
        erased = await Student.exists().where(Student.id.is_in([gone, kept]), Student.erased_at.is_not_null())
        if gone == kept or second.left or erased:
            raise Conflict(Message("Choose another student, who is on the list."))
        figures = await _figures(gone)
        await Publication.delete().where(Publication.student == gone)
        for table in (Event, Claim, Excuse, Handover, RefusedScan):
            await table.update({table.student: kept}).where(table.student == gone)
        await Link.update({Link.student: kept}).where(Link.student == gone)
        await apply(await reports_of(kept))
        await _give_figures(kept, figures)
        await Student.update({Student.merged_into: kept}).where(Student.merged_into == gone)
        moment = now()
        await Student.update({Student.merged_into: kept, Student.left_at: moment}).where(Student.id == gone)
        await record("student.merge", by, course=course_id, object=kept, label=second.name,
                     detail={"from": f"{first.name} ({first.number})"})  # fmt: skip
    forget_seats()
    return second


async def _figures(student: UUID) -> list[dict[str, Any]]:
    """The figures of a student's notes, with what they belong to; their rows go with the publication's."""
    rows = await Snapshot.select(
        *Snapshot.all_columns(), Snapshot.publication.lesson.as_alias("of_lesson"),
        Snapshot.publication.platform.as_alias("of_platform"),
    ).where(Snapshot.publication.is_in(Publication.select(Publication.id).where(Publication.student == student)))  # fmt: skip
    return list(rows)


async def _give_figures(student: UUID, figures: list[dict[str, Any]]) -> None:
    for row in figures:
        lesson, platform = row.pop("of_lesson"), row.pop("of_platform")
        mine = await Publication.select(Publication.id).where(
            Publication.student == student, Publication.lesson == lesson, Publication.platform == platform
        ).first()  # fmt: skip
        if mine is not None:
            snapshot = Snapshot(**row | {"publication": mine["id"]})
            await Snapshot.insert(snapshot).on_conflict(
                target=(Snapshot.publication, Snapshot.snapshot_at, Snapshot.source), action="DO NOTHING"
            )
