"""How a course's notes are looked at: which of them wait for it, and the reasons for sending back that are offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from courses.audit import changed, record
from courses.catalogue.courses import CourseInfo
from courses.changes import Changes
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message, NotFound
from courses.signed_in import SignedIn
from courses.tables.courses import Course
from courses.texts import one_line, too_long

#: every note, only what a student says without a link, or none
LOOKING = ("every", "words", "none")
#: what is offered of each course, and how long one may be
REASONS, REASON_LENGTH = 3, 120


@dataclass(frozen=True)
class Looking:
    """`which` is one of LOOKING; `reasons` are the course's own, none for the usual ones."""

    which: str
    reasons: tuple[str, ...]


async def looking_of(course_id: UUID) -> Looking:
    """Raises NotFound."""
    row = await Course.select(Course.look_at, Course.send_back).where(Course.id == course_id).first()
    if row is None:
        raise NotFound
    return Looking(row["look_at"], tuple(msgspec.json.decode(row["send_back"])))


@unit_of_work
async def set_looking(by: SignedIn, course: CourseInfo, which: str, reasons: Sequence[str] = ()) -> None:
    """Empty reasons are left out; without any the usual ones are offered. Raises Invalid."""
    own = [one_line(reason) for reason in reasons[:REASONS]]
    problems = {
        f"reason{at}": too_long(reason, REASON_LENGTH)
        for at, reason in enumerate(own, 1)
        if len(reason) > REASON_LENGTH
    }
    if which not in LOOKING:
        problems["looking"] = Message("Choose which posts you want to look at.")
    if problems:
        raise Invalid(problems)
    given = [reason for reason in own if reason]
    async with writing():
        was = await looking_of(course.id)
        values: Changes = {Course.look_at: which, Course.send_back: msgspec.json.encode(given).decode()}
        await Course.update(values).where(Course.id == course.id)
        before, after = ({"looking": a, "reasons": list(b)} for a, b in ((was.which, was.reasons), (which, given)))
        if detail := changed(before, after):
            await record("course.edit", by, course=course.id, object=course.id, label=course.title, detail=detail)
