"""What done means for a lesson; for those that are there, what it meant before."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSON, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-30T08:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What done means for a lesson"

_USUAL: dict[str, Any] = {
    "null": False,
    "primary_key": False,
    "unique": False,
    "index": False,
    "index_method": IndexMethod.btree,
    "choices": None,
    "db_column_name": None,
    "secret": False,
}


async def forwards() -> MigrationManager:
    """Add three columns: on any platform, from "says published" on."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)
    columns: tuple[tuple[str, type[JSON | Varchar], dict[str, Any]], ...] = (
        ("done_which", Varchar, {"length": 8, "default": "any"}),
        ("done_platforms", JSON, {"default": "[]"}),
        ("done_rung", Varchar, {"length": 16, "default": "claimed"}),
    )
    for name, kind, params in columns:
        manager.add_column(
            table_class_name="Lesson",
            tablename="lesson",
            column_name=name,
            db_column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params | _USUAL,
            schema=None,
        )
    return manager
