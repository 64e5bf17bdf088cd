"""Adds N neighbours to the course of class_course.py: copies of all its rows, with teachers who have signed in often."""

import asyncio
import contextlib
import secrets
import sqlite3
import sys
from datetime import timedelta
from uuid import UUID

from piccolo.columns import ForeignKey
from piccolo.table import Table

from courses import database
from courses.clock import now
from courses.database import close_database, open_database, writing
from courses.people.accounts import add_person
from courses.people.sessions import open_session
from courses.tables.audit import AuditEntry
from courses.tables.courses import Course, Membership
from courses.tables.events import Event, Publication, RefusedScan
from courses.tables.lessons import Lesson, LessonPicture, Revision
from courses.tables.links import Link
from courses.tables.people import Person, Session
from courses.tables.roster import Claim, Excuse, Student

#: in the order in which they refer to one another
COPIED: tuple[type[Table], ...] = (
    Course, Membership, Student, Lesson, LessonPicture, Revision, Link, Event, Publication, RefusedScan, Claim, Excuse, AuditEntry,
)  # fmt: skip
#: hexadecimal digits near the end of a copy's id, before its number
MARK, SESSIONS = "c0ffee", 10


async def main(course: UUID, neighbours: int) -> None:
    """Prints the session of an admin."""
    await open_database()
    await fill(course)
    first = {table: await table.count() for table in COPIED}
    for number in range(1, neighbours + 1):
        teacher = await neighbour(number)
        await copy_course([copy_of(table, number, teacher) for table in COPIED])
    assert {table: await table.count() for table in COPIED} == {
        table: n * (neighbours + 1) for table, n in first.items()
    }
    admin = await add_person("admin@example.org", "Admin")
    await Person.update({Person.admin: True}).where(Person.id == admin.id)
    if on_postgres():
        await Course.raw("ANALYZE")  # as autovacuum does within minutes
    print(await open_session(admin))
    await close_database()


async def copy_course(statements: list[str]) -> None:
    """One transaction. On SQLite by a connection that waits for no disk and keeps what the indexes touch."""
    if on_postgres():
        async with writing():
            for statement in statements:
                await Course.raw(statement)
        return
    with contextlib.closing(sqlite3.connect(database.DB.path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; BEGIN")
        for statement in statements:
            connection.execute(statement)
        connection.execute("COMMIT")


async def fill(course: UUID) -> None:
    """What class_course.py leaves out: phones, refused scans (some of no course), and a log."""
    moment, lesson = now(), await Lesson.select(Lesson.id).where(Lesson.course == course).first()
    students = [row["id"] for row in await Student.select(Student.id).where(Student.course == course)]
    async with writing():
        await Claim.insert(
            *(Claim(course=course, student=student, device=student.hex[:16], created_at=moment) for student in students)
        )
        for place, student in enumerate(students):
            scanned = {"device": student.hex[:16], "at": moment, "received_at": moment, "at_doubtful": False}
            await RefusedScan.insert(
                RefusedScan(reason="expired", course=course, lesson=lesson["id"], student=student, **scanned),
                RefusedScan(reason="bad_token", **scanned),
            )
            await AuditEntry.insert(
                *(
                    AuditEntry(
                        course=course, at=moment, via="page", action="roster.add", object=student, label=f"{place}"
                    )
                    for _ in range(5)
                )
            )


async def neighbour(number: int) -> str:
    """A teacher who has signed in some times, and is signed in now."""
    moment = now()
    teacher = Person(email=f"n{number}@example.org", name=f"Neighbour {number}", created_at=moment)
    async with writing():
        await Person.insert(teacher)
        await Session.insert(
            *(
                Session(
                    token_hash=secrets.token_hex(32), person=teacher.id, created_at=moment - timedelta(days=day),
                    seen_at=moment - timedelta(days=day), ended_at=moment if day else None,
                )
                for day in range(SESSIONS)
            )
        )  # fmt: skip
    return str(teacher.id)


def copy_of(table: type[Table], number: int, teacher: str) -> str:
    """The statement that copies the first course's rows of a table; a copy is told by the end of its id."""
    as_text, as_id = ("{}::text", "({})::uuid") if on_postgres() else ("{}", "{}")
    values = {}
    for column in table._meta.columns:
        name = f'"{column._meta.db_column_name}"'
        values[name] = name
        if column is table._meta.primary_key or (
            isinstance(column, ForeignKey) and column._foreign_key_meta.resolved_references in COPIED
        ):
            values[name] = as_id.format(f"substr({as_text.format(name)}, 1, 28) || '{MARK}{number:02x}'")
        elif table is Membership and name == '"person"':
            values[name] = as_id.format(f"'{teacher}'")
        elif table is Link and name in ('"code"', '"spoken"'):
            values[name] = f"substr({name}, 1, 4) || '{number:03}'"
        elif table is Publication and name in ('"note_url"', '"note_id"'):
            values[name] = f"{name} || '{number:02x}'"
    return (
        f'INSERT INTO "{table._meta.tablename}" ({", ".join(values)}) SELECT {", ".join(values.values())}'
        f" FROM \"{table._meta.tablename}\" WHERE {as_text.format('id')} NOT LIKE '%{MARK}__'"
    )


def on_postgres() -> bool:
    return database.DB.engine_type == "postgres"


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1]), int(sys.argv[2])))
