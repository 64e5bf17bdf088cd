"""Phones that said a name before stay in."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.roster import Claim

ID = "2026-11-30T08:41:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Phones that said a name before stay in"


async def forwards() -> MigrationManager:
    """Older code let in everybody."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def let_in() -> None:
        await Claim.raw("UPDATE claim SET let_in_at = created_at, let_in_by = 'before' WHERE let_in_by IS NULL")

    manager.add_raw(let_in)
    return manager
