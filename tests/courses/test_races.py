"""Many want the same rows of PostgreSQL at once: all wait in one order, and what it rolls back is done again."""

import asyncio
from functools import reduce
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from obstore.store import MemoryStore

from courses import database, races
from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.events.journal import Journal
from courses.events.ladder import Progress, Report, advance
from courses.events.publications import apply, keep
from courses.events.rebuilding import reports_of
from courses.lessons.authoring import create_lesson, lesson_by_id
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.rehearsal_faults import faults_at, order_faults
from courses.lessons.trash import purge_lessons, trash_lessons
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.postgres import KeptPostgresEngine
from courses.privacy.erasing import erase_student
from courses.results.export_presets import presets_of, save_preset
from courses.results.marking import mark_cells
from courses.students.claims import claim_student
from courses.students.merging import merge_students
from courses.students.phones import take_name_off
from courses.students.pins import give_pins
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.courses import Course
from courses.tables.events import Event, Publication
from courses.tables.lessons import Lesson
from courses.tables.links import Link
from courses.tables.people import Person

pytestmark = pytest.mark.anyio


async def test_unit_of_work_is_done_again_as_a_whole(on_postgres: str) -> None:
    await Course.raw("CREATE TABLE counted (id int PRIMARY KEY, n int)")
    await Course.raw("INSERT INTO counted VALUES (1, 0), (2, 0)")
    tries = 0

    @unit_of_work
    async def count(first: int, second: int) -> None:
        nonlocal tries
        tries += 1
        async with writing():
            await Course.raw("SET LOCAL deadlock_timeout = '20ms'")
            for row in (first, second):
                await Course.raw("UPDATE counted SET n = n + 1 WHERE id = {}", row)
                await asyncio.sleep(0.03)

    @unit_of_work
    async def as_cockroach_does(row: int) -> None:
        nonlocal tries
        tries += 1
        async with writing():
            await Course.raw("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
            found = await Course.raw("SELECT n FROM counted WHERE id = {}", row)
            await asyncio.sleep(0.01)
            await Course.raw("UPDATE counted SET n = {} WHERE id = {}", found[0]["n"] + 1, row)

    await asyncio.gather(count(1, 2), count(2, 1))
    await asyncio.gather(*(as_cockroach_does(1) for _ in range(3)))
    rows = await Course.raw("SELECT n FROM counted ORDER BY id")
    assert [row["n"] for row in rows] == [5, 2]
    assert tries > 5, "or nothing had to be done again"


async def test_unit_of_work_ends_somewhere_and_repeats_nothing_that_stands(on_postgres: str) -> None:
    tries = 0

    @unit_of_work
    async def never() -> None:
        nonlocal tries
        tries += 1
        async with writing():
            raise asyncpg.SerializationError("restart transaction")

    @unit_of_work
    async def twice() -> None:
        await add_person(f"{tries}@example.org", "Alice")
        await never()

    with pytest.raises(asyncpg.SerializationError):
        await never()
    assert tries == 5
    with pytest.raises(asyncpg.SerializationError):
        await twice()
    assert tries == 10
    assert await Person.count() == 1


async def test_all_wait_in_one_order(on_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Phones of two processes, instructors and an erasure want the same rows at once: nobody has to begin anew."""
    monkeypatch.setattr(races, "PAUSES", ())
    await Course.raw(f"ALTER DATABASE {urlsplit(on_postgres).path[1:]} SET deadlock_timeout = '100ms'")
    assert isinstance(database.DB, KeptPostgresEngine)
    assert database.DB.pool is not None
    await database.DB.pool.expire_connections()
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Tea")
    await add_students(None, course, [Entry(str(n), f"Student {n}") for n in range(12)])
    lesson = await create_lesson(alice, course, LessonDraft("normal", "Tea"))
    enrolled = await students_of(course)
    students = [student.id for student in enrolled]
    phones = {student: f"{place:016x}" for place, student in enumerate(students)}
    for place, phone in enumerate(phones.values()):
        await claim_student(course, phone, str(place))
    journals = Journal(), Journal()

    def reports(kind: str) -> list[Report]:
        return [
            Report(lesson, kind, "xiaohongshu", now(), now(), id=uuid4(), student=student, device=phones[student])
            for student in students
        ]

    async def send(journal: Journal, some: list[Report]) -> None:
        await journal.record(some)

    for journal in journals:
        await journal.start()
    for kind in ("scan", "preview", "claim", "launch"):
        # Sent twice, to both, in another order, as phones do that get no answer.
        some = reports(kind)
        await asyncio.gather(
            send(journals[0], some), send(journals[1], some[::-1]), send(journals[1], reports("fail")),
            mark_cells(alice, course, [(student, lesson) for student in students[6:]], "confirm"),
            merge_students(alice, course, students[0], students[1]) if kind == "preview" else asyncio.sleep(0),
            merge_students(alice, course, students[3], students[2]) if kind == "preview" else asyncio.sleep(0),
            take_name_off(alice, course, students[4], phones[students[4]]) if kind == "claim" else asyncio.sleep(0),
            erase_student(alice, MemoryStore(), course, students[5]) if kind == "claim" else asyncio.sleep(0),
            give_pins(alice, course, enrolled, (["1"] * 12, ["x"] * 12)),
        )  # fmt: skip
    for journal in journals:
        await journal.stop()
    for row in await Publication.select():
        evidence = reduce(advance, await reports_of(row["student"]), Progress())
        for name in ("scanned_at", "previewed_at", "claimed_at", "confirmed_at"):
            assert row[name] == getattr(evidence, name), name


async def test_late_report_and_the_purge_of_its_lesson_wait_in_one_order(on_postgres: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Tea")
    await add_students(alice, course, [Entry("1", "Ann")])
    (ann,) = await students_of(course)
    lesson = await create_shared_lesson(alice, course, LessonDraft("normal", "Tea"))
    await trash_lessons(alice, course, [lesson])
    reports = [Report(lesson, "claim", "weibo", now(), now(), student=ann.id)]
    kept, waiting = asyncio.Event(), asyncio.Event()

    async def report() -> None:
        async with writing():
            await Course.raw("SET LOCAL deadlock_timeout = '20ms'")
            await keep(reports)
            kept.set()
            await waiting.wait()
            await apply(reports)

    async def look_on() -> None:
        while not await Course.raw("SELECT 1 FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - PostgreSQL tells nobody who waits
            await asyncio.sleep(0.01)
        waiting.set()

    reporting = asyncio.create_task(report())
    await kept.wait()
    await asyncio.gather(reporting, look_on(), purge_lessons(alice, MemoryStore(), course, [lesson]))
    assert [await table.count() for table in (Lesson, Publication, Event)] == [0, 0, 0]


async def test_same_thing_at_the_same_moment_is_done_once(on_postgres: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    course, save = await create_course(alice, "Tea"), uuid4()
    made = await asyncio.gather(
        *(create_shared_lesson(alice, course, LessonDraft("normal", "Tea"), save=save) for _ in range(4))
    )
    assert len(set(made)) == 1
    assert await Lesson.count() == await Link.count() == 1
    link = (await class_links([made[0]]))[made[0]]
    lesson = await lesson_by_id(made[0])
    await asyncio.gather(*(order_faults(alice, lesson, link.id, {"weibo": "slow"}) for _ in range(4)))
    assert await faults_at(link.id) == {"weibo": "slow"}
    people = await asyncio.gather(*(add_person("bob@example.org", "Bob") for _ in range(4)))
    assert len({person.id for person in people}) == 1
    presets = (save_preset(alice, course, "completion", "Mine", ["number"]) for _ in range(4))
    await asyncio.gather(*presets)
    assert len(await presets_of(alice, course)) == 1
