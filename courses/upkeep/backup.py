"""A consistent copy of the database as one file, taken while the portal runs, and its way back."""

import asyncio
import os
import shutil
import sqlite3
from pathlib import Path
from typing import IO

from courses import database
from courses.engine import KeptSQLiteEngine
from courses.errors import Conflict, Message
from courses.postgres import KeptCockroachEngine
from courses.upkeep.postgres_dump import dump, has_people, load

#: bytes that are copied at once
CHUNK = 1 << 20


def copy_name() -> str:
    """What the copy of this kind of database is called in a backup. Raises Conflict for a kind that has its own backups."""
    if isinstance(database.DB, KeptSQLiteEngine):
        return "database.sqlite3"
    if isinstance(database.DB, KeptCockroachEngine):
        raise Conflict(Message("CockroachDB makes its own backups: use its BACKUP statement."))
    return "database.pgdump"


async def copy_database(target: Path) -> None:
    """Write all that is committed now to a new file. Raises Conflict."""
    if isinstance(database.DB, KeptSQLiteEngine):
        await asyncio.to_thread(_copy_file, Path(database.DB.path), target)
    else:
        await dump(target)


async def check_empty() -> None:
    """Raises Conflict where there is a portal with people."""
    if isinstance(database.DB, KeptSQLiteEngine):
        path = Path(database.DB.path)
        if path.exists() and _has_people(path):
            raise Conflict(Message("The portal is not empty. Restore into a new one, or move {path} away.", path=path))
    elif await has_people():
        raise Conflict(Message("The portal is not empty. Restore into a new database."))


async def put_database(source: IO[bytes]) -> None:
    """Make a copy the portal's database, which is empty or not there. Raises Conflict."""
    if isinstance(database.DB, KeptSQLiteEngine):
        await asyncio.to_thread(_put_file, source, Path(database.DB.path))
    else:
        await load(source)


def _copy_file(path: Path, target: Path) -> None:
    if not path.exists():
        raise Conflict(Message("There is no database yet."))
    with sqlite3.connect(path, timeout=30) as source:
        source.execute("VACUUM INTO ?", (str(target),))
    source.close()


def _put_file(source: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".restoring")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        shutil.copyfileobj(source, file, CHUNK)
        file.flush()
        os.fsync(file.fileno())
    for stale in ("-wal", "-shm"):
        path.with_name(path.name + stale).unlink(missing_ok=True)
    os.replace(part, path)


def _has_people(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return bool(connection.execute("SELECT 1 FROM person LIMIT 1").fetchall())
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
