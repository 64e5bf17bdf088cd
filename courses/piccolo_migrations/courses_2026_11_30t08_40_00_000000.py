"""How far a phone is believed that says whose it is."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Boolean, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-30T08:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "How far a phone is believed that says whose it is"

_USUAL: dict[str, Any] = {
    "primary_key": False,
    "unique": False,
    "index": False,
    "index_method": IndexMethod.btree,
    "choices": None,
    "db_column_name": None,
    "secret": False,
}


async def forwards() -> MigrationManager:
    """Add three columns; the next file lets in the phones that are there."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)
    columns: tuple[tuple[str, type[Any], dict[str, Any]], ...] = (
        ("let_in_at", Timestamptz, {"default": None, "null": True}),
        ("let_in_by", Varchar, {"length": 8, "default": None, "null": True}),
        ("by_name", Boolean, {"default": False, "null": False}),
    )
    for name, kind, params in columns:
        manager.add_column(
            table_class_name="Claim",
            tablename="claim",
            column_name=name,
            db_column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params | _USUAL,
            schema=None,
        )
    return manager
