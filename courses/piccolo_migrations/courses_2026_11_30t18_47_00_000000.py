"""What waits for a look, what is done, what is excused and what failed, found without all that students reached."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.events import Publication
from courses.tables.roster import Excuse

ID = "2026-11-30T18:47:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of what waits for a look, is done, is excused and failed"


async def forwards() -> MigrationManager:
    """Make them; what is there stays."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def create() -> None:
        await Publication.raw(
            "CREATE INDEX IF NOT EXISTS publication_waiting ON publication (lesson, rung, at, student, platform)"
            " WHERE rung IN ('claimed', 'linked')"
        )
        await Publication.raw(
            "CREATE INDEX IF NOT EXISTS publication_done ON publication (lesson, student, rung, platform)"
            " WHERE rung IN ('claimed', 'linked', 'confirmed')"
        )
        await Excuse.raw(
            "CREATE INDEX IF NOT EXISTS excuse_standing ON excuse (student, lesson) WHERE undone_at IS NULL"
        )
        await Publication.raw(
            "CREATE INDEX IF NOT EXISTS publication_failed ON publication (lesson, cause) WHERE rung = 'failed'"
        )

    manager.add_raw(create)
    return manager
