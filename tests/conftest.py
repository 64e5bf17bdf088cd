"""What all tests share: a migrated database copied for each test, and nothing outside this machine."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

# The engine is made when courses.database is imported: name a place of this run's own before anything imports it.
RUN = Path(tempfile.mkdtemp(prefix="lessonlink-tests-"))
os.environ["DATABASE_URL"] = f"sqlite:///{RUN}/unused.sqlite3"
for name in [name for name in os.environ if name.startswith("PORTAL_")]:
    del os.environ[name]

import pytest

from courses import database


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def migrated() -> Iterator[Path]:
    """A database file with all tables and no rows."""
    path = RUN / "migrated.sqlite3"
    database.DB.path = str(path)
    asyncio.run(database.migrate())
    yield path
    shutil.rmtree(RUN, ignore_errors=True)


@pytest.fixture
def database_file(migrated: Path, tmp_path: Path) -> Path:
    """A fresh copy for one test; the engine points at it."""
    path = tmp_path / "portal.sqlite3"
    shutil.copy(migrated, path)
    database.DB.path = str(path)
    return path


@pytest.fixture
async def db(database_file: Path, anyio_backend: str) -> AsyncIterator[Path]:
    """The database opened in the test's own event loop, for tests of the domain."""
    await database.open_database()
    yield database_file
    await database.close_database()


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """In CI a test that was skipped because something is missing has failed."""
    if os.environ.get("CI") and call.excinfo is not None and call.excinfo.errisinstance(pytest.skip.Exception):
        message = f"skipped in CI: {call.excinfo.value}"
        call.excinfo = pytest.ExceptionInfo.from_exception(AssertionError(message))
