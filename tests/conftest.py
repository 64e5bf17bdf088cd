"""What all tests share: a migrated database copied for each test, and nothing outside this machine."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-database", action="store_true", help="all tests of `db` on PostgreSQL too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    both = metafunc.definition.get_closest_marker("both_databases") or metafunc.config.getoption("--every-database")
    if both and "db" in metafunc.fixturenames:
        metafunc.parametrize("own_database", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def own_database(request: pytest.FixtureRequest) -> Path | None:
    """A database of this test's own, with all tables and no rows, that the engine points at: its file, none on PostgreSQL."""
    if getattr(request, "param", "sqlite") == "postgres":
        database.use_database(request.getfixturevalue("postgres_database"))
        return None
    file: Path = request.getfixturevalue("database_file")
    return file


@pytest.fixture
async def db(own_database: Path | None, anyio_backend: str) -> AsyncIterator[Path | None]:
    """It is opened in the test's own event loop, for tests of the domain."""
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
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """`portal serve` in rehearsal, on a database of its own."""
    with serving(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@contextmanager
def serving(folder: Path, host: str = "127.0.0.1") -> Iterator[Portal]:
    """`portal serve` in rehearsal at a name of this machine, with all that it keeps in the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
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
    for _ in range(300):
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
    folder = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"))), None)
    if folder is None:
        pytest.skip("PostgreSQL is missing")
    # Its server never runs as root, and pytest's folders are root's own.
    home, port, root = Path(tempfile.mkdtemp(prefix="lessonlink-postgres-")), _free_port(), os.getuid() == 0
    if root:
        shutil.chown(home, "postgres")
    as_postgres = ("runuser", "-u", "postgres", "--") if root else ()
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = (*as_postgres, folder / "pg_ctl", "-D", home / "data", "-w")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*as_postgres, folder / "initdb", "-D", home / "data", "-A", "trust", "-U", "postgres"], **quiet)
    subprocess.run([*control, "-o", options, "-l", home / "log", "start"], **quiet)
    yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    subprocess.run([*control, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL)
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> str:
    """The name of one of its databases that has all tables and no rows."""
    _psql(postgres, "CREATE DATABASE migrated")
    environment = os.environ | {"DATABASE_URL": f"{postgres.rpartition('/')[0]}/migrated"}
    subprocess.run([sys.executable, "-m", "portal", "migrate"], env=environment, cwd=ROOT, check=True)
    return "migrated"


@pytest.fixture
def engine_of_before() -> Iterator[None]:
    """Whatever database a test points to, the next one finds the one before."""
    before = database.DB
    yield
    database.DB = before
    for table in Table.__subclasses__():
        table._meta.db = before


@pytest.fixture
def postgres_database(postgres: str, migrated_postgres: str, engine_of_before: None) -> Iterator[str]:
    """The address of a database of one test's own, with all tables and no rows."""
    name = f"test_{uuid4().hex}"
    _psql(postgres, f"CREATE DATABASE {name} TEMPLATE {migrated_postgres}")
    yield f"{postgres.rpartition('/')[0]}/{name}"
    _psql(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def _psql(address: str, statement: str) -> None:
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", statement, address], check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


#: files that take longest, the longest first, then whole folders
LONGEST = ("browser/test_axe.py", "browser/", "hostile/", "test_contract.py", "test_set_up.py", "journeys/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: `--dist loadfile` gives a file to one process, and one that comes last leaves the others idle."""
    folder = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        file = item.path.relative_to(folder).as_posix()
        return next((place for place, start in enumerate(LONGEST) if file.startswith(start)), len(LONGEST))

    items.sort(key=place)


def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as there are cores: a quarter of a test's time it waits, for a server or a browser."""
    return len(os.sched_getaffinity(0)) * 3 // 2


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that was skipped because something is missing has failed."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report
