"""How long upkeep takes on a full SQLite database, and how long a phone's event waits meanwhile.

.venv/bin/python bench/upkeep.py [--courses 10] [--students 200] [--lessons 20] [--events 8] [--audit 2000]
"""

import argparse
import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).parent.parent))

from courses import database
from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import close_database, migrate, open_database, use_database
from courses.events.journal import Journal
from courses.events.ladder import Report
from courses.lessons.authoring import lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.trash import purge_lessons, trash_lessons
from courses.lessons.values import LessonDraft
from courses.media.library import open_store
from courses.people.accounts import add_person
from courses.privacy.aliasing import use_aliases
from courses.privacy.erasing import erase_expired, erase_student
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.courses import Course
from courses.tables.events import Event
from courses.upkeep.backup import copy_database
from courses.upkeep.sweeping import sweep

KINDS = ("scan", "preview", "launch", "return", "claim", "scan", "preview", "scan")


async def main() -> None:
    """Print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("courses", 10), ("students", 200), ("lessons", 20), ("events", 8), ("audit", 2000)):
        options.add_argument(f"--{name}", type=int, default=usual)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        use_database(f"sqlite:////{folder}/portal.sqlite3")
        await migrate()
        await open_database()
        alice = await add_person("alice@example.org", "Alice")
        made = [await fill(alice, number, given) for number in range(given.courses)]
        print(
            f"{await Event.count():,} events, {Path(database.DB.path).stat().st_size / 1e6:,.0f} MB;"
            f" {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
        )
        await measure(alice, made, Path(folder))
        await close_database()


async def fill(alice: SignedIn, number: int, given: argparse.Namespace) -> UUID:
    """A course with what its students reported, its log, and messages of a webhook."""
    course = await create_course(alice, f"Course {number}")
    await add_students(alice, course, [Entry(f"2026{n:04d}", f"Name{number}x{n:04d}") for n in range(given.students)])
    draft = LessonDraft("normal", "Tea", "Light. " * 300)
    lessons = [await create_shared_lesson(alice, course, draft) for _ in range(given.lessons)]
    students = [student.id for student in await students_of(course)]
    moment = now().isoformat(" ")
    events, publications, deliveries, webhook = [], [], [], str(uuid4())
    for lesson in lessons:
        for student in students:
            publication, device = str(uuid4()), student.hex[:16]
            for kind in (KINDS * 9)[: given.events]:
                detail = json.dumps({"browser": "chrome", "mode": "deep_link"})
                events.append(
                    (str(uuid4()), str(lesson), str(student), device, kind, "xiaohongshu", moment, moment, detail)
                )
            publications.append((publication, str(student), str(lesson), "xiaohongshu", "claimed", *[moment] * 5))
            if number == 0:
                deliveries.append((str(uuid4()), webhook, publication, '{"data":{}}', moment))
    log = [
        (
            str(uuid4()),
            str(course),
            moment,
            "page",
            "publication.refuse",
            str(students[n % len(students)]),
            f"Name{number}x{n % len(students):04d}",
            json.dumps({"title": "Tea", "reason": f"Name{number}x{n % 7:04d} copied it"}),
        )
        for n in range(given.audit)
    ]
    with sqlite3.connect(database.DB.path) as connection:
        connection.execute(
            "INSERT INTO webhook (id, course, url, secret, created_at) VALUES (?, ?, '', '', ?)",
            (webhook, str(course), moment),
        )
        for table, columns, rows in (
            ("event", "id, lesson, student, device, kind, platform, at, received_at, detail", events),
            ("publication", "id, student, lesson, platform, rung, at, scanned_at, claimed_at, changed_at, previewed_at",
             publications),
            ("delivery", "id, webhook, publication, body, created_at", deliveries),
            ("audit_entry", "id, course, at, via, action, object, label, detail", log),
        ):  # fmt: skip
            places = ", ".join("?" * (columns.count(",") + 1))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
    return course


async def measure(alice: SignedIn, made: list[UUID], folder: Path) -> None:
    """Each in turn, with a phone that reports ever and again."""
    store, journal = open_store(f"file://{folder}/media"), Journal()
    await journal.start()
    other = await create_shared_lesson(alice, made[-1], LessonDraft("normal", "Other"))
    print("| | seconds | an event's longest wait, ms | of how many |\n|---|---:|---:|---:|")

    async def row(name: str, work: Callable[[], Awaitable[object]]) -> None:
        waits, ended = [], asyncio.Event()

        async def phone() -> None:
            while not ended.is_set():
                # Also while the loop itself is kept busy.
                due = time.monotonic() + 0.01
                await asyncio.sleep(0.01)
                await journal.record([Report(other, "scan", "xiaohongshu", now(), now())])
                waits.append(time.monotonic() - due)

        reporting = asyncio.create_task(phone())
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await work()
        took = time.monotonic() - began
        ended.set()
        await reporting
        print(f"| {name} | {took:.2f} | {max(waits) * 1000:.0f} | {len(waits)} |", flush=True)

    await row("nothing, for 5 s", lambda: asyncio.sleep(5))
    lessons = [lesson.id for lesson in await lessons_of(made[0])]
    await trash_lessons(alice, made[0], lessons)
    await row(f"purge of {len(lessons)} lessons", lambda: purge_lessons(alice, store, made[0], lessons))
    student = (await students_of(made[1]))[3].id
    await row("erasing a student", lambda: erase_student(alice, store, made[1], student))
    await Course.update({Course.ends_at: now() - timedelta(days=99)}).where(Course.id == made[2])
    await row("retention of a course", lambda: erase_expired(store))
    await row("aliases for a course", lambda: use_aliases(alice, store, made[3]))
    await row("the sweep", lambda: sweep(store))
    await row("copy for a backup", lambda: copy_database(folder / "copy.sqlite3"))
    await journal.stop()


if __name__ == "__main__":
    asyncio.run(main())
