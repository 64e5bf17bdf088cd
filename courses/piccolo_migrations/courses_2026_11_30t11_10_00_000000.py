"""An index for every reference that had none: to delete what is referred to read a whole table for each."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.courses import Course

ID = "2026-11-30T11:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "An index for every reference"

#: references of every row
ALWAYS = (("lesson_picture", "media"), ("handover", "lesson"), ("export_preset", "person"), ("upload", "course"))
#: references that most rows do not have, or that few rows have at all; the others cost the index nothing
SOMETIMES = (
    ("course", "logo"), ("one_time_link", "course"), ("upload", "poster"), ("upload", "media"), ("lesson", "author"),
    ("lesson", "video"), ("lesson", "cover"), ("revision", "person"), ("student", "merged_into"), ("excuse", "person"),
    ("print_run", "created_by"), ("link", "created_by"), ("rehearsal_fault", "person"), ("event", "person"),
    ("refused_scan", "lesson"), ("audit_entry", "person"), ("import_run", "course"), ("webhook", "created_by"),
    ("delivery", "publication"), ("closing_sheet", "person"),
)  # fmt: skip


async def forwards() -> MigrationManager:
    """Make them; what is there stays."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def create() -> None:
        for table, column in ALWAYS:
            await Course.raw(f"CREATE INDEX IF NOT EXISTS {table}_{column} ON {table} ({column})")
        for table, column in SOMETIMES:
            await Course.raw(
                f"CREATE INDEX IF NOT EXISTS {table}_{column} ON {table} ({column}) WHERE {column} IS NOT NULL"
            )

    manager.add_raw(create)
    return manager
