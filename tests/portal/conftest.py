"""A portal for each test: alice and bob are instructors of their own courses, `client` is a stranger."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from courses import links
from courses.people import SignedIn, accept_invitation, find_person, invite
from courses.sessions import open_session
from courses.tokens import Keyring
from portal.app import create_app
from portal.settings import Settings

PASSWORDS = {"alice": "violet tractor beneath morning", "bob": "seven quiet lanterns drifting"}
KEYS = f"1:{'5a' * 32}"


@pytest.fixture
def settings(database_file: Path, tmp_path: Path) -> Settings:
    """In rehearsal, with everything under the test's own folder."""
    return Settings(
        public_url="http://testserver.local",
        database_url=f"sqlite:///{database_file}",
        media=f"file://{tmp_path}/media",
        keyring=Keyring.parse(KEYS),
        rehearsal=True,
    )


@pytest.fixture
def app(settings: Settings) -> Litestar:
    links._cards.clear()
    return create_app(settings)


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient]:
    """A stranger's browser; its address is PORTAL_PUBLIC_URL. `client.portal.call(function, …)` runs domain code."""
    with TestClient(app, base_url="http://testserver.local") as client:
        client.follow_redirects = False
        yield client


@pytest.fixture
def run(client: TestClient) -> Callable[..., object]:
    """Run an async domain function in the portal's event loop: run(function, *arguments)."""

    def run(function: Callable[..., object], *arguments: object) -> object:
        with client.portal() as portal:
            return portal.call(function, *arguments)

    return run


def _person(run: Callable[..., object], name: str) -> SignedIn:
    email = f"{name}@example.org"

    async def make() -> SignedIn:
        await accept_invitation(await invite(email), name.title(), PASSWORDS[name])
        return await find_person(email)

    return run(make)


def _browser(app: Litestar, run: Callable[..., object], person: SignedIn) -> TestClient:
    browser = TestClient(app, base_url="http://testserver.local")
    browser.follow_redirects = False
    browser.cookies.set("session", run(open_session, person), domain="testserver.local")
    return browser


@pytest.fixture
def alice_person(run: Callable[..., object]) -> SignedIn:
    return _person(run, "alice")


@pytest.fixture
def alice(app: Litestar, run: Callable[..., object], alice_person: SignedIn) -> TestClient:
    """Alice's browser, signed in. She owns `course`."""
    return _browser(app, run, alice_person)


@pytest.fixture
def bob(app: Litestar, run: Callable[..., object]) -> TestClient:
    """Bob's browser, signed in. He works on nothing of Alice's."""
    return _browser(app, run, _person(run, "bob"))


@pytest.fixture
def course(run: Callable[..., object], alice_person: SignedIn) -> UUID:
    """Alice's course, empty."""
    from courses.catalogue import create_course

    return run(create_course, alice_person, "Spring campaign 春季", "2026")
