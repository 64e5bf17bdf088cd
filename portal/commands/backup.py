"""Backup and restore: one file with the database, the media and the keys."""

import io
import json
import os
import tarfile
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import IO, cast

import obstore
from obstore.store import ObjectStore

from courses.clock import now
from courses.database import migrate, use_database
from courses.errors import Conflict, Message
from courses.media.library import open_store
from courses.places import VAR
from courses.upkeep.backup import CHUNK, check_empty, copy_database, copy_name, put_database
from portal.commands.compressing import BlockGzip
from portal.settings import Settings

FORMAT = 1
KEYS = VAR / "secret-keys"


async def backup(settings: Settings, options: Namespace) -> None:
    """One file with the database, the media and the keys: everything a printed code needs. Readable by its owner only."""
    use_database(settings.database_url, settings.database_limits)
    name = copy_name()
    target: Path = options.file.absolute()
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy, part = Path(folder) / name, Path(folder) / "part"
        await copy_database(copy)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            packed = BlockGzip(file)
            with tarfile.open(fileobj=cast(IO[bytes], packed), mode="w|", bufsize=CHUNK) as archive:
                made_at = now().isoformat()
                archive.add(copy, name)
                copy.unlink()
                _add(archive, "secret-keys", settings.keyring.export().encode())
                media = _add_media(archive, open_store(settings.media))
                about = {"format": FORMAT, "made_at": made_at, "media": media}
                _add(archive, "backup.json", json.dumps(about).encode())
            packed.close()
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    print(f"{target}: database, keys and {media} files of media")


def _add_media(archive: tarfile.TarFile, store: ObjectStore) -> int:
    """Bit by bit: a video need not fit into memory. How many."""
    count = 0
    for entries in obstore.list(store):
        for entry in entries:
            reader = obstore.open_reader(store, entry["path"], buffer_size=CHUNK)
            member = tarfile.TarInfo(f"media/{entry['path']}")
            member.size, member.mode = reader.size, 0o600
            archive.addfile(member, cast(IO[bytes], _Bytes(reader)))
            count += 1
    return count


class _Bytes:
    """An object of the store as `tarfile` reads it."""

    def __init__(self, reader: "obstore.ReadableFile") -> None:
        self._reader = reader

    def read(self, size: int) -> bytes:
        return bytes(self._reader.read(size))


async def restore(settings: Settings, options: Namespace) -> None:
    """Read a backup into an empty portal, then migrate."""
    use_database(settings.database_url, settings.database_limits)
    name = copy_name()
    store = open_store(settings.media)
    try:
        names = _checked(options.file)
    except (tarfile.TarError, EOFError, KeyError, ValueError) as error:
        raise Conflict(Message("{file} is not a whole backup of this portal.", file=options.file)) from error
    if name not in names:
        raise Conflict(Message("{file} is a backup of another kind of database.", file=options.file))
    await check_empty()
    with tarfile.open(options.file) as archive:
        await put_database(_opened(archive, name))
        for each in names:
            if each.startswith("media/"):
                await obstore.put_async(store, each.removeprefix("media/"), _opened(archive, each))
        _put_keys(settings, _opened(archive, "secret-keys").read().decode())
    await migrate()
    print(f"restored from {options.file}")


def _checked(path: Path) -> list[str]:
    """The names in a backup, read to its end so that a cut one is found before anything is touched."""
    with tarfile.open(path) as archive:
        members = archive.getmembers()
        about = json.loads(_opened(archive, "backup.json").read())
    names = [member.name for member in members if member.isfile()]
    media = sum(name.startswith("media/") for name in names)
    if about["format"] != FORMAT or media != about["media"] or not any(each.startswith("database.") for each in names):
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


def _opened(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file
