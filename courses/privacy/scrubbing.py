"""No remainder of what was erased in an SQLite file; other databases have a vacuum of their own.

The engine overwrites what is deleted or changed at once. It then stands in the log until that is emptied, which is done after
each erasure. When SQLite moves rows between pages it leaves copies of them in the pages' free space: these go when the whole
file is written anew, which takes the write lock for seconds and so is done at night.
"""

import asyncio
import sqlite3
import time
from datetime import UTC, datetime
from uuid import UUID

from courses import database
from courses.clock import now
from courses.engine import KeptSQLiteEngine
from courses.tables.audit import AuditEntry

#: seconds for which the log is tried to be emptied while others read, and between two tries
TRIED, PAUSE = 5.0, 0.05
#: after these, remainders may be left
_ERASING = ("student.erase", "course.erase", "course.aliases")


async def scrub() -> None:
    """Empty the log. Whoever reads for longer than TRIED keeps it; the hourly sweep tries again."""
    if isinstance(database.DB, KeptSQLiteEngine):
        await asyncio.to_thread(_empty_log, database.DB.path)


def _empty_log(path: str) -> None:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        deadline = time.monotonic() + TRIED
        # The first moves what it can without holding anybody up, so that the second holds the lock for an instant.
        while not (_checkpoint(connection, "PASSIVE") and _checkpoint(connection, "TRUNCATE")):
            if time.monotonic() > deadline:
                return
            time.sleep(PAUSE)
    finally:
        connection.close()


def _checkpoint(connection: sqlite3.Connection, kind: str) -> bool:
    busy: int = connection.execute(f"PRAGMA wal_checkpoint({kind})").fetchone()[0]
    return not busy


async def rewrite_pending(course: UUID | None = None) -> bool:
    """Whether something was erased, in a course or anywhere, since the file was last written anew."""
    if not isinstance(database.DB, KeptSQLiteEngine):
        return False
    rows = await AuditEntry.raw("PRAGMA user_version")
    since = datetime.fromtimestamp(rows[0]["user_version"] * 60, UTC)
    erasing = AuditEntry.exists().where(AuditEntry.at >= since, AuditEntry.action.is_in(list(_ERASING)))
    return await (erasing.where(AuditEntry.course == course) if course else erasing)


async def rewrite_file(yields: bool = False) -> int:
    """Write the file anew if that is pending; meanwhile nobody writes. How many files that were.

    With `yields` it is given up where somebody waits.
    """
    if not isinstance(database.DB, KeptSQLiteEngine) or not await rewrite_pending():
        return 0
    began = now()
    if not await database.DB.vacuum(yields):
        return 0
    # The file itself keeps when: in minutes, so that it is a number for longer than there are seconds for.
    await AuditEntry.raw(f"PRAGMA user_version = {int(began.timestamp() // 60)}")
    await scrub()
    return 1
