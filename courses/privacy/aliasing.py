"""A course of aliases: real names are replaced wherever they stand, and none is taken in any more."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from obstore.store import ObjectStore
from piccolo.columns import Column

from courses.audit import record
from courses.catalogue.courses import course_title
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.events.publications import PUBLICATIONS, lock_publications
from courses.media.unneeded import batches
from courses.pieces import delete_in_pieces
from courses.privacy.erasing import drop_prints
from courses.privacy.rewriting import New, rewrite
from courses.privacy.scrubbing import scrub
from courses.signed_in import SignedIn
from courses.students.aliases import new_aliases
from courses.students.roster import forget_seats
from courses.tables.audit import AuditEntry
from courses.tables.classes import Delivery, Webhook
from courses.tables.courses import Course
from courses.tables.events import Event, Publication
from courses.tables.roster import Excuse, Student


async def use_aliases(by: SignedIn, store: ObjectStore, course: UUID) -> int:
    """Give everybody on the list, also who left, an alias for good; how many. Raises NotFound."""
    title = await course_title(course)
    students = await _students(course)
    aliases = new_aliases(len(students), [], title)
    given = {student: alias for student, alias in zip(students, aliases, strict=True)}
    # What is written about them first: whoever is stopped in between begins again.
    await _forget_names(course, given, _replacing({name: given[student] for student, name in students.items()}))
    now_called = await _switch(by, course, title, given)
    # And what was written meanwhile.
    real = {name: given[student] for student, name in (*students.items(), *now_called.items())}
    await _forget_names(course, given, _replacing(real))
    forget_seats()
    if now_called:
        await drop_prints(store, course)
        await scrub()
    return len(now_called)


async def _students(course: UUID) -> dict[UUID, str]:
    """Their names."""
    rows = await Student.select(Student.id, Student.name).where(Student.course == course, Student.erased_at.is_null())
    return {row["id"]: row["name"] for row in rows}


@unit_of_work
async def _switch(by: SignedIn, course: UUID, title: str, given: dict[UUID, str]) -> dict[UUID, str]:
    """All at once; who came meanwhile is given an alias too. What they were called until now."""
    async with writing():
        await Course.update({Course.aliases: True, Course.updated_at: now()}).where(Course.id == course)
        await lock_publications(*await _students(course))
        students = await _students(course)
        came = [student for student in students if student not in given]
        given |= zip(came, new_aliases(len(came), given.values(), title), strict=True)
        for some in batches([(student, given[student]) for student in students]):
            await _rename(some)
        await record(
            "course.aliases", by, course=course, object=course, label=title, detail={"students": len(students)}
        )
    return students


async def _rename(some: list[tuple[UUID, str]]) -> None:
    """In one statement for many: the write lock is held meanwhile."""
    cases, places = " ".join(["WHEN {} THEN {}"] * len(some)), ", ".join(["{}"] * len(some))
    await Student.raw(
        f"UPDATE student SET name = CASE id {cases} ELSE name END WHERE id IN ({places})",  # noqa: S608 -- constants
        *(value for each in some for value in each),
        *(student for student, _ in some),
    )


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

    def in_log(row: dict[str, Any]) -> Changes:
        detail, label = _within(msgspec.json.decode(row["detail"]), replace), replace(row["label"])
        if row["object"] in given:
            # What they were called before does not stand in the list any more.
            label = given[row["object"]]
            detail = {name: value for name, value in detail.items() if name not in ("changes", "from")}
        new: Changes = {AuditEntry.label: label, AuditEntry.detail: msgspec.json.encode(detail).decode()}
        return new if label != row["label"] or detail != msgspec.json.decode(row["detail"]) else {}

    def in_event(row: dict[str, Any]) -> Changes:
        said = msgspec.json.decode(row["detail"])
        detail = _within(said, replace)
        return {Event.detail: msgspec.json.encode(detail).decode()} if detail != said else {}

    mine = Student.select(Student.id).where(Student.course == course)
    log = AuditEntry.object, AuditEntry.label, AuditEntry.detail
    await rewrite(AuditEntry, log, AuditEntry.course == course, in_log)
    await rewrite(Event, (Event.detail,), Event.student.is_in(mine), in_event, PUBLICATIONS)
    for table, columns in ((Publication, (Publication.failure, Publication.refusal)), (Excuse, (Excuse.reason,))):
        await rewrite(table, columns, table.student.is_in(mine), _in_words(columns, replace), PUBLICATIONS)
    webhooks = Webhook.select(Webhook.id).where(Webhook.course == course)
    await delete_in_pieces(Delivery, Delivery.webhook.is_in(webhooks), Delivery.publication.is_not_null())


def _in_words(columns: tuple[Column, ...], replace: Callable[[str], str]) -> New:
    def new(row: dict[str, Any]) -> Changes:
        words = {column: row[column._meta.name] for column in columns}
        return {column: replace(text) for column, text in words.items() if text and replace(text) != text}

    return new


def _within(value: Any, replace: Callable[[str], str]) -> Any:
    match value:
        case str():
            return replace(value)
        case list():
            return [_within(each, replace) for each in value]
        case dict():
            return {replace(key): _within(each, replace) for key, each in value.items()}
    return value
