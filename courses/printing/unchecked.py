"""Printing leaves one trace: who put lessons on paper that their platform would refuse, and why."""

from collections.abc import Collection
from uuid import UUID

from courses.audit import record
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from courses.texts import one_line, too_long

REASON_LENGTH = 300


def checked_reason(text: str) -> str:
    """What somebody says why, on one line. Raises Invalid."""
    reason = one_line(text)
    if not reason:
        raise Invalid({"reason": Message("Say in a few words why they are printed all the same.")})
    if len(reason) > REASON_LENGTH:
        raise Invalid({"reason": too_long(reason, REASON_LENGTH)})
    return reason


@unit_of_work
async def note_unchecked(by: SignedIn | None, course_id: UUID, lessons: Collection[LessonInfo], reason: str) -> None:
    """Write down that these are printed all the same; `by` is None for the portal's command."""
    async with writing():
        for lesson in lessons:
            await record(
                "lesson.print", by, course=course_id, object=lesson.id, label=lesson.title, detail={"reason": reason}
            )
