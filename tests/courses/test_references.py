"""Every reference has an index: without one, to delete what is referred to reads a whole table."""

import sqlite3
from pathlib import Path

import pytest

from courses.tables.courses import Course

pytestmark = pytest.mark.anyio


def test_every_reference_has_an_index_on_sqlite(migrated: Path) -> None:
    with sqlite3.connect(migrated) as connection:
        rows = connection.execute(
            'SELECT t.name, f."from" FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE NOT EXISTS'
            " (SELECT 1 FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c"
            '  WHERE c.seqno = 0 AND c.name = f."from" AND (i.partial = 0 OR EXISTS'
            "   (SELECT 1 FROM sqlite_master s WHERE s.name = i.name AND s.sql LIKE '% WHERE ' || c.name || ' IS NOT NULL')))"
        )
        assert rows.fetchall() == []


async def test_every_reference_has_an_index_on_postgresql(on_postgres: str) -> None:
    rows = await Course.raw(
        "SELECT conrelid::regclass::text AS name, a.attname FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1] WHERE contype = 'f' AND NOT EXISTS"
        " (SELECT 1 FROM pg_index i WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND"
        "  coalesce(pg_get_expr(indpred, indrelid), '') IN ('', '(' || a.attname || ' IS NOT NULL)'))"
    )
    assert rows == []


def test_deleting_what_is_referred_to_uses_the_indexes(migrated: Path) -> None:
    """Also those that leave out rows which refer to nothing."""
    with sqlite3.connect(migrated) as connection:
        for table, column in (("event", "person"), ("delivery", "publication"), ("handover", "lesson")):
            plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} = ?", ("x",)).fetchall()
            assert f"{table}_{column}" in plan[0][3]
