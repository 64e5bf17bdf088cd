"""A database of its own for a test on PostgreSQL."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from piccolo.table import Table

from courses import database
from courses.database import close_database, open_database, pending_migrations, use_database

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = "lessonlink_migrated"


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The name of a database with all tables and no rows, to be copied."""
    asyncio.run(_administer(postgres, f"CREATE DATABASE {TEMPLATE}"))
    environment = os.environ | {"DATABASE_URL": _named(postgres, TEMPLATE)}
    subprocess.run([sys.executable, "-m", "portal", "migrate"], env=environment, cwd=ROOT, check=True)
    return TEMPLATE


@pytest.fixture
def engine_of_before() -> Iterator[None]:
    """Whatever database a test points to, the next one finds the one before."""
    before = database.DB
    yield
    database.DB = before
    for table in Table.__subclasses__():
        table._meta.db = before


@pytest.fixture
async def empty_postgres(postgres: str, anyio_backend: str) -> AsyncIterator[str]:
    """The address of an empty database."""
    name = f"test_{uuid4().hex}"
    await _administer(postgres, f"CREATE DATABASE {name}")
    yield _named(postgres, name)
    await _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def on_postgres(
    postgres: str, postgres_template: str, engine_of_before: None, anyio_backend: str
) -> AsyncIterator[str]:
    """The process's own engine on one with all tables, as `portal serve` comes to it: used before it is pointed there again."""
    name = f"test_{uuid4().hex}"
    await _administer(postgres, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    address = _named(postgres, name)
    use_database(address)
    assert await pending_migrations() == []
    use_database(address)
    await open_database()
    yield address
    await close_database()
    await _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def _administer(postgres: str, statement: str) -> None:
    connection = await asyncpg.connect(postgres)
    await connection.execute(statement)
    await connection.close()


def _named(postgres: str, name: str) -> str:
    return f"{postgres.rpartition('/')[0]}/{name}"
