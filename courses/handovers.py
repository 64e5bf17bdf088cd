"""What a platform calls a share, so that its webhook finds the student, lesson and link again."""

from dataclasses import dataclass
from uuid import UUID

from courses.clock import now
from courses.database import writing
from courses.roster import claimed_student
from courses.tables.events import Handover
from courses.tables.lessons import Lesson


@dataclass(frozen=True)
class HandoverInfo:
    """One share; `student` is None where the phone has still not said whose it is."""

    link: UUID
    lesson: UUID
    student: UUID | None
    device: str | None


async def remember_handover(
    platform: str, share: str, link: UUID, lesson: UUID, student: UUID | None, device: str | None
) -> None:
    """Keep what a platform calls this share; the first word on an id is the last."""
    row = Handover(
        platform=platform, share=share, link=link, lesson=lesson, student=student, device=device, created_at=now()
    )
    async with writing():
        await Handover.insert(row).on_conflict((Handover.platform, Handover.share), "DO NOTHING")


async def handover_of(platform: str, share: str) -> HandoverInfo | None:
    """The share that a platform speaks of; None where it is none of ours."""
    row = await Handover.select(
        Handover.link, Handover.lesson, Handover.student, Handover.device
    ).where(Handover.platform == platform, Handover.share == share).first()  # fmt: skip
    if row is None:
        return None
    student = row["student"]
    if student is None and row["device"]:
        lesson = await Lesson.select(Lesson.course).where(Lesson.id == row["lesson"]).first()
        found = await claimed_student(lesson["course"], row["device"])
        student = found.id if found else None
    return HandoverInfo(row["link"], row["lesson"], student, row["device"])
