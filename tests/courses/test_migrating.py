"""A run of the migrations is all or nothing, whenever its process ends, and two runs wait for each other."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from courses import database
from courses.database import migrate, pending_migrations, use_database

ROOT = Path(__file__).parent.parent.parent
#: made by older code, with rows in each table
LATE = Path(__file__).parent / "before_first_migration.sql"
pytestmark = pytest.mark.anyio

#: runs the migrations again and again; each time its process is ended before the statement of that number
KILLED = """
import asyncio, os, signal, sys
from courses import database
database.use_database(sys.argv[1])
kind = type(database.DB)
asked, told, left = kind.run_querystring, kind.run_ddl, 0
async def one(do, *arguments, **options):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return await do(*arguments, **options)
kind.run_querystring = lambda *arguments, **options: one(asked, *arguments, **options)
kind.run_ddl = lambda *arguments, **options: one(told, *arguments, **options)
for left in map(int, sys.argv[2:]):
    child = os.fork()
    if child == 0:
        asyncio.run(database.migrate())
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
"""


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path, engine_of_before: None) -> str:
    """Of a database that has not run the migrations; the engine points at it."""
    if request.param == "postgres":
        found = str(request.getfixturevalue("empty_postgres"))
    else:
        found = f"sqlite:////{tmp_path}/portal.sqlite3"
        with sqlite3.connect(tmp_path / "portal.sqlite3") as connection:
            connection.executescript(LATE.read_text(encoding="utf-8"))
    use_database(found)
    return found


class Others:
    """What other connections see of a database: how much there is of its schema, and how many migrations it ran."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def __aenter__(self) -> "Others":
        if self._address.startswith("sqlite"):
            self._file = sqlite3.connect(database.DB.path)
        else:
            self._connection = await asyncpg.connect(self._address)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._address.startswith("sqlite"):
            self._file.close()
        else:
            await self._connection.close()

    async def see(self) -> tuple[int, ...]:
        if self._address.startswith("sqlite"):
            size = self._file.execute("SELECT sum(length(sql)) FROM sqlite_master").fetchone()
            return (*size, *self._file.execute("SELECT count(*) FROM migration").fetchone())
        size = await self._connection.fetchval(
            "SELECT count(*) FROM pg_attribute WHERE attrelid IN"
            " (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        )
        return (size,)


@pytest.fixture
async def others(address: str, anyio_backend: str) -> AsyncIterator[Others]:
    async with Others(address) as others:
        yield others


async def test_others_see_nothing_of_a_run_until_all_of_it_is_there(
    address: str, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, seen = await others.see(), []
    for name in ("run_querystring", "run_ddl"):
        run = getattr(type(database.DB), name)

        async def look(self: Any, *arguments: Any, run: Any = run, **options: Any) -> Any:
            answer = await run(self, *arguments, **options)
            seen.append(await others.see())
            return answer

        monkeypatch.setattr(type(database.DB), name, look)
    done = await migrate()
    assert len(seen) > 3 * len(done)
    assert set(seen) == {before}, "a process that ends at any of these statements leaves what was there"
    assert await others.see() > before
    assert await pending_migrations() == []


async def test_run_that_is_killed_can_be_run_again(address: str, others: Others) -> None:
    before = await others.see()
    await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", KILLED, address, "4", "25", "45"], check=True, cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address},
    )  # fmt: skip
    assert await others.see() == before
    assert await migrate() != []
    assert await pending_migrations() == []


async def test_two_runs_at_once_both_succeed(address: str) -> None:
    both = await asyncio.gather(migrate(), migrate())
    assert sorted(map(bool, both)) == [False, True]
    assert await pending_migrations() == []
