"""Erasing students: no name, number, phone, note or free word about them is left in the database or in files; counts stay.

A row for each student stays, so that everything still adds up; it is called `#` and its seat.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from obstore.store import ObjectStore
from piccolo.custom_types import Combinable

from courses import database
from courses.audit import record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.engine import KeptSQLiteEngine
from courses.errors import NotFound
from courses.events.causes import cause_of
from courses.events.refused_scans import STRAYS_KEPT
from courses.pieces import delete_in_pieces
from courses.printing.ending import drop_file
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
    done = [await _erase(by, course, each) for each in (student, *same)]
    if any(done):
        await drop_prints(store, course)
        await scrub()
    return done[0]


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
        for student in left:
            count += await _erase(None, course["id"], student)
            await asyncio.sleep(0.005)  # scans come first
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


@unit_of_work
async def _erase(by: SignedIn | None, course: UUID, student: UUID) -> bool:
    async with writing():
        row = await Student.select(Student.number, Student.name, Student.group, Student.seat, Student.erased_at).where(
            Student.id == student
        ).first()  # fmt: skip
        if row is None or row["erased_at"] is not None:
            return False
        await _clear_reports(course, student)
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
        await _clear_log(course, student, row["name"], row["number"])
        await record("student.erase", by, course=course, object=student, label=number)
    return True


async def _clear_reports(course: UUID, student: UUID) -> None:
    """Events, publications, phones, links and messages of one student."""
    devices = await Claim.select(Claim.device).where(Claim.student == student).output(as_list=True)
    events = await Event.select(Event.id, Event.kind, Event.device, Event.detail).where(Event.student == student)
    for event in events:
        # Of what a phone said only what is out of our own list of causes stays; all else may be a name.
        failed = event["kind"] == "fail"
        detail = {"cause": cause_of(msgspec.json.decode(event["detail"]))} if failed else {}
        values: Changes = {Event.device: None, Event.detail: msgspec.json.encode(detail).decode()}
        await Event.update(values).where(Event.id == event["id"])
    phones = {*devices, *(event["device"] for event in events if event["device"])}
    refused: Combinable = RefusedScan.student == student
    if phones:
        refused = refused | ((RefusedScan.course == course) & RefusedScan.device.is_in(list(phones)))
    await RefusedScan.update({RefusedScan.device: None}).where(refused)
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


async def _clear_log(course: UUID, student: UUID, name: str, number: str) -> None:
    """Entries of the audit log that are about the student, or that name one."""

    def named(text: str) -> bool:
        return text in (name, number) or (len(name) > 1 and name in text)

    for row in await AuditEntry.select(AuditEntry.id, AuditEntry.object, AuditEntry.label, AuditEntry.detail).where(
        AuditEntry.course == course
    ):
        detail = msgspec.json.decode(row["detail"])
        about = row["object"] == student
        # Of what is about the student, all words go; of what only names the student, that word.
        clean = _without(detail, named)
        if about:
            clean.pop("changes", None)
            clean.pop("reason", None)
            clean.pop("from", None)
        label = "" if about or named(row["label"]) else row["label"]
        if clean != detail or label != row["label"]:
            values: Changes = {AuditEntry.label: label, AuditEntry.detail: msgspec.json.encode(clean).decode()}
            await AuditEntry.update(values).where(AuditEntry.id == row["id"])


def _without(value: Any, named: Callable[[str], bool]) -> Any:
    match value:
        case str():
            return "" if named(value) else value
        case list():
            return [_without(each, named) for each in value]
        case dict():
            return {key: _without(each, named) for key, each in value.items() if not named(key)}
    return value


async def _forget_phones(course: UUID) -> None:
    """Phones that never said whose they are, of a course whose time is over."""
    await Event.raw(
        "UPDATE event SET device = NULL WHERE device IS NOT NULL AND lesson IN (SELECT id FROM lesson WHERE course = {})",
        course,
    )
    await RefusedScan.update({RefusedScan.device: None}).where(RefusedScan.course == course)


async def drop_prints(store: ObjectStore, course: UUID) -> None:
    """Files of slips with names on them; they can be drawn again, without those that are erased."""
    named = PrintRun.course == course, PrintRun.kind.is_in(list(_NAMED_RUNS))
    # Why a run failed may say which name cannot be printed.
    await PrintRun.update({PrintRun.problem: "{}"}).where(*named)
    runs = await PrintRun.select(PrintRun.id, PrintRun.file).where(*named, PrintRun.file != "")
    for run in runs:
        await PrintRun.update({PrintRun.file: ""}).where(PrintRun.id == run["id"])
        await drop_file(store, run["file"])


async def scrub() -> None:
    """Rewrite an SQLite file without what was deleted or overwritten in it; other databases have a vacuum of their own."""
    if isinstance(database.DB, KeptSQLiteEngine):
        await asyncio.to_thread(_vacuum, database.DB.path)


def _vacuum(path: str) -> None:
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        connection.execute("VACUUM")
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
