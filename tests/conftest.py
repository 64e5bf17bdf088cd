"""What all tests share: a migrated database copied for each test, and nothing outside this machine."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

# Dozens of processes are started, and workers by them. Where the machine forbids bytecode beside the sources, each would
# compile all that it imports, for about a second: keep it in a place of its own.
if sys.dont_write_bytecode:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "bytecode")

# A commit waits some milliseconds for a disk, and tests make ten thousands. Memory with room is as real a place for files.
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK):
    place = os.statvfs(MEMORY)
    if not place.f_flag & os.ST_NOEXEC and place.f_bavail * place.f_frsize > ROOM:
        tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)

# The engine is made when courses.database is imported: name a place of this run's own before anything imports it.
RUN = Path(tempfile.mkdtemp(prefix="lessonlink-tests-"))
os.environ["DATABASE_URL"] = f"sqlite:///{RUN}/unused.sqlite3"
for name in [name for name in os.environ if name.startswith("PORTAL_")]:
    del os.environ[name]

import argon2
import pytest
from piccolo.table import Table

from courses import database
from courses.people import accounts
from tests.databases import Beside, copy_of, empty_database, free_port, migrated_database, postgres_server


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2id that costs next to nothing in the tests' own processes; the servers that they start have it as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        patch.setattr(accounts, "_NOBODY", accounts._nobodys(accounts._hasher))
        yield


@pytest.fixture(scope="session")
def migrated() -> Path:
    """A database file with all tables and no rows."""
    path = RUN / "migrated.sqlite3"
    with engine_as_before():
        database.use_database(f"sqlite:///{path}")
        asyncio.run(database.migrate())
    return path


@pytest.fixture
def database_file(migrated: Path, tmp_path: Path, engine_of_before: None) -> Path:
    """A fresh copy for one test; the engine points at it."""
    path = tmp_path / "portal.sqlite3"
    shutil.copy(migrated, path)
    database.use_database(f"sqlite:///{path}")
    return path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgres"), default="sqlite", help="what tests keep their rows in"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    both = metafunc.definition.get_closest_marker("both_databases")
    if both and "own_database" in metafunc.fixturenames and metafunc.config.getoption("--database") == "sqlite":
        metafunc.parametrize("own_database", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def own_database(request: pytest.FixtureRequest) -> str:
    """The address of a database of this test's own, with all tables and no rows; the engine points at it."""
    if getattr(request, "param", request.config.getoption("--database")) == "sqlite":
        return f"sqlite:///{request.getfixturevalue('database_file')}"
    address: str = request.getfixturevalue("postgres_database")
    database.use_database(address)
    return address


@pytest.fixture
async def db(own_database: str, anyio_backend: str) -> AsyncIterator[str]:
    """Its address. It is opened in the test's own event loop, for tests of the domain."""
    await database.open_database()
    yield own_database
    await database.close_database()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's video, made once: an MP4 of ten seconds."""
    from portal.demo.clip import clip

    path = tmp_path_factory.mktemp("film") / "tea.mp4"
    clip("Tea", path)
    return path


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Chromium without a window of its own, or one that has a window."""
    known = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, known)), None)
    if path is None:
        pytest.skip("Chromium is missing; run: make set-up-test")
    return path


@dataclass
class Portal:
    """A running portal and the environment that its command needs."""

    url: str
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Run the `portal` command on the same database; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "portal", *arguments],
            env=self.environment | {"PYTHONFAULTHANDLER": "1"}, cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, (
            f"portal {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
        return done.stdout.strip()


@pytest.fixture(scope="session")
def portal(new_database: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """`portal serve` in rehearsal, on a database of its own."""
    folder = tmp_path_factory.mktemp("portal")
    with serving(folder, new_database(folder)) as portal:
        yield portal


@contextmanager
def serving(folder: Path, database_url: str, host: str = "127.0.0.1") -> Iterator[Portal]:
    """`portal serve` in rehearsal at a name of this machine, with all else that it keeps in the folder."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "PORTAL_MEDIA": f"file://{folder}/media",
        "PORTAL_SECRET_KEYS": f"1:{'5a' * 32}",
        "PORTAL_PUBLIC_URL": f"http://{host}:{port}",
        "PORTAL_SECURITY_LOG": f"{folder}/security.log",
        "PORTAL_REHEARSAL": "1",
    }
    portal = Portal(f"http://{host}:{port}", environment)
    portal.command("migrate")
    server = subprocess.Popen([sys.executable, "-m", "portal", "serve", "--port", str(port)], env=environment, cwd=ROOT)
    try:
        _wait(portal.url, server)
        yield portal
    finally:
        server.terminate()
        server.wait(15)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1_200):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a database of a PostgreSQL that the tests start and end."""
    with postgres_server() as address:
        yield address


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    """new_database(folder): the address of one without tables, for a server; SQLite's file is in the folder."""
    if request.config.getoption("--database") == "sqlite":
        return lambda folder: f"sqlite:///{folder}/portal.sqlite3"
    postgres: str = request.getfixturevalue("postgres")
    return lambda _: empty_database(postgres)


@pytest.fixture(scope="session")
def copied_database(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    """copied_database(folder): the address of one with all tables and no rows; SQLite's file is in the folder."""
    if request.config.getoption("--database") == "sqlite":
        migrated: Path = request.getfixturevalue("migrated")
        return lambda folder: f"sqlite:///{shutil.copy(migrated, folder / 'portal.sqlite3')}"
    template: str = request.getfixturevalue("migrated_postgres")
    return lambda _: copy_of(template)


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> str:
    """The address of one of its databases that has all tables and no rows, to be copied."""
    return migrated_database(postgres)


@pytest.fixture(scope="session")
def kept_postgres(migrated_postgres: str) -> Iterator[Beside]:
    """One database for one test after another, as an application belongs to its address and a new one takes 0.1 s."""
    with Beside(copy_of(migrated_postgres)) as kept:
        yield kept


@pytest.fixture
def postgres_database(kept_postgres: Beside, engine_of_before: None) -> str:
    """The address of a database for one test, with all tables and no rows; nobody is connected."""
    kept_postgres.empty()
    return kept_postgres.address


@pytest.fixture
def engine_of_before() -> Iterator[None]:
    """Whatever database a test points to, the next one finds the one before."""
    with engine_as_before():
        yield


@contextmanager
def engine_as_before() -> Iterator[None]:
    """Whatever database is pointed to within, at the end it is the one before."""
    before, path = database.DB, getattr(database.DB, "path", "")
    yield
    if path:
        before.path = path
    database.DB = before
    for table in Table.__subclasses__():
        table._meta.db = before


#: how the reason of a test that is left out begins
SQLITE_ONLY = "of SQLite alone: "
#: files that take longest, the longest first, then whole folders
LONGEST = ("browser/test_axe.py", "browser/", "hostile/", "test_contract.py", "test_set_up.py", "journeys/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: `--dist loadfile` gives a file to one process, and one that comes last leaves the others idle."""
    folder = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        file = item.path.relative_to(folder).as_posix()
        return next((place for place, start in enumerate(LONGEST) if file.startswith(start)), len(LONGEST))

    items.sort(key=place)
    for item in items:
        only = item.get_closest_marker("sqlite_only")
        if only and item.config.getoption("--database") == "postgres":
            item.add_marker(pytest.mark.skip(reason=f"{SQLITE_ONLY}{only.args[0]}"))


def pytest_unconfigure() -> None:
    """In each process of the run, also in one that ran no test."""
    shutil.rmtree(RUN, ignore_errors=True)


def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as there are cores: a quarter of a test's time it waits, for a server or a browser."""
    return len(os.sched_getaffinity(0)) * 3 // 2


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that was skipped because something is missing has failed."""
    report = yield
    ours = "sqlite_only" in item.keywords and SQLITE_ONLY in str(report.longrepr)
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail") and not ours:
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """How many tests a run on PostgreSQL left out, as their subject is SQLite; `-ra` says which and why."""
    if config.getoption("--database") == "postgres":
        left_out = [
            report for report in terminalreporter.stats.get("skipped", ()) if SQLITE_ONLY in str(report.longrepr)
        ]
        terminalreporter.write_line(f"On PostgreSQL; {len(left_out)} tests are of SQLite alone.")
