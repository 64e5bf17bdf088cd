"""The next messages of each webhook, found without those of the others and those that are over."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.classes import Delivery

ID = "2026-11-30T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "An index of the messages of a webhook that wait"


async def forwards() -> MigrationManager:
    """Make it; what is there stays."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def create() -> None:
        await Delivery.raw(
            "CREATE INDEX IF NOT EXISTS delivery_waiting ON delivery (webhook, next_at) WHERE next_at IS NOT NULL"
        )

    manager.add_raw(create)
    return manager
