"""A student's publications made anew from the events, where some of them have turned out to be another's."""

from uuid import UUID

import msgspec

from courses.changes import Changes
from courses.clock import now
from courses.events.ladder import PROGRESS_FIELDS, RUNGS, Progress, Report, advance
from courses.events.publications import apply
from courses.tables.events import Event, Publication


async def reports_of(student: UUID) -> list[Report]:
    """Everything that was reported of a student; merging it again changes nothing of what was merged before."""
    rows = await Event.select(
        Event.lesson, Event.kind, Event.platform, Event.at, Event.received_at, Event.detail,
        Event.at_doubtful.as_alias("doubtful"),
    ).where(Event.student == student)  # fmt: skip
    return [Report(**row | {"detail": msgspec.json.decode(row["detail"])}, student=student) for row in rows]


async def progress_of_phone(student: UUID, device: str) -> dict[tuple[UUID, str], Progress]:
    """What one phone (16 hexadecimal digits) reported of a student, by lesson and platform."""
    rows = await Event.select(
        Event.lesson, Event.kind, Event.platform, Event.at, Event.received_at, Event.detail,
        Event.at_doubtful.as_alias("doubtful"),
    ).where(Event.student == student, Event.device == device)  # fmt: skip
    found: dict[tuple[UUID, str], Progress] = {}
    for row in rows:
        key = row["lesson"], row["platform"]
        report = Report(**row | {"detail": msgspec.json.decode(row["detail"])}, student=student)
        found[key] = advance(found.get(key, Progress()), report)
    return found


async def rebuild(student: UUID) -> None:
    """In the caller's transaction, behind `lock_publications`.

    A publication of which nothing is reported any more goes; the others keep their figures.
    """
    nothing: Changes = dict.fromkeys(PROGRESS_FIELDS)
    await Publication.update(nothing | {"rung": RUNGS[0], "changed_at": now()}).where(Publication.student == student)
    reports = await reports_of(student)
    await apply(reports)
    known = {(report.lesson, report.platform) for report in reports}
    for row in await Publication.select(Publication.id, Publication.lesson, Publication.platform).where(
        Publication.student == student
    ):
        if (row["lesson"], row["platform"]) not in known:
            await Publication.delete().where(Publication.id == row["id"])
