"""Refused scans of a course, and of none, found by their time and counted by their reason without reading all of them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from courses.tables.events import RefusedScan

ID = "2026-11-30T12:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of refused scans by time and by reason"


async def forwards() -> MigrationManager:
    """Make them; what is there stays."""
    manager = MigrationManager(migration_id=ID, app_name="courses", description=DESCRIPTION)

    async def create() -> None:
        await RefusedScan.raw(
            "CREATE INDEX IF NOT EXISTS refused_scan_received ON refused_scan (course, received_at, id)"
        )
        await RefusedScan.raw(
            "CREATE INDEX IF NOT EXISTS refused_scan_reasons ON refused_scan (course, reason)"
        )

    manager.add_raw(create)
    return manager
