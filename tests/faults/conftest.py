"""The portal of tests/portal/, on what can break: SQLite's file, a way to PostgreSQL, a way to a bucket."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from courses import database
from courses.postgres import Limits
from portal.app import create_app
from portal.settings import Settings
from portal.student import quotas
from tests.black_holes import Way, way_to
from tests.buckets import bucket_on, name_bucket
from tests.databases import Beside
from tests.faults.breaking import Broken
from tests.faults.hall import Hall
from tests.faults.servers import Server
from tests.portal.conftest import (  # noqa: F401 -- fixtures
    ANDROID,
    alice,
    alice_person,
    browser_on,
    classroom,
    client,
    course,
    database_file,
    empty_home,
    home,
    phone,
    run,
    same_settings,
)

#: so short that an outage is told within a test
QUICKLY = Limits(connect=0.5, command=1, acquire=1.5, most=4)
#: rounds of each fault, and how many times a server is killed
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))


class Portals:
    """One portal for all faults of a kind, as to make one takes longer than to break it."""

    def __init__(self, request: pytest.FixtureRequest, open_things: ExitStack) -> None:
        self._request, self._open = request, open_things
        self._made: dict[str, tuple[Litestar, Settings, Way | None]] = {}

    def on(self, what: str) -> tuple[Litestar, Settings, Way | None]:
        """The application, its settings, and the way to what can break."""
        if what not in self._made:
            self._made[what] = getattr(self, f"_on_{what}")(self._request.getfixturevalue("same_settings"))
        return self._made[what]

    def _on_sqlite(self, settings: Settings) -> tuple[Litestar, Settings, Way | None]:
        return create_app(settings), settings, None

    def _on_postgres(self, settings: Settings) -> tuple[Litestar, Settings, Way | None]:
        kept: Beside = self._request.getfixturevalue("kept_postgres")
        address = urlsplit(kept.address)
        way = self._open.enter_context(way_to(address.port or 0))
        # By a name, so that it can be gone.
        url = address._replace(netloc=f"postgres@localhost:{way.port}").geturl()
        settings = replace(settings, database_url=url, database_limits=QUICKLY)
        return create_app(settings), settings, way

    def _on_bucket(self, settings: Settings) -> tuple[Litestar, Settings, Way | None]:
        patch = self._open.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("AWS_READ_TIMEOUT", "1s")
        port, _ = self._open.enter_context(bucket_on())
        way = self._open.enter_context(way_to(port))
        name_bucket(patch, way.port)
        settings = replace(settings, media="s3://lessons/media")
        return create_app(settings), settings, way


@pytest.fixture(scope="module")
def portals(request: pytest.FixtureRequest) -> Iterator[Portals]:
    with ExitStack() as open_things:
        yield Portals(request, open_things)


@pytest.fixture
def breakable() -> str:
    """What breaks: "sqlite", "postgres" or "bucket"."""
    return "sqlite"


@pytest.fixture
def own_address(breakable: str, request: pytest.FixtureRequest) -> str:
    """Of the database, past all that can break."""
    found: str = request.getfixturevalue("postgres_database" if breakable == "postgres" else "own_database")
    return found


@pytest.fixture
def settings(
    portals: Portals,
    breakable: str,
    empty_home: Any,  # noqa: F811
    own_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    monkeypatch.setattr(quotas, "STUDENT_LIMIT", 1_000_000)  # an hour's reports come in a minute
    return portals.on(breakable)[1]


@pytest.fixture
def app(portals: Portals, breakable: str, settings: Settings) -> Litestar:
    database.use_database(settings.database_url, settings.database_limits)
    return portals.on(breakable)[0]


@pytest.fixture
def broken(portals: Portals, breakable: str, own_address: str, monkeypatch: pytest.MonkeyPatch) -> Broken:
    return Broken(own_address, portals.on(breakable)[2], monkeypatch)


@pytest.fixture
def server(db: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """`portal serve` on the test's database, with so many processes as its parameter says."""
    server = Server(db, tmp_path, getattr(request, "param", 1))
    yield server
    server.kill()


@pytest.fixture
def hall(client: TestClient, alice: TestClient, classroom: Any) -> Hall:  # noqa: F811
    """Two phones of each of two students."""

    def scanned(number: int) -> Callable[[dict[str, Any]], Any]:
        browser = browser_on(client)
        browser.headers["user-agent"] = ANDROID
        assert browser.get(f"/s/{classroom.token(number % 2)}").status_code == 303
        return lambda body: browser.post("/api/events", json=body)

    return Hall([scanned(number) for number in range(4)], alice.get)
