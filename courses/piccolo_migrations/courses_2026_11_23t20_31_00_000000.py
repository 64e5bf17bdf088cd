"""Uniqueness over several columns, which Piccolo cannot create on SQLite, and the indexes of the frequent look-ups."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.courses import Course

ID = "2026-11-23T20:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Composite uniqueness"

INDEXES = {
    "membership_unique": "UNIQUE INDEX {} ON membership (course, person)",
    "lesson_picture_unique": "UNIQUE INDEX {} ON lesson_picture (lesson, position)",
    "student_number_unique": "UNIQUE INDEX {} ON student (course, number)",
    "student_seat_unique": "UNIQUE INDEX {} ON student (course, seat)",
    "publication_unique": "UNIQUE INDEX {} ON publication (student, lesson, platform)",
    "claim_device": "INDEX {} ON claim (course, device)",
    "event_device": "INDEX {} ON event (device, lesson)",
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
