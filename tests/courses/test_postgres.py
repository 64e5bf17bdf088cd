"""What must hold on PostgreSQL: one engine for all tables, locks inside the transaction, connections that come back."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from courses import database
from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import one_at_a_time, open_database, writing
from courses.events.journal import Journal
from courses.events.ladder import Report
from courses.events.rebuilding import reports_of
from courses.lessons.creating import create_lesson
from courses.lessons.values import LessonDraft
from courses.outages import is_outage
from courses.people.accounts import add_person
from courses.people.passkey_ceremonies import RelyingParty, begin_adding, begin_using, made_passkey, use_passkey
from courses.people.second_factors import take_passkey_into_use
from courses.postgres import KeptPostgresEngine, Limits
from courses.results.deciding import decide
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.courses import Course
from courses.tables.events import Event, Publication
from tests.black_holes import way_to
from tests.passkey_device import Device

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.anyio


async def test_every_table_is_of_the_one_engine(on_postgres: str) -> None:
    assert {table._meta.db for table in database._tables()} == {database.DB}


async def test_table_of_another_engine_stops_the_start(on_postgres: str) -> None:
    mine = Course._meta.db
    Course._meta.db = database.engine_for(on_postgres)
    try:
        with pytest.raises(RuntimeError, match="Course"):
            await open_database()
    finally:
        Course._meta.db = mine


async def test_statements_are_not_compiled(by_any_way: str) -> None:
    """Of a large database PostgreSQL thinks that the completion list is worth half a second of compiling, each time."""
    assert (await Course.raw("SHOW jit"))[0]["jit"] == "off"


async def test_lock_is_of_the_transaction_and_ends_with_it(by_any_way: str) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        await one_at_a_time(7)
    order: list[int] = []

    async def worker(number: int) -> None:
        async with writing():
            await one_at_a_time(7)
            order.append(number)
            await asyncio.sleep(0.02)
            order.append(number)

    await asyncio.gather(*(worker(number) for number in range(8)))
    assert order[::2] == order[1::2], "nobody came between"


async def test_decisions_while_phones_report_lose_nothing(by_any_way: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Tea")
    await add_students(None, course, [Entry(str(n), f"Student {n}") for n in range(60)])
    lesson = await create_lesson(alice, course, LessonDraft("normal", "Tea"))
    students = await students_of(course)
    journal = Journal()
    await journal.start()

    async def phone(student: object) -> None:
        for kind in ("scan", "preview", "launch", "return", "claim"):
            report = Report(lesson, kind, "xiaohongshu", now(), now(), id=uuid4(), student=student.id)  # type: ignore[attr-defined]
            assert (await journal.record([report])).recorded == 1

    async def instructor(student: object) -> None:
        await asyncio.sleep(0.01)
        await decide(alice, lesson, student.id, "xiaohongshu", "confirm")  # type: ignore[attr-defined]

    await asyncio.gather(*(each for student in students for each in (phone(student), instructor(student))))
    await journal.stop()
    rows = await Publication.select(Publication.rung, Publication.confirmed_at, Publication.claimed_at)
    assert len(rows) == 60
    assert all(row["rung"] == "confirmed" and row["confirmed_at"] and row["claimed_at"] for row in rows)
    assert await Event.count() == 360
    assert {len(await reports_of(student.id)) for student in students} == {6}


async def test_refused_commits_give_their_connections_back(on_postgres: str) -> None:
    await Course.raw("CREATE TABLE odd (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    await Course.raw("INSERT INTO odd VALUES (1)")
    for _ in range(Limits().most + 3):
        with pytest.raises(asyncpg.UniqueViolationError):
            async with writing():
                await Course.raw("INSERT INTO odd VALUES (1)")
    async with asyncio.timeout(5):
        assert (await Course.raw("SELECT count(*) AS n FROM odd"))[0]["n"] == 1


async def test_last_word_of_a_server_is_an_outage(on_postgres: str) -> None:
    """It comes a moment before the connection ends; what is asked in between is told nothing but the driver's state."""
    said = b"SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
    with pytest.raises(asyncpg.InternalClientError) as refused:
        async with writing():
            connection = database.DB.current_transaction.get().connection
            connection._con._protocol.data_received(b"E" + (len(said) + 4).to_bytes(4, "big") + said)
    assert is_outage(refused.value)
    assert await Course.count() == 0  # by a new connection


async def test_first_server_that_takes_writes_is_used(on_postgres: str) -> None:
    with way_to(urlsplit(on_postgres).port or 0) as dead, socket.socket() as closed:
        dead.freeze()
        closed.bind(("127.0.0.1", 0))
        there = urlsplit(on_postgres)
        hosts = f"127.0.0.1:{closed.getsockname()[1]},127.0.0.1:{dead.port},127.0.0.1:{there.port}"
        url = f"postgres://postgres@{hosts}{there.path}?target_session_attrs=read-write"
        engine = database.engine_for(url, Limits(connect=0.3))
        assert isinstance(engine, KeptPostgresEngine)
        async with asyncio.timeout(2):
            await engine.start_connection_pool()
        assert engine.pool is not None
        await engine.pool.expire_connections()
        began = time.monotonic()
        assert await engine._run_in_pool("SELECT 1")
        assert time.monotonic() - began < 0.3, "the one that answered goes first"
        await engine.close_connection_pool()
    with pytest.raises(asyncpg.TargetServerAttributeNotMatched):
        await KeptPostgresEngine(f"{on_postgres}?target_session_attrs=read-only").start_connection_pool()


async def test_connection_is_ended_where_the_other_side_says_nothing(on_postgres: str) -> None:
    assert isinstance(database.DB, KeptPostgresEngine)
    assert database.DB.pool is not None
    assert database.DB.pool.get_size() == 1, "at rest"
    async with database.DB.pool.acquire() as connection:
        wire = connection._transport.get_extra_info("socket")
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 5_000


async def test_connection_that_is_not_free_is_not_waited_for_for_ever(
    on_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(database.DB, KeptPostgresEngine)
    assert database.DB.pool is not None
    monkeypatch.setattr(database.DB, "limits", replace(database.DB.limits, acquire=0.2))
    taken = [await database.DB.pool.acquire() for _ in range(database.DB.limits.most)]
    with pytest.raises(TimeoutError):
        await Course.count()
    with pytest.raises(TimeoutError):
        async with writing():
            pass
    for connection in taken:
        await database.DB.pool.release(connection)
    assert await Course.count() == 0


def test_demo_rolls_back_what_it_is_told_to(postgres: str) -> None:
    """The commands use the same engine from their first table to their last."""
    code = (
        "import sys, asyncio; from courses import database as d; d.use_database(sys.argv[1])\n"
        "asyncio.run(d.pending_migrations()); d.use_database(sys.argv[1])\n"
        "assert {t._meta.db for t in d._tables()} == {d.DB}"
    )
    environment = os.environ | {"DATABASE_URL": "sqlite:///var/unused.sqlite3"}
    subprocess.run([sys.executable, "-c", code, postgres], check=True, cwd=ROOT, env=environment)


async def test_answer_of_a_passkey_counts_once_here_too(on_postgres: str) -> None:
    device = Device()
    party, alice = RelyingParty(device.rp_id, device.origin), await add_person("alice@example.org", "Alice")
    await begin_adding(party, alice, "here")  # replaced by the next
    made = await made_passkey(party, alice, "here", device.make(await begin_adding(party, alice, "here")))
    assert len(await take_passkey_into_use(alice, "Laptop", made)) == 10
    answer = device.sign(await begin_using(party, alice, "here"))
    tries = [use_passkey(party, alice, "here", answer) for _ in range(4)]
    assert (await asyncio.gather(*tries, return_exceptions=True)).count(alice) == 1
