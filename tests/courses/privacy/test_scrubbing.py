"""Nothing of what was erased is left in the file: at once in its rows and its log, by the morning in all of it."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from courses import engine
from courses.audit import record
from courses.clock import now
from courses.database import writing
from courses.media.library import open_store
from courses.privacy import scrubbing
from courses.privacy.erasing import erase_student
from courses.privacy.scrubbing import rewrite_file, rewrite_pending, scrub
from courses.tables.audit import AuditEntry
from courses.tables.people import Person
from courses.upkeep.sweeping import sweep
from tests.courses.classroom import make_classroom

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite_only("what its file keeps of deleted rows")]


async def test_file_is_written_anew_once_after_an_erasure_and_at_night_only(
    db: str, database_file: Path, tmp_path: Path
) -> None:
    room, store = await make_classroom(), open_store(f"file://{tmp_path}/media")
    assert not await rewrite_pending()
    # What older code deleted is not overwritten.
    with sqlite3.connect(database_file) as connection:
        connection.execute("PRAGMA secure_delete = 0")
        connection.execute("CREATE TABLE old (word TEXT)")
        connection.execute("INSERT INTO old VALUES ('Remainder' || hex(zeroblob(500)))")
        connection.execute("DROP TABLE old")
    connection.close()
    await erase_student(room.alice, store, room.course, room.students["Ada"])
    # The file knows by the minute when it was written.
    await AuditEntry.update({AuditEntry.at: now() - timedelta(minutes=2)}, force=True)
    assert await rewrite_pending()
    assert await rewrite_pending(room.course)
    assert (await sweep(store)).rewritten_files == 0
    assert b"Remainder" in database_file.read_bytes()
    assert (await sweep(store, night=True)).rewritten_files == 1
    assert b"Remainder" not in database_file.read_bytes()
    assert not await rewrite_pending()
    assert (await sweep(store, night=True)).rewritten_files == 0


async def test_what_is_written_while_the_file_is_written_anew_waits_and_is_kept(db: str) -> None:
    await record("course.erase", None, course=None)

    async def write() -> None:
        async with writing():
            await Person.insert(Person(email="bob@example.org", name="Bob"))

    assert (await asyncio.gather(rewrite_file(), write()))[0] == 1
    assert await Person.count() == 1


@pytest.mark.parametrize("same_process", [True, False])
async def test_writing_the_file_anew_is_given_up_for_who_waits_to_write(
    db: str, database_file: Path, monkeypatch: pytest.MonkeyPatch, same_process: bool
) -> None:
    monkeypatch.setattr(engine, "WAITED", 0.0)
    monkeypatch.setattr(engine, "LOOK", 0.001)
    with sqlite3.connect(database_file) as connection:
        connection.execute("CREATE TABLE large AS SELECT randomblob(20000000) AS block")
    connection.close()
    await record("course.erase", None, course=None)
    other = engine.KeptSQLiteEngine(str(database_file))
    await other.start_connection_pool()

    writing_anew = asyncio.create_task(rewrite_file(yields=True))
    while not writing_anew.done():
        if same_process:
            await Person.update({Person.name: "Bob"}, force=True)
        else:
            await other._run_in_new_connection("UPDATE person SET name = 'Bob'")
        await asyncio.sleep(0.001)
    assert (writing_anew.result(), await rewrite_pending()) == (0, True)
    assert await rewrite_file(yields=True) == 1
    await other.close_connection_pool()
    assert [each.name for each in database_file.parent.glob("*-asked")] == []


async def test_log_is_emptied_once_nobody_reads_from_it(
    db: str, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "TRIED", 0.1)
    log = database_file.with_name(f"{database_file.name}-wal")
    with sqlite3.connect(database_file, isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()
        await Person.insert(Person(email="bob@example.org", name="Bob"))
        await scrub()
        assert log.stat().st_size > 0, "somebody reads what was there before"
        reader.execute("ROLLBACK")
    reader.close()
    await scrub()
    assert log.stat().st_size == 0
