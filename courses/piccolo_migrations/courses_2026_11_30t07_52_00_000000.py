"""What is declared of a lesson."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import JSON
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-30T07:52:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What is declared of a lesson"


async def forwards() -> MigrationManager:
    """Add it."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    manager.add_column(
        table_class_name="Lesson",
        tablename="lesson",
        column_name="declarations",
        db_column_name="declarations",
        column_class_name="JSON",
        column_class=JSON,
        params={
            "default": "[]",
            "null": False,
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
