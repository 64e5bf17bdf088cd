"""PostgreSQL's own dump and its way back, by the client programs of the machine: `pg_dump` and `pg_restore`."""

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, cast
from urllib.parse import unquote, urlsplit

from piccolo.apps.migrations.tables import Migration
from piccolo.table import Table

from courses import database
from courses.errors import Conflict, Message
from courses.postgres import KeptPostgresEngine
from courses.tables.courses import Course
from courses.tables.people import Person

_ALIKE = ("--no-owner", "--no-privileges")


async def dump(target: Path) -> None:
    """Write all that is committed now to a new file, in PostgreSQL's custom format. Raises Conflict."""
    program = await _program("pg_dump")
    options = ("--format=custom", "--compress=1", *_ALIKE, "--file", str(target))
    await asyncio.to_thread(_run, program, options)


async def has_people() -> bool:
    """Whether the database is that of a portal which somebody uses."""
    return await Person.table_exists() and await Person.exists()


async def load(source: IO[bytes]) -> None:
    """Read a dump into a database without people: as a whole or not at all. Raises Conflict."""
    program = await _program("pg_restore")
    tables: list[type[Table]] = [*database.APP_REGISTRY.get_table_classes("courses"), Migration]
    for table in tables:
        await table.alter().drop_table(cascade=True, if_exists=True)
    await asyncio.to_thread(_run, program, ("--single-transaction", "--exit-on-error", *_ALIKE), source)


async def _program(name: str) -> str:
    """Its path. Raises Conflict where it is missing, or older than the server, which it then refuses."""
    rows = await Course.raw("SHOW server_version_num")
    version = int(rows[0]["server_version_num"]) // 10_000
    path = shutil.which(name)
    if path is None:
        raise Conflict(
            Message(
                "{name} is missing. Install PostgreSQL’s client programs, of version {version} or newer.",
                name=name, version=version,
            )
        )  # fmt: skip
    told = await asyncio.to_thread(subprocess.run, [path, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", told.stdout)
    if found is None or int(found[1]) < version:
        raise Conflict(
            Message(
                "{name} is older than the server. Install PostgreSQL’s client programs, of version {version} or newer.",
                name=name, version=version,
            )
        )  # fmt: skip
    return path


def _run(program: str, options: tuple[str, ...], source: IO[bytes] | None = None) -> None:
    address, environment = _without_password(cast(KeptPostgresEngine, database.DB).config["dsn"])
    command = [program, *options, "--dbname", address]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 -- a program that was found, and settings of whoever runs the portal
            command, env=os.environ | environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors
        ) as process,
    ):
        # Where it ends before its input does, what it says stands in its errors.
        with suppress(BrokenPipeError), cast(IO[bytes], process.stdin) as target:
            if source is not None:
                shutil.copyfileobj(source, target, 1 << 20)
        failed = process.wait()
        errors.seek(0)
        words = errors.read().decode(errors="replace").strip().splitlines()
    if failed:
        raise Conflict(Message("{name} failed: {words}", name=Path(program).name, words=words[-1] if words else "?"))


def _without_password(address: str) -> tuple[str, dict[str, str]]:
    """For a command line, which everybody on the machine can read, and the environment, which nobody else can."""
    who, _, _ = urlsplit(address).netloc.rpartition("@")
    password = who.partition(":")[2]
    if not password:
        return address, {}
    return address.replace(f":{password}@", "@", 1), {"PGPASSWORD": unquote(password)}
