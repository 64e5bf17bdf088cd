"""Erasing students: no name, number, phone, note or free word about them is left in the database or in files; counts stay.

A row for each student stays, so that everything still adds up; it is called `#` and its seat.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from obstore.store import ObjectStore
from piccolo.custom_types import Combinable

from courses.audit import record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import NotFound
from courses.events.publications import PUBLICATIONS, lock_publications
from courses.events.refused_scans import STRAYS_KEPT
from courses.media.unneeded import batches
from courses.pieces import delete_in_pieces, in_pieces
from courses.printing.ending import drop_file
from courses.privacy.clearing import ENTRY_WORDS, EVENT_WORDS, forgotten_in_log, without_words
from courses.privacy.rewriting import rewrite, rewrite_now
from courses.privacy.scrubbing import scrub
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry
from courses.tables.classes import Delivery
from courses.tables.courses import Course
from courses.tables.events import Event, Handover, Publication, RefusedScan
from courses.tables.links import Link
from courses.tables.printing import PrintRun
from courses.tables.roster import Claim, Excuse, Student

_NAMED_RUNS = ("personal", "catchup")


async def erase_student(by: SignedIn | None, store: ObjectStore, course: UUID, student: UUID) -> bool:
    """For good; False when it was so already. Raises NotFound."""
    if not await Student.exists().where(Student.course == course, Student.id == student):
        raise NotFound
    # Who turned out to be the same student is one.
    same = await Student.select(Student.id).where(Student.merged_into == student).output(as_list=True)
    erased = await _erase(by, course, [student, *same])
    if erased:
        await drop_prints(store, course)
        await scrub()
    return student in erased


async def erase_expired(store: ObjectStore) -> int:
    """Erase everybody in courses whose time has come; how many students."""
    courses = await Course.select(Course.id, Course.title, Course.ends_at, Course.retention_days).where(
        Course.ends_at.is_not_null(), Course.ends_at < now()
    )  # fmt: skip
    count = 0
    for course in courses:
        if course["ends_at"] + timedelta(days=course["retention_days"]) > now():
            continue
        left = await Student.select(Student.id).where(
            Student.course == course["id"], Student.erased_at.is_null()
        ).output(as_list=True)  # fmt: skip
        for some in batches(left):
            count += len(await _erase(None, course["id"], some))
        if left or await Course.exists().where(Course.id == course["id"], Course.erased_at.is_null()):
            await _end_of(course["id"], course["title"], len(left))
            await _forget_phones(course["id"])
            await drop_prints(store, course["id"])
    if count:
        await scrub()
    return count


async def forget_strays() -> int:
    """Refused scans of no course that are old; how many."""
    return await delete_in_pieces(
        RefusedScan, RefusedScan.course.is_null(), RefusedScan.received_at < now() - STRAYS_KEPT
    )


@unit_of_work
async def _end_of(course: UUID, title: str, students: int) -> None:
    async with writing():
        await Course.update({Course.erased_at: now()}).where(Course.id == course)
        await record("course.erase", None, course=course, object=course, label=title, detail={"students": students})


async def _erase(by: SignedIn | None, course: UUID, students: list[UUID]) -> set[UUID]:
    """Those that were not erased yet. What is written about them goes first, a few rows at a time, and then who they are.

    Stopped in between, it is done again as if it had not begun.
    """
    rows = await Student.select(Student.id, Student.number, Student.name).where(
        Student.id.is_in(students), Student.erased_at.is_null()
    )  # fmt: skip
    known, began, erased = [row["id"] for row in rows], now(), set()
    if not known:
        return set()
    forgotten = forgotten_in_log(known, {row["name"] for row in rows}, {row["number"] for row in rows})
    # By the phones that their events name, so before these.
    await rewrite(RefusedScan, (RefusedScan.device,), await _refused(course, known), _without_device)
    await rewrite(Event, EVENT_WORDS, Event.student.is_in(known), without_words, PUBLICATIONS)
    await rewrite(AuditEntry, ENTRY_WORDS, AuditEntry.course == course, forgotten)

    meanwhile = (AuditEntry.course == course) & (AuditEntry.at >= began) & (AuditEntry.action != "student.erase")

    async def end(some: Sequence[UUID]) -> None:
        await lock_publications(*some, renumbered=True)
        await rewrite_now(AuditEntry, ENTRY_WORDS, meanwhile, forgotten)
        for student in some:
            if await _end(by, course, student):
                erased.add(student)

    await in_pieces(known, end, heavy=True)
    return erased


async def _end(by: SignedIn | None, course: UUID, student: UUID) -> bool:
    row = await Student.select(Student.seat, Student.erased_at).where(Student.id == student).first()
    if row is None or row["erased_at"] is not None:
        return False
    await rewrite_now(Event, EVENT_WORDS, Event.student == student, without_words)
    await _clear_reports(student)
    number = f"#{row['seat']}"
    if await Student.exists().where(Student.course == course, Student.number == number):
        number = f"{number}-{student.hex[:6]}"
    values: Changes = {
        Student.number: number,
        Student.name: "",
        Student.group: "",
        Student.pin_hash: None,
        Student.erased_at: now(),
    }
    await Student.update(values).where(Student.id == student)
    await record("student.erase", by, course=course, object=student, label=number)
    return True


async def _refused(course: UUID, students: list[UUID]) -> Combinable:
    """Scans that were refused to them, or to a phone of theirs."""
    claimed = await Claim.select(Claim.device).where(Claim.student.is_in(students)).output(as_list=True)
    reported = await Event.select(Event.device).distinct().where(
        Event.student.is_in(students), Event.device.is_not_null()
    ).output(as_list=True)  # fmt: skip
    theirs: Combinable = RefusedScan.student.is_in(students)
    phones = [*{*claimed, *reported}]
    return theirs | ((RefusedScan.course == course) & RefusedScan.device.is_in(phones)) if phones else theirs


def _without_device(row: dict[str, Any]) -> Changes:
    return {RefusedScan.device: None} if row["device"] else {}


async def _clear_reports(student: UUID) -> None:
    """Publications, phones, links and messages of one student."""
    await RefusedScan.update({RefusedScan.device: None}).where(RefusedScan.student == student)
    await Claim.delete().where(Claim.student == student)
    await Excuse.update({Excuse.reason: ""}).where(Excuse.student == student)
    await Handover.delete().where(Handover.student == student)
    publications = await Publication.select(Publication.id).where(Publication.student == student).output(as_list=True)
    if publications:
        await Delivery.delete().where(Delivery.publication.is_in(publications))
        nothing: Changes = {
            Publication.note_url: None,
            Publication.note_id: None,
            Publication.failure: None,
            Publication.refusal: None,
        }
        await Publication.update(nothing).where(Publication.id.is_in(publications))
    await Link.update({Link.withdrawn_at: now()}).where(Link.student == student, Link.withdrawn_at.is_null())


async def _forget_phones(course: UUID) -> None:
    """Phones that never said whose they are, of a course whose time is over."""
    named = (Event.lesson.course == course) & Event.device.is_not_null()
    await rewrite(Event, (Event.device,), named, _no_device, PUBLICATIONS)
    await rewrite(RefusedScan, (RefusedScan.device,), RefusedScan.course == course, _without_device)


def _no_device(_: dict[str, Any]) -> Changes:
    return {Event.device: None}


async def drop_prints(store: ObjectStore, course: UUID) -> None:
    """Files of slips with names on them; they can be drawn again, without those that are erased."""
    named = PrintRun.course == course, PrintRun.kind.is_in(list(_NAMED_RUNS))
    # Why a run failed may say which name cannot be printed.
    await PrintRun.update({PrintRun.problem: "{}"}).where(*named)
    runs = await PrintRun.select(PrintRun.id, PrintRun.file).where(*named, PrintRun.file != "")
    for run in runs:
        await PrintRun.update({PrintRun.file: ""}).where(PrintRun.id == run["id"])
        await drop_file(store, run["file"])
