"""The kept SQLite engine does what Piccolo's own does, and survives what its own does not."""

import asyncio
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from piccolo.engine.sqlite import SQLiteEngine

from courses import database, engine
from courses.database import writing
from courses.engine import KeptSQLiteEngine
from courses.tables.people import ApiKey, Person
from tests.databases import file_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)
pytestmark = [pytest.mark.anyio, pytest.mark.sqlite_only("its engine")]


def person(email: str) -> Person:
    return Person(email=email, name="Alice", created_at=NOW)


@pytest.fixture(params=["kept", "stock"])
async def either(request: pytest.FixtureRequest, database_file: Path) -> None:
    """The same behaviour with the pool open (kept) and, without it, by Piccolo's own code (stock)."""
    if request.param == "kept":
        await database.open_database()
    yield
    await database.close_database()


async def test_engine_gives_typed_rows(either: None) -> None:
    alice = person("alice@example.org")
    await Person.insert(alice)
    assert await Person.select(Person.id, Person.admin, Person.created_at) == [
        {"id": alice.id, "admin": False, "created_at": NOW}
    ]
    assert (await Person.raw("WITH p AS (SELECT * FROM person) SELECT email FROM p"))[0]["email"] == "alice@example.org"


async def test_engine_refuses_what_breaks_a_rule(either: None) -> None:
    alice = person("alice@example.org")
    await Person.insert(alice)
    with pytest.raises(sqlite3.IntegrityError):
        await Person.insert(person("alice@example.org"))
    await ApiKey.insert(ApiKey(person=alice.id, name="k", key_hash="h", hint="h", created_at=NOW))
    await Person.delete().where(Person.id == alice.id)
    assert await ApiKey.count() == 0, "foreign keys cascade"


async def test_engine_rolls_back_what_failed(either: None) -> None:
    with pytest.raises(RuntimeError):
        async with writing():
            await Person.insert(person("alice@example.org"))
            raise RuntimeError
    assert await Person.count() == 0


async def test_engine_keeps_both_of_two_writers(db: str) -> None:
    await Person.insert(person("alice@example.org"))

    async def add_letter() -> None:
        async with writing():
            row = await Person.select(Person.name).first()
            await asyncio.sleep(0)
            await Person.update({Person.name: row["name"] + "x"}, force=True)

    await asyncio.gather(*(add_letter() for _ in range(20)))
    assert (await Person.select(Person.name).first())["name"] == "Alice" + "x" * 20


async def test_engine_waits_for_another_process_without_blocking(db: str) -> None:
    other = sqlite3.connect(file_of(db), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    write = asyncio.create_task(Person.insert(person("alice@example.org")).run())
    await asyncio.sleep(0.1)
    assert not write.done()
    assert await Person.count() == 0, "reads go on meanwhile"
    other.execute("COMMIT")
    await write
    assert await Person.count() == 1


async def test_engine_gives_up_in_time_and_frees_the_lock(db: str) -> None:
    engine = database.DB
    other = sqlite3.connect(file_of(db), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    engine.wait, before = 0.05, engine.wait
    try:
        with pytest.raises(sqlite3.OperationalError):
            async with writing():
                raise AssertionError("never entered")
    finally:
        engine.wait = before
        other.execute("COMMIT")
    await Person.insert(person("alice@example.org"))
    assert await Person.count() == 1


async def test_engine_survives_a_full_disk(db: str) -> None:
    engine = database.DB
    pages = engine._writer.execute("PRAGMA page_count").fetchone()["page_count"]
    engine._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        for number in range(2000):
            async with writing():
                await Person.insert(person(f"{number}@example.org"))
    assert await Person.count() > 0
    engine._writer.execute("PRAGMA max_page_count = 1000000")
    await Person.insert(person("after@example.org"))
    assert await Person.exists().where(Person.email == "after@example.org")


async def test_engine_frees_the_lock_when_a_request_is_cancelled(db: str) -> None:
    async def slow() -> None:
        async with writing():
            await Person.insert(person("gone@example.org"))
            await asyncio.sleep(60)

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await Person.insert(person("alice@example.org"))
    assert [row["email"] for row in await Person.select(Person.email)] == ["alice@example.org"]


async def test_engine_is_durable_and_in_wal(db: str) -> None:
    engine = database.DB
    assert engine._writer.execute("PRAGMA journal_mode").fetchone() == {"journal_mode": "wal"}
    assert engine._writer.execute("PRAGMA synchronous").fetchone() == {"synchronous": 2}, "FULL"


def test_engine_overrides_what_piccolo_has() -> None:
    """Private methods of a pinned Piccolo: an upgrade that renames them must fail here."""
    for name in ("get_connection", "_run_in_new_connection", "_run_in_existing_connection", "close_connection_pool"):
        assert callable(getattr(SQLiteEngine, name))
        assert name in vars(KeptSQLiteEngine)


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "mysql://x", "postgres://", "nonsense"])
def test_engine_for_refuses_other_urls(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///PATH"):
        database.engine_for(url)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("sqlite:////tmp/x", "sqlite"),
        ("postgres://u@127.0.0.1:1/d", "postgres"),
        ("cockroach://u@127.0.0.1:1/d", "cockroach"),
    ],
)
def test_engine_for_knows_the_three(url: str, kind: str) -> None:
    assert database.engine_for(url).engine_type == kind


async def test_opening_waits_for_a_process_that_has_the_file_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "portal.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE held (x)")
    other.execute("BEGIN EXCLUSIVE")
    engine = KeptSQLiteEngine(str(path))
    opening = asyncio.create_task(engine.start_connection_pool())
    await asyncio.sleep(0)
    assert not opening.done()
    other.execute("COMMIT")
    other.close()
    await opening
    assert await engine._run_in_new_connection("SELECT count(*) AS rows FROM held") == [{"rows": 0}]
    await engine.close_connection_pool()


async def test_long_transaction_lets_others_have_their_turn(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "TURN", 0.0)
    turns, over = 0, False

    async def other() -> None:
        nonlocal turns
        while not over:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    async with writing():
        for number in range(50):
            await Person.insert(person(f"{number}@example.org"))
    over = True
    await beside
    assert turns >= 50
    assert await Person.count() == 50


async def test_what_reads_apart_is_not_of_the_loops_thread_and_sees_one_moment(db: str) -> None:
    await Person.insert(person("alice@example.org"))
    begun, go_on = threading.Event(), threading.Event()

    async def read() -> tuple[int, int, int]:
        before = await Person.count()
        begun.set()
        go_on.wait(10)  # it holds its own loop, and no other
        return before, await Person.count(), threading.get_ident()

    reading = asyncio.create_task(database.apart(read))
    assert await asyncio.to_thread(begun.wait, 10)
    await Person.insert(person("bob@example.org"))
    go_on.set()
    before, after, thread = await reading
    assert (before, after) == (1, 1), "of one moment"
    assert thread != threading.get_ident()
    assert await database.apart(Person.count().run) == 2


async def test_all_is_in_the_file_itself_once_the_database_is_closed(database_file: Path) -> None:
    await database.open_database()
    await Person.insert(person("alice@example.org"))
    assert await database.apart(Person.count().run) == 1
    await database.close_database()
    assert [path.name for path in database_file.parent.glob("portal.sqlite3*")] == ["portal.sqlite3"]


async def test_what_reads_apart_cannot_write(db: str) -> None:
    async def write() -> None:
        await Person.insert(person("alice@example.org"))

    async def transact() -> None:
        async with writing():
            await write()

    for work in (write, transact):
        with pytest.raises(sqlite3.OperationalError, match=r"readonly|cannot write"):
            await database.apart(work)
    await write()
    assert await database.apart(Person.count().run) == 1


async def test_reading_apart_within_a_transaction_sees_what_that_has_written(db: str) -> None:
    async with writing():
        await Person.insert(person("alice@example.org"))
        assert await database.apart(Person.count().run) == 1


async def test_reading_apart_fails_with_its_own_error_and_leaves_the_connection_good(db: str) -> None:
    async def fail() -> None:
        await Person.count()
        raise RuntimeError("mine")

    for _ in range(3):
        with pytest.raises(RuntimeError, match="mine"):
            await database.apart(fail)
    assert await database.apart(Person.count().run) == 0


async def test_engine_without_a_pool_reads_apart_as_usual(database_file: Path) -> None:
    assert await database.apart(Person.count().run) == 0


async def test_engine_waits_for_the_disk_in_a_thread(db: str) -> None:
    seen: dict[str, int] = {}
    database.DB._writer.set_trace_callback(lambda query: seen.setdefault(query[:6], threading.get_ident()))
    async with writing():
        await Person.insert(person("alice@example.org"))
    database.DB._writer.set_trace_callback(None)
    assert seen["INSERT"] == threading.get_ident() != seen["COMMIT"]
    database.DB._writer.set_trace_callback(lambda query: seen.update({"alone": threading.get_ident()}))
    await Person.insert(person("bob@example.org"))
    database.DB._writer.set_trace_callback(None)
    assert seen["alone"] == seen["COMMIT"]


async def test_engine_lets_nobody_in_before_the_commit_of_who_was_cancelled(db: str) -> None:
    goes_on = threading.Event()
    database.DB._committing.submit(goes_on.wait, 10)

    async def write(email: str) -> None:
        async with writing():
            await Person.insert(person(email))

    cancelled, other = asyncio.create_task(write("alice@example.org")), asyncio.create_task(write("bob@example.org"))
    for _ in range(3):
        await asyncio.sleep(0)
        cancelled.cancel()
    assert not cancelled.done()
    assert database.DB._writer.in_transaction
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    await other
    assert await Person.count() == 2
