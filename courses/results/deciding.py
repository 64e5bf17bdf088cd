"""An instructor's word on a publication: confirmed, refused, or taken back; kept as an event and in the log."""

from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message, NotFound
from courses.events.ladder import DECISIONS, FAILURE_LENGTH, Report, decision
from courses.events.publications import apply, keep, progress_of
from courses.signed_in import SignedIn
from courses.tables.lessons import Lesson
from courses.tables.roster import Student


@unit_of_work
async def decide(person: SignedIn, lesson: UUID, student: UUID, platform: str, kind: str, reason: str = "") -> bool:
    """An instructor's word on a publication: `kind` is "confirm", "refuse", or "reopen" to take back both.

    Raises Invalid, NotFound. False where there was nothing to take back.
    """
    if kind not in DECISIONS:
        raise Invalid({"decision": Message("Choose to confirm, to refuse or to take back.")})
    if kind == "refuse" and not reason.strip():
        raise Invalid({"reason": Message("Say why, so that the student knows what is missing.")})
    if len(reason) > FAILURE_LENGTH:
        raise Invalid({"reason": Message("Write at most {limit} characters.", limit=FAILURE_LENGTH)})
    async with writing():
        moment = now()
        report = Report(
            lesson=lesson, kind=kind, platform=platform, at=moment, received_at=moment, student=student,
            person=person.id, detail={"reason": reason} if reason and kind != "reopen" else {},
        )  # fmt: skip
        taken_back = decision(await progress_of(student, lesson, platform)) if kind == "reopen" else None
        if kind == "reopen" and taken_back is None:
            return False
        about = await Lesson.select(Lesson.course, Lesson.title).where(Lesson.id == lesson).first()
        whose = await Student.select(Student.name).where(Student.id == student).first()
        if about is None or whose is None:
            raise NotFound
        await keep([report])
        await apply([report])
        detail = {"lesson": lesson, "title": about["title"], "platform": platform, **report.detail}
        detail |= {"decision": taken_back} if taken_back else {}
        await record(f"publication.{kind}", person, course=about["course"], object=student, label=whose["name"],
                     detail=detail)  # fmt: skip
    return True
