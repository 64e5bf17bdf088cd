"""Composite uniqueness of print runs and of the links that are made for them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.courses import Course

ID = "2026-11-24T03:59:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "Composite uniqueness of print runs and their links"

INDEXES = {
    "print_run_unique": "UNIQUE INDEX IF NOT EXISTS {} ON print_run (course, number)",
    "link_run_serial_unique": "UNIQUE INDEX IF NOT EXISTS {} ON link (run, serial) WHERE run IS NOT NULL",
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def create() -> None:
        for name, definition in INDEXES.items():
            await Course.raw("CREATE " + definition.format(name))

    async def drop() -> None:
        for name in INDEXES:
            await Course.raw(f"DROP INDEX {name}")

    manager.add_raw(create)
    manager.add_raw_backwards(drop)
    return manager
