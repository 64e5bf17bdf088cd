"""A PostgreSQL that the tests start and end, its databases, and rows of any database as another program reads them."""

import asyncio
import itertools
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import asyncpg
import pytest

from courses.places import HOME

#: nothing of the tests must outlive the machine, and a commit that waits for the disk costs as much as the test
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
#: All tables at once: without triggers, and so in any order. DELETE, as TRUNCATE makes the files of tables and indexes anew.
EACH = """DO $$ DECLARE statements text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR statements IN SELECT format(%r, relname) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'migration'
    LOOP EXECUTE statements; END LOOP;
END $$"""
EMPTY, KEEP = EACH % "DELETE FROM %1$I", EACH % "CREATE TABLE kept.%1$I AS TABLE %1$I"
PUT_BACK = EACH % "DELETE FROM %1$I; INSERT INTO %1$I TABLE kept.%1$I"
#: what PostgreSQL knows these connections by
NAME = "beside"
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a database of a new server. Skips the test where there is no PostgreSQL."""
    folder = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"))), None)
    if folder is None:
        pytest.skip("PostgreSQL is missing")
    # Its server never runs as root, and pytest's folders are root's own.
    home, root = Path(tempfile.mkdtemp(prefix="lessonlink-postgres-")), os.getuid() == 0
    port = free_port()
    if root:
        shutil.chown(home, "postgres")
    as_postgres = ("runuser", "-u", "postgres", "--") if root else ()
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 " + " ".join(f"-c {each}" for each in QUICK)
    control = (*as_postgres, folder / "pg_ctl", "-D", home / "data", "-w")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*as_postgres, folder / "initdb", "-D", home / "data", "-A", "trust", "-U", "postgres"], **quiet)
    subprocess.run([*control, "-o", options, "-l", home / "log", "start"], **quiet)
    try:
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL)
        shutil.rmtree(home)


def empty_database(postgres: str) -> str:
    """The address of a new database of the server, without tables."""
    name = f"test_{uuid4().hex}"
    execute(postgres, f"CREATE DATABASE {name}")
    return f"{postgres.rpartition('/')[0]}/{name}"


def migrated_database(postgres: str) -> str:
    """The address of one with all tables and no rows."""
    address = empty_database(postgres)
    subprocess.run([sys.executable, "-m", "portal", "migrate"], env=os.environ | {"DATABASE_URL": address}, check=True)
    return address


def copy_of(address: str) -> str:
    """The address of a new database of the same server, with all that is in this one; nobody may be connected to it."""
    server, _, name = address.rpartition("/")
    copy = f"test_{uuid4().hex}"
    execute(f"{server}/postgres", f"CREATE DATABASE {copy} TEMPLATE {name}")
    return f"{server}/{copy}"


class Beside:
    """Another program's connection to a PostgreSQL, from inside an event loop too."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._thread, self._loop = ThreadPoolExecutor(1), asyncio.new_event_loop()
        self._connection = self._do(asyncpg.connect(address, server_settings={"application_name": NAME}))
        self._do(self._connection.set_type_codec("uuid", schema="pg_catalog", encoder=str, decoder=str))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._connection.close())
        self._loop.close()
        self._thread.shutdown()

    def execute(self, *statements: str) -> None:
        """One after another, each in a transaction of its own."""
        for statement in statements:
            self._do(self._connection.execute(statement))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What it gives, with `?` for values."""
        places = itertools.count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(places)}", query)
        return [tuple(row) for row in self._do(self._connection.fetch(numbered, *values))]

    def empty(self) -> None:
        """Takes away whoever is connected, and all rows."""
        self.execute(OTHERS, EMPTY)

    def _do(self, work: Awaitable[Any]) -> Any:
        async def doing() -> Any:
            return await work

        return self._thread.submit(self._loop.run_until_complete, doing()).result()


class Snapshot:
    """The rows of a database as they are now, to be put back while nobody writes."""

    def __init__(self, address: str) -> None:
        self._kept: sqlite3.Connection | Beside
        self._address = address
        if address.startswith("sqlite"):
            self._kept = sqlite3.connect(":memory:", check_same_thread=False)
            with closing(sqlite3.connect(file_of(address), timeout=10)) as connection:
                connection.backup(self._kept)
        else:
            self._kept = Beside(address)
            self._kept.execute("DROP SCHEMA IF EXISTS kept CASCADE", "CREATE SCHEMA kept", KEEP)

    def put_back(self) -> None:
        if isinstance(self._kept, Beside):
            self._kept.execute(PUT_BACK)
            return
        with closing(sqlite3.connect(file_of(self._address), timeout=10)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            self._kept.backup(connection)


def rows(address: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What a query gives, in SQL that both databases know, with `?` for values; ids are texts."""
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(file_of(address), timeout=10)) as connection:
            return connection.execute(query, values).fetchall()
    with Beside(address) as connection:
        return connection.rows(query, *values)


def contents(address: str, but: Collection[str] = ()) -> list[str]:
    """All that is stored, a line for each row, but for these tables."""
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(file_of(address), timeout=10)) as connection:
            lines = [line for line in connection.iterdump() if line.startswith("INSERT")]
        return [line for line in lines if not line.startswith(tuple(f'INSERT INTO "{table}"' for table in but))]
    with Beside(address) as connection:
        tables = connection.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return sorted(
            f"{table}: {row}"
            for (table,) in tables
            if table not in but
            for (row,) in connection.rows(f'SELECT each::text FROM "{table}" each')
        )


def stored(address: str) -> bytes:
    """All bytes of SQLite's file and of its log, or all rows of PostgreSQL, whose files also hold what was deleted."""
    if address.startswith("sqlite"):
        file = file_of(address)
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    return "\n".join(contents(address)).encode()


def execute(address: str, statement: str) -> None:
    """Run a statement, and commit it."""
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(file_of(address), timeout=10)) as connection, connection:
            connection.execute(statement)
    else:
        with Beside(address) as connection:
            connection.execute(statement)


def free_port() -> int:
    """One of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def file_of(address: str) -> Path:
    """The file of `sqlite:///…`."""
    return HOME / address.removeprefix("sqlite:///")
