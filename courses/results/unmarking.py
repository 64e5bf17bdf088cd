"""Undoing what an instructor did to many cells at one moment: each cell is as it was before."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.results.marking import BATCH, PAUSE
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry
from courses.tables.events import Event
from courses.tables.roster import Excuse

_WORDS = ("confirm", "refuse", "reopen", "claim", "link")


async def undo_marks(person: SignedIn, course_id: UUID, moment: datetime) -> int:
    """Take back what this person did to cells at that moment; returns to how many.

    A cell about which somebody has said something since is left as it is.
    """
    entries = await AuditEntry.select(AuditEntry.action, AuditEntry.object, AuditEntry.label, AuditEntry.detail).where(
        AuditEntry.course == course_id, AuditEntry.person == person.id, AuditEntry.at == moment,
        AuditEntry.action.is_in(["publication.confirm", "publication.refuse", "publication.excuse", "publication.unexcuse"]),
    )  # fmt: skip
    count = 0
    for start in range(0, len(entries), BATCH):
        batch = [entry | {"detail": msgspec.json.decode(entry["detail"])} for entry in entries[start : start + BATCH]]
        count += await _some_back(person, course_id, batch, moment)
        await asyncio.sleep(PAUSE)
    return count


@unit_of_work
async def _some_back(person: SignedIn, course_id: UUID, batch: Sequence[Mapping[str, Any]], moment: datetime) -> int:
    async with writing():
        if batch[0]["action"].endswith("excuse"):
            return await _excuses_back(person, course_id, batch, moment)
        return await _decisions_back(person, course_id, batch, moment)


async def _excuses_back(
    person: SignedIn, course_id: UUID, entries: Sequence[Mapping[str, Any]], moment: datetime
) -> int:
    count = 0
    for entry in entries:
        lesson = UUID(entry["detail"]["lesson"])
        mine = Excuse.student == entry["object"], Excuse.lesson == lesson
        if entry["action"] == "publication.excuse":
            changed = await Excuse.update({Excuse.undone_at: now()}).where(
                *mine, Excuse.at == moment, Excuse.undone_at.is_null()
            ).returning(Excuse.id)  # fmt: skip
        else:
            changed = await Excuse.update({Excuse.undone_at: None}, force=True).where(
                *mine, Excuse.undone_at == moment
            ).returning(Excuse.id)  # fmt: skip
        if changed:
            count += 1
            back = "unexcuse" if entry["action"] == "publication.excuse" else "excuse"
            await _record(back, person, course_id, entry)
    return count


async def _decisions_back(
    person: SignedIn, course_id: UUID, entries: Sequence[Mapping[str, Any]], moment: datetime
) -> int:
    lessons = list({UUID(entry["detail"]["lesson"]) for entry in entries})
    events = await Event.select(
        Event.student, Event.lesson, Event.platform, Event.kind, Event.received_at, Event.detail, Event.person
    ).where(
        Event.student.is_in([entry["object"] for entry in entries]), Event.lesson.is_in(lessons),
        Event.kind.is_in(list(_WORDS)),
    ).order_by(Event.received_at)  # fmt: skip
    said: dict[tuple[UUID, UUID, str], list[Mapping[str, Any]]] = {}
    for event in events:
        said.setdefault((event["student"], event["lesson"], event["platform"]), []).append(event)
    reports: list[Report] = []
    count = 0
    for entry in entries:
        lesson, made = UUID(entry["detail"]["lesson"]), len(reports)
        for platform in entry["detail"]["platform"].split(", "):
            reports += _as_before(person, said.get((entry["object"], lesson, platform), []), moment)
        if len(reports) > made:
            count += 1
            await _record("reopen", person, course_id, entry)
    if reports:
        await keep(reports)
        await apply(reports)
    return count


def _as_before(person: SignedIn, said: Sequence[Mapping[str, Any]], moment: datetime) -> list[Report]:
    """What takes the word of that moment back and says again what counted until then; nothing if more was said since."""
    decided = [event for event in said if event["person"] is not None and event["kind"] not in ("claim", "link")]
    if not decided or decided[-1]["received_at"] != moment:
        return []
    at, last = now(), decided[-1]
    back = Report(last["lesson"], "reopen", last["platform"], at, at, student=last["student"], person=person.id)
    before = decided[-2] if len(decided) > 1 else None
    if before is None or before["kind"] == "reopen":
        return [back]
    answered = any(
        event["kind"] in ("claim", "link") and event["received_at"] > before["received_at"] for event in said
    )
    if before["kind"] == "refuse" and answered:
        return [back]
    again = at + timedelta(microseconds=1)
    detail = msgspec.json.decode(before["detail"])
    return [back, Report(last["lesson"], before["kind"], last["platform"], again, again, student=last["student"],
                         person=person.id, detail=detail)]  # fmt: skip


async def _record(action: str, person: SignedIn, course_id: UUID, entry: Mapping[str, Any]) -> None:
    detail = {name: value for name, value in entry["detail"].items() if name != "reason"}
    await record(f"publication.{action}", person, course=course_id, object=entry["object"], label=entry["label"],
                 detail=detail)  # fmt: skip
