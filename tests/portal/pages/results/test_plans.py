"""What a page reads of one course, it finds without the rows of all the others."""

import sqlite3
from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar.testing import TestClient

from courses import database
from courses.events.scan_log import scans, stray_counts, stray_scans
from courses.results.note_figures import notes_of

Run = Callable[..., Any]


def test_notes_and_refused_scans_are_found_by_their_course(
    alice: TestClient, course: UUID, run: Run, counted: Run
) -> None:
    with counted() as queries:
        for read in ((notes_of, course), (stray_scans,), (stray_counts,), (scans, course)):
            run(*read)
    with sqlite3.connect(database.DB.path) as connection:
        plans = [
            " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", [None] * query.count("?")))
            for query in queries
            if 'FROM "publication"' in query or "refused_scan" in query.partition("FROM")[2][:20]
        ]
    assert len(plans) == 4
    assert [plan for plan in plans if "publication_rung" in plan] == []
    assert [plan for plan in plans if "refused_scan" in plan and "TEMP B-TREE" in plan] == []
