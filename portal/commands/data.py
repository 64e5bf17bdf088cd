"""Migrations, and the sweep."""

from argparse import Namespace
from dataclasses import asdict

from courses.database import close_database, open_database, pending_migrations, use_database
from courses.database import migrate as migrate_database
from courses.errors import Conflict, Message
from courses.media.library import open_store
from courses.private_files import tighten
from courses.upkeep.sweeping import sweep as sweep_all
from portal.commands.kept_files import kept_places
from portal.settings import Settings


async def migrate(settings: Settings, _: Namespace) -> None:
    """Bring the database up to date."""
    use_database(settings.database_url, settings.database_limits)
    done = await migrate_database()
    tighten(kept_places(settings))
    print(f"{len(done)} migrations done" if done else "up to date")


async def sweep(settings: Settings, _: Namespace) -> None:
    """Take away what is old enough to go, as the running portal does every hour."""
    use_database(settings.database_url, settings.database_limits)
    if await pending_migrations():
        raise Conflict(Message("The database is not up to date. Run `portal migrate` first."))
    await open_database()
    try:
        swept = await sweep_all(open_store(settings.media), night=True)
    finally:
        await close_database()
    if swept is None:
        raise Conflict(Message("Another process is sweeping. It does the same."))
    counts = ((name.replace("_", " "), count) for name, count in asdict(swept).items())
    print(", ".join(f"{count} {name}" for name, count in counts if count) or "nothing to sweep")
