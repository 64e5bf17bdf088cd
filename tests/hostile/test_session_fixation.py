"""Somebody puts a session cookie into another's browser and waits: no way in ever makes it theirs, and each ends it."""

import ast
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from courses.people.accounts import invite, sign_in_link
from courses.people.authenticator_apps import STEP, begin_app, code_of, secret_to_confirm
from courses.people.forgotten_passwords import reset_link
from courses.people.second_factors import take_app_into_use, take_factors_off
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn
from portal.app import create_app
from tests.passkey_device import Device, text
from tests.portal.conftest import (  # noqa: F401 -- fixtures
    PASSWORDS,
    alice_person,
    app,
    application,
    bob,
    browser_on,
    client,
    database_file,
    empty_home,
    home,
    run,
    same_settings,
    settings,
)

ROOT = Path(__file__).parent.parent.parent
URL, COOKIE = "https://class.example.org", "__Host-session"
NEW = "nine copper windmills hum softly"


@dataclass
class Victim:
    """Alice in front of a browser into which somebody else puts what they know."""

    browser: TestClient
    run: Callable[..., Any]
    settings: Any
    person: SignedIn
    password: str = PASSWORDS["alice"]

    def by_password(self) -> Any:
        return self.browser.post("/sign-in", data={"email": self.person.email, "password": self.password})

    def by_code_of_app(self) -> Any:
        async def set_up() -> str:
            await begin_app(self.settings.keyring, self.person)
            secret = await secret_to_confirm(self.settings.keyring, self.person)
            assert secret
            await take_app_into_use(self.settings.keyring, self.person, code_of(secret, int(time.time()) // STEP - 1))
            return secret

        secret = self.run(set_up)
        first = self.by_password()
        assert first.headers["location"] == "/sign-in/second-factor"
        assert COOKIE not in first.cookies
        return self.browser.post("/sign-in/second-factor", data={"code": code_of(secret, int(time.time()) // STEP)})

    def by_invitation(self) -> Any:
        form = {"name": "Alice", "password": self.password}
        return self.browser.post(f"/invitations/{self.run(invite, self.person.email)}", data=form)

    def by_link(self) -> Any:
        return self.browser.post(f"/invitations/{self.run(sign_in_link, self.person.email)}")

    def by_reset(self) -> Any:
        _, secret = self.run(reset_link, self.person.email)
        return self.browser.post(f"/forgotten-password/{secret}", data={"password": self.password})

    def by_passkey(self) -> Any:
        device, form = Device(count=3, known=True), {"name": "Laptop", "old": self.password}
        own = browser_on(self.browser, URL)
        own.cookies.set(COOKIE, self.run(open_session, self.person), domain="class.example.org")
        path = "/account/second-factor/passkeys"
        asked = own.post(f"{path}/challenge", data=form, headers={"accept": "application/json"}).json()
        own.post(path, data=form | {"credential": device.make(asked)})
        asked = self.browser.post("/sign-in/passkey/challenge").json()
        signed = device.sign(asked, userHandle=text(self.person.id.bytes))
        return self.browser.post("/sign-in/passkey", data={"credential": signed})

    def put(self, secret: str) -> None:
        self.browser.cookies.clear()
        self.browser.cookies.set(COOKIE, secret, domain="class.example.org")


WAYS = [name for name in vars(Victim) if name.startswith("by_")]


@pytest.fixture
def victim(client: TestClient, run: Any, settings: Any, alice_person: SignedIn) -> Iterator[Victim]:  # noqa: F811
    there = replace(settings, public_url=URL)
    with browser_on(client, URL, create_app(there)) as browser, browser.portal() as inside:
        yield Victim(browser, inside.call, there, alice_person)


def test_cookie_that_was_put_there_is_no_session_after_any_way_in(victim: Victim, bob: TestClient) -> None:  # noqa: F811
    theirs = victim.run(session_person, str(bob.cookies["session"]))
    for way in WAYS:
        for known in ("chosen-by-somebody-else-in-advance", victim.run(open_session, theirs)):
            victim.put(known)
            answer = getattr(victim, way)()
            assert answer.status_code == 303, way
            assert victim.run(session_person, known) is None, way
            assert answer.cookies[COOKIE] != known, way
            assert victim.run(session_person, answer.cookies[COOKIE]).id == victim.person.id, way
            victim.run(take_factors_off, victim.person.email)


def test_new_password_makes_a_new_session(victim: Victim) -> None:
    victim.put(known := victim.run(open_session, victim.person))
    form = {"old": victim.password, "password": NEW, "again": NEW}
    answer = victim.browser.post("/account/password", data=form)
    assert victim.run(session_person, known) is None
    assert victim.run(session_person, answer.cookies[COOKIE]).id == victim.person.id


def test_sessions_are_opened_in_one_place() -> None:
    """So that what is shown above of each way holds for the next one."""
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "portal").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open_session"
    ]
    assert found == ["portal/web/auth.py"]
