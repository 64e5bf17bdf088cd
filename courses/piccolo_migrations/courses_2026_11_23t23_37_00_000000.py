"""Uniqueness over several columns, and what a search finds in the lessons that are there already."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.courses import Course

ID = "2026-11-23T23:37:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Composite uniqueness of revisions; texts to search"

INDEXES = {"revision_unique": "UNIQUE INDEX {} ON revision (lesson, number)"}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def create() -> None:
        for name, definition in INDEXES.items():
            await Course.raw("CREATE " + definition.format(name))
        await Course.raw("UPDATE lesson SET search = lower(title || ' ' || body || ' ' || CAST(topics AS TEXT))")

    async def drop() -> None:
        for name in INDEXES:
            await Course.raw(f"DROP INDEX {name}")

    manager.add_raw(create)
    manager.add_raw_backwards(drop)
    return manager
