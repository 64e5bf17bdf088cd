"""A course of aliases: real names are replaced wherever they stand, and none is taken in any more."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from obstore.store import ObjectStore

from courses.audit import record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import NotFound
from courses.privacy.erasing import drop_prints, scrub
from courses.signed_in import SignedIn
from courses.students.aliases import new_aliases
from courses.students.roster import forget_seats
from courses.tables.audit import AuditEntry
from courses.tables.classes import Delivery, Webhook
from courses.tables.courses import Course
from courses.tables.events import Event, Publication
from courses.tables.roster import Excuse, Student


@unit_of_work
async def use_aliases(by: SignedIn, store: ObjectStore, course: UUID) -> int:
    """Give everybody on the list, also who left, an alias for good; how many. Raises NotFound."""
    async with writing():
        rows = await Course.update({Course.aliases: True, Course.updated_at: now()}).where(
            Course.id == course
        ).returning(Course.title)  # fmt: skip
        if not rows:
            raise NotFound
        students = await Student.select(Student.id, Student.name).where(
            Student.course == course, Student.erased_at.is_null()
        )
        fresh = new_aliases(len(students), [], rows[0]["title"])
        given = {student["id"]: alias for student, alias in zip(students, fresh, strict=True)}
        for student, alias in given.items():
            await Student.update({Student.name: alias}).where(Student.id == student)
        if students:
            real = {student["name"]: given[student["id"]] for student in students}
            await _forget_names(course, given, _replacing(real))
        await record("course.aliases", by, course=course, object=course, label=rows[0]["title"],
                     detail={"students": len(students)})  # fmt: skip
    forget_seats()
    if students:
        await drop_prints(store, course)
        await scrub()
    return len(students)


@unit_of_work
async def take_names(by: SignedIn, course: UUID) -> None:
    """Lists may bring names again; the aliases stay until they do."""
    async with writing():
        had = Course.id == course, Course.aliases.eq(True)
        for row in await Course.update({Course.aliases: False}).where(*had).returning(Course.title):
            await record("course.names", by, course=course, object=course, label=row["title"])


async def goes_by_aliases(course: UUID) -> bool:
    """Whether no real name is kept in a course."""
    return await Course.exists().where(Course.id == course, Course.aliases.eq(True))


def _replacing(real: Mapping[str, str]) -> Callable[[str], str]:
    """Puts aliases in the place of names; one of a single letter is one only where nothing else stands."""
    long = sorted((re.escape(name) for name in real if len(name) > 1), key=len, reverse=True)
    pattern = re.compile("|".join(long)) if long else None

    def replace(text: str) -> str:
        if text in real:
            return real[text]
        return pattern.sub(lambda found: real[found[0]], text) if pattern else text

    return replace


async def _forget_names(course: UUID, given: Mapping[UUID, str], replace: Callable[[str], str]) -> None:
    """In the log, in what instructors and phones wrote, and in messages to webhooks."""
    for row in await AuditEntry.select(AuditEntry.id, AuditEntry.object, AuditEntry.label, AuditEntry.detail).where(
        AuditEntry.course == course
    ):
        detail = _within(msgspec.json.decode(row["detail"]), replace)
        label = replace(row["label"])
        if row["object"] in given:
            # What they were called before does not stand in the list any more.
            label = given[row["object"]]
            detail = {name: value for name, value in detail.items() if name not in ("changes", "from")}
        values: Changes = {AuditEntry.label: label, AuditEntry.detail: msgspec.json.encode(detail).decode()}
        await AuditEntry.update(values).where(AuditEntry.id == row["id"])
    mine = Student.select(Student.id).where(Student.course == course)
    for event in await Event.select(Event.id, Event.detail).where(Event.student.is_in(mine)):
        detail = msgspec.json.encode(_within(msgspec.json.decode(event["detail"]), replace)).decode()
        if detail != event["detail"]:
            await Event.update({Event.detail: detail}).where(Event.id == event["id"])
    for table, columns in ((Publication, (Publication.failure, Publication.refusal)), (Excuse, (Excuse.reason,))):
        for row in await table.select(table.id, *columns).where(table.student.is_in(mine)):
            words = {column: row[column._meta.name] for column in columns}
            new: Changes = {column: replace(text) for column, text in words.items() if text and replace(text) != text}
            if new:
                await table.update(new).where(table.id == row["id"])
    webhooks = Webhook.select(Webhook.id).where(Webhook.course == course)
    await Delivery.delete().where(Delivery.webhook.is_in(webhooks), Delivery.publication.is_not_null())


def _within(value: Any, replace: Callable[[str], str]) -> Any:
    match value:
        case str():
            return replace(value)
        case list():
            return [_within(each, replace) for each in value]
        case dict():
            return {replace(key): _within(each, replace) for key, each in value.items()}
    return value
