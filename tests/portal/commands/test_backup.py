"""Backup and restore: all comes back, from PostgreSQL too, in files that any gzip reads; what is missing is said."""

import gzip
import io
import os
import tarfile
from argparse import Namespace
from pathlib import Path
from typing import Any

import asyncpg
import obstore
import pytest

from courses import database
from courses.database import close_database, open_database, writing
from courses.errors import Conflict
from courses.events.rebuilding import rebuild
from courses.media.library import open_store
from courses.tables.events import Publication
from courses.upkeep.postgres_dump import _without_password
from portal.commands import backup as commands
from portal.commands.compressing import BLOCK, BlockGzip
from portal.settings import Settings
from tests.courses.classroom import Classroom, make_classroom

pytestmark = pytest.mark.anyio
KEYS = f"1:{'5a' * 32}"


def settings(address: str, media: Path) -> Settings:
    return Settings.from_env({
        "DATABASE_URL": address, "PORTAL_MEDIA": f"file://{media}", "PORTAL_SECRET_KEYS": KEYS,
        "PORTAL_PUBLIC_URL": "http://127.0.0.1:8000",
    })  # fmt: skip


async def filled() -> Classroom:
    """A course in which something of each kind was reported."""
    room = await make_classroom()
    for name, kinds in (("Ada", ("scan", "preview", "launch", "claim")), ("Bo", ("scan", "fail")), ("Cy", ("scan",))):
        await room.report(name, "Tea", *kinds)
        await room.report(name, "Milk", "scan", platform="weibo")
    return room


async def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        table._meta.tablename: await table.select().order_by(table._meta.primary_key)
        for table in database.APP_REGISTRY.get_table_classes("courses")
    }


async def publications() -> list[dict[str, Any]]:
    rows = await Publication.select().order_by(Publication.id)
    return [{name: value for name, value in row.items() if name != "changed_at"} for row in rows]


async def test_drill_brings_a_portal_on_postgresql_back(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, file, keys = settings(postgres_database, tmp_path / "media"), tmp_path / "all.backup", tmp_path / "keys"
    monkeypatch.setattr(commands, "KEYS", keys)
    database.use_database(postgres_database)
    await open_database()
    room = await filled()
    before, counted = await everything(), await publications()
    await close_database()
    picture = os.urandom(3 << 20)
    await obstore.put_async(open_store(here.media), "ab/picture.jpg", picture)
    await commands.backup(here, Namespace(file=file))

    server, _, _ = postgres_database.rpartition("/")
    admin = await asyncpg.connect(f"{server}/postgres")
    await admin.execute("CREATE DATABASE restored")
    there = settings(f"{server}/restored", tmp_path / "restored")
    try:
        await commands.restore(there, Namespace(file=file))
        await open_database()
        try:
            assert await everything() == before
            async with writing():
                for student in room.students.values():
                    await rebuild(student)
            assert await publications() == counted
            assert len(counted) == 6
        finally:
            await close_database()
        assert (tmp_path / "restored" / "ab" / "picture.jpg").read_bytes() == picture
        assert keys.read_text().strip() == here.keyring.export()
        with pytest.raises(Conflict, match="not empty"):
            await commands.restore(there, Namespace(file=file))
    finally:
        await admin.execute("DROP DATABASE restored WITH (FORCE)")
        await admin.close()


async def test_missing_or_older_program_is_named_with_what_to_install(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    here, asked = settings(postgres_database, tmp_path / "media"), Namespace(file=tmp_path / "all.backup")
    with pytest.raises(Conflict, match="pg_dump is missing"):
        await commands.backup(here, asked)
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    program.chmod(0o755)
    with pytest.raises(Conflict, match="pg_dump is older than the server"):
        await commands.backup(here, asked)
    assert not asked.file.exists()


async def test_backup_of_one_kind_of_database_is_not_read_into_another(
    postgres_database: str, database_file: Path, tmp_path: Path
) -> None:
    asked = Namespace(file=tmp_path / "all.backup")
    await commands.backup(settings(f"sqlite:///{database_file}", tmp_path / "media"), asked)
    with pytest.raises(Conflict, match="another kind of database"):
        await commands.restore(settings(postgres_database, tmp_path / "media"), asked)


async def test_backup_of_an_older_portal_is_read(
    database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "KEYS", tmp_path / "keys")
    file, new = tmp_path / "old.backup", tmp_path / "new" / "portal.sqlite3"
    with tarfile.open(file, "w:gz") as archive:
        archive.add(database_file, "database.sqlite3")
        about = b'{"format": 1, "made_at": "2026-11-30T04:00:00+00:00", "media": 1}'
        for name, data in (("secret-keys", KEYS.encode()), ("media/ab/c.jpg", b"jpeg"), ("backup.json", about)):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    await commands.restore(settings(f"sqlite:///{new}", tmp_path / "restored"), Namespace(file=file))
    assert new.read_bytes()[:15] == b"SQLite format 3"
    assert (tmp_path / "restored" / "ab" / "c.jpg").read_bytes() == b"jpeg"


def test_blocks_are_one_gzip_file() -> None:
    file, data = io.BytesIO(), os.urandom(1 << 16) * (3 * BLOCK // (1 << 16)) + b"the rest"
    packed = BlockGzip(file)
    for start in range(0, len(data), 100_000):
        packed.write(data[start : start + 100_000])
    packed.close()
    assert gzip.decompress(file.getvalue()) == data


def test_password_stands_in_no_command_line() -> None:
    address = "postgres://portal:p%40ss@one:5432,two/lessons?target_session_attrs=read-write"
    assert _without_password(address) == (
        "postgres://portal@one:5432,two/lessons?target_session_attrs=read-write", {"PGPASSWORD": "p@ss"},
    )  # fmt: skip
    assert _without_password("postgres:///lessons") == ("postgres:///lessons", {})
