"""An index by which the same short link is found again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.events import Publication

ID = "2026-11-30T06:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "An index by which the same short link is found again"


async def forwards() -> MigrationManager:
    """Add it; longer addresses are left out, which no database could index."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def create() -> None:
        await Publication.raw(
            "CREATE INDEX IF NOT EXISTS publication_link ON publication"
            " (platform, RTRIM(REPLACE(REPLACE(note_url, 'http://', 'https://'), '://www.', '://'), '/'))"
            " WHERE LENGTH(note_url) < 200"
        )

    manager.add_raw(create)
    return manager
