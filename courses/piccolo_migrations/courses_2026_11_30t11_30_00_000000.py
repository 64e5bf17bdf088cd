"""When a lesson was taken out of the trash for good: what hangs on it goes piece by piece."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Timestamptz
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-30T11:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "When a lesson was taken out of the trash for good"


async def forwards() -> MigrationManager:
    """Add it."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Lesson",
        tablename="lesson",
        column_name="purged_at",
        db_column_name="purged_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )
    return manager
