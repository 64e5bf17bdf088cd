"""A database of its own for a test on PostgreSQL."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from courses.database import close_database, open_database, pending_migrations, use_database
from courses.postgres import Limits
from tests.bouncers import bouncing


@pytest.fixture
async def empty_postgres(postgres: str, anyio_backend: str) -> AsyncIterator[str]:
    """The address of an empty database."""
    name = f"test_{uuid4().hex}"
    await _administer(postgres, f"CREATE DATABASE {name}")
    yield _named(postgres, name)
    await _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def on_postgres(postgres_database: str, anyio_backend: str) -> AsyncIterator[str]:
    """The process's own engine on one with all tables, as `portal serve` comes to it: used before it is pointed there again."""
    use_database(postgres_database)
    assert await pending_migrations() == []
    use_database(postgres_database)
    await open_database()
    yield postgres_database
    await close_database()


@pytest.fixture(params=["postgres", "session", "transaction"])
async def by_any_way(request: pytest.FixtureRequest, postgres_database: str, anyio_backend: str) -> AsyncIterator[str]:
    """The process's own engine, to PostgreSQL itself or through PgBouncer in one of its modes, which has few connections."""
    if request.param == "postgres":
        use_database(postgres_database)
        await open_database()
        yield request.param
        await close_database()
        return
    with bouncing(postgres_database, request.param) as address:
        use_database(address, Limits(statements=100 if request.param == "session" else 0))
        assert await pending_migrations() == []
        await open_database()
        yield request.param
        await close_database()


async def _administer(postgres: str, statement: str) -> None:
    connection = await asyncpg.connect(postgres)
    await connection.execute(statement)
    await connection.close()


def _named(postgres: str, name: str) -> str:
    return f"{postgres.rpartition('/')[0]}/{name}"
