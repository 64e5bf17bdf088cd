"""Migrations, backup and restore, the sweep."""

import io
import json
import os
import tarfile
import tempfile
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

import obstore

from courses.clock import now
from courses.database import close_database, open_database, pending_migrations, use_database
from courses.database import migrate as migrate_database
from courses.errors import Conflict, Message
from courses.media.library import open_store
from courses.private_files import tighten
from courses.upkeep.backup import copy_database, database_path, put_database
from courses.upkeep.sweeping import sweep as sweep_all
from portal.commands.kept_files import kept_places
from portal.settings import ROOT, Settings

FORMAT = 1
KEYS = ROOT / "var" / "secret-keys"


async def migrate(settings: Settings, _: Namespace) -> None:
    """Bring the database up to date."""
    use_database(settings.database_url, settings.database_limits)
    done = await migrate_database()
    tighten(kept_places(settings))
    print(f"{len(done)} migrations done" if done else "up to date")


async def backup(settings: Settings, options: Namespace) -> None:
    """One file with the database, the media and the keys: everything a printed code needs. Readable by its owner only."""
    use_database(settings.database_url, settings.database_limits)
    database_path()
    target: Path = options.file.absolute()
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        media = 0
        copy, part = Path(folder) / "database.sqlite3", Path(folder) / "part"
        copy_database(copy)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w|gz") as archive:
                made_at = now().isoformat()
                store = open_store(settings.media)
                archive.add(copy, "database.sqlite3")
                _add(archive, "secret-keys", settings.keyring.export().encode())
                async for entries in obstore.list(store):
                    for entry in entries:
                        data = await (await obstore.get_async(store, entry["path"])).bytes_async()
                        _add(archive, f"media/{entry['path']}", bytes(data))
                        media += 1
                about = {"format": FORMAT, "made_at": made_at, "media": media}
                _add(archive, "backup.json", json.dumps(about).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    print(f"{target}: database, keys and {media} files of media")


async def restore(settings: Settings, options: Namespace) -> None:
    """Read a backup into an empty portal, then migrate."""
    use_database(settings.database_url, settings.database_limits)
    database_path()
    store = open_store(settings.media)
    try:
        names = _checked(options.file)
    except (tarfile.TarError, EOFError, KeyError, ValueError) as error:
        raise Conflict(Message("{file} is not a whole backup of this portal.", file=options.file)) from error
    with tarfile.open(options.file) as archive, tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "database.sqlite3"
        copy.write_bytes(_read(archive, "database.sqlite3"))
        put_database(copy)
        for name in names:
            if name.startswith("media/"):
                await obstore.put_async(store, name.removeprefix("media/"), _read(archive, name))
        _put_keys(settings, _read(archive, "secret-keys").decode())
    await migrate_database()
    print(f"restored from {options.file}")


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


def _checked(path: Path) -> list[str]:
    """The names in a backup, read to its end so that a cut one is found before anything is touched."""
    with tarfile.open(path) as archive:
        members = archive.getmembers()
        about = json.loads(_read(archive, "backup.json"))
    names = [member.name for member in members if member.isfile()]
    media = sum(name.startswith("media/") for name in names)
    if about["format"] != FORMAT or media != about["media"] or "database.sqlite3" not in names:
        raise ValueError(path)
    return names


def _put_keys(settings: Settings, keys: str) -> None:
    """Into the file of keys; where the environment gives them, say so if they differ."""
    if os.environ.get("PORTAL_SECRET_KEYS") or os.environ.get("PORTAL_SECRET_KEYS_FILE"):
        if settings.keyring.export() != keys:
            print(
                "The backup has other keys than PORTAL_SECRET_KEYS: add them there, or its printed codes will not open."
            )
        return
    KEYS.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(KEYS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o600)  # it may have been there before
        file.write(keys + "\n")


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    archive.addfile(member, io.BytesIO(data))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()
