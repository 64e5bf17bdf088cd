"""Composite uniqueness of what surrounds a class, and where a note is looked up."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.courses import Course

ID = "2026-11-24T11:07:42:000000"
VERSION = "1.38.0"
DESCRIPTION = "Composite uniqueness of handovers, snapshots, rehearsal faults and export presets; notes by their id"

INDEXES = {
    "handover_unique": "UNIQUE INDEX IF NOT EXISTS {} ON handover (platform, share)",
    "snapshot_unique": "UNIQUE INDEX IF NOT EXISTS {} ON snapshot (publication, snapshot_at, source)",
    "rehearsal_fault_unique": "UNIQUE INDEX IF NOT EXISTS {} ON rehearsal_fault (link, platform)",
    "export_preset_unique": "UNIQUE INDEX IF NOT EXISTS {} ON export_preset (course, person, export, name)",
    "publication_note": "INDEX IF NOT EXISTS {} ON publication (platform, note_id) WHERE note_id IS NOT NULL",
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
