"""A consistent copy of an SQLite database, taken while the portal runs, and its way back."""

import os
import shutil
import sqlite3
from pathlib import Path

from courses import database
from courses.engine import KeptSQLiteEngine
from courses.errors import Conflict, Message


def database_path() -> Path:
    """The SQLite file. Raises Conflict on other databases, which bring their own tools."""
    if not isinstance(database.DB, KeptSQLiteEngine):
        raise Conflict(Message("This database is not SQLite: copy it with its own tools, such as pg_dump."))
    return Path(database.DB.path)


def copy_database(target: Path) -> None:
    """Write all that is committed now to a new file. Raises Conflict."""
    path = database_path()
    if not path.exists():
        raise Conflict(Message("There is no database yet."))
    with sqlite3.connect(path, timeout=30) as source:
        source.execute("VACUUM INTO ?", (str(target),))
    source.close()


def put_database(source: Path) -> None:
    """Make a copy the portal's database, if that is empty or not there. Raises Conflict."""
    path = database_path()
    if path.exists() and _has_people(path):
        raise Conflict(Message("The portal is not empty. Restore into a new one, or move {path} away.", path=path))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".restoring")
    shutil.copyfile(source, part)
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
