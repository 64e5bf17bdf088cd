"""The power goes: what the disk has not kept of SQLite's log is gone, and no acknowledged report with it."""

import asyncio
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from courses import database
from courses.clock import now
from courses.database import close_database, open_database
from courses.events.journal import Journal
from courses.events.ladder import Report
from courses.tables.events import Event
from tests.courses.classroom import Classroom, make_classroom
from tests.databases import rows
from tests.faults.conftest import ROUNDS
from tests.faults.hall import KINDS, publications_are_a_recount

GROUPS, CUTS = 12, 10
pytestmark = [pytest.mark.anyio, pytest.mark.sqlite_only("its log")]


async def reported(room: Classroom, log: Path) -> list[tuple[set[Any], int]]:
    """Groups of reports, each with how long the log was when all of the group were acknowledged, as they were then synced."""
    journal, groups = Journal(), []
    await journal.start()
    for number in range(GROUPS):
        reports = [
            Report(room.lessons["Tea"], KINDS[number % len(KINDS)], "weibo", now(), now(), student=student)
            for student in room.students.values()
        ]
        await asyncio.gather(*(journal.record([report]) for report in reports))
        groups.append(({report.id for report in reports}, log.stat().st_size))
    await journal.stop()
    return groups


async def test_log_that_ends_anywhere_behind_an_acknowledged_report_has_it(
    db: str, database_file: Path, tmp_path: Path
) -> None:
    room, log = await make_classroom(), Path(f"{database_file}-wal")
    before = database_file.read_bytes()
    groups = await reported(room, log)
    assert database.DB._writer.execute("PRAGMA synchronous").fetchone() == {"synchronous": 2}
    assert database_file.read_bytes() == before, "nothing was moved from the log into the file, so all is in the log"
    whole = log.read_bytes()
    await close_database()
    for number in range(CUTS * ROUNDS):
        kept = random.randrange(len(groups) - 1)
        end = random.randrange(groups[kept][1], groups[kept + 1][1])
        # What was not synced may also be there as something else.
        rest = os.urandom(len(whole) - end) if number % 2 else b""
        after = tmp_path / f"after-{number}.sqlite3"
        after.write_bytes(before)
        Path(f"{after}-wal").write_bytes(whole[:end] + rest)
        database.use_database(f"sqlite:///{after}")
        await open_database()
        stored = {row["id"] for row in await Event.select(Event.id)}
        assert set().union(*(ids for ids, _ in groups[: kept + 1])) <= stored
        await publications_are_a_recount(list(room.students.values()))
        await close_database()
        assert rows(f"sqlite:///{after}", "PRAGMA integrity_check") == [("ok",)]


async def test_log_that_loses_an_acknowledged_report_is_seen(db: str, database_file: Path, tmp_path: Path) -> None:
    """That the test above can fail: had the log not been synced before the answer, the report would be gone."""
    room, log = await make_classroom(), Path(f"{database_file}-wal")
    groups = await reported(room, log)
    after = tmp_path / "after.sqlite3"
    shutil.copy(database_file, after)
    Path(f"{after}-wal").write_bytes(log.read_bytes()[: groups[-1][1] - 1])
    stored = {row[0] for row in rows(f"sqlite:///{after}", "SELECT id FROM event")}
    assert {str(identity) for identity in groups[-1][0]} - stored
