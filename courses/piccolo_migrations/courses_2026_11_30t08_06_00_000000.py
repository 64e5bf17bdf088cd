"""Notes that older code wrote down by their other name (Bilibili's av, Weibo's short name) get the one they are compared by."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.events.note_ids import one_name
from courses.tables.events import Publication

ID = "2026-11-30T08:06:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "One name for each note of Bilibili and Weibo"


async def forwards() -> MigrationManager:
    """Fill them in; run again it finds none."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def fill() -> None:
        rows = await Publication.raw(
            "SELECT id, platform, note_id FROM publication"
            " WHERE platform IN ('bilibili', 'weibo') AND note_id IS NOT NULL"
        )
        for row in rows:
            name = one_name(row["platform"], row["note_id"])
            if name != row["note_id"]:
                await Publication.raw("UPDATE publication SET note_id = {} WHERE id = {}", name, row["id"])

    manager.add_raw(fill)
    return manager
