"""Passkeys over HTTP: added by the password, asked for on the second page, removed; said to be impossible where they are."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from courses.people.passkeys import passkeys_of
from courses.people.second_factors import factors_of, has_factor
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn
from courses.tables.people import Person
from portal.app import create_app
from portal.pages.account._again import LIMIT
from portal.settings import Settings
from portal.web.relying_party import relying_party
from tests.passkey_device import Device, text
from tests.portal.conftest import browser_on

PASSWORD = "violet tractor beneath morning"
ALICE = {"email": "alice@example.org", "password": PASSWORD}
SECOND = "/sign-in/second-factor"
HOME = "/account/second-factor"
CODE = re.compile(r"\b(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}\b")
Call = Callable[..., Any]


@pytest.fixture
def secure(client: TestClient, settings: Settings, alice_person: SignedIn, tmp_path: Path) -> Iterator[TestClient]:
    """A portal at an address that has passkeys, which asks admins for a second factor; nobody is signed in."""
    url, log = "https://class.example.org", str(tmp_path / "security.log")
    there = replace(settings, public_url=url, second_factor="admins", security_log=log)
    with browser_on(client, url, create_app(there)) as browser:
        yield browser


@pytest.fixture
def call(secure: TestClient) -> Iterator[Call]:
    with secure.portal() as portal:
        yield portal.call


def events(tmp_path: Path) -> list[str]:
    """The newest last."""
    return [json.loads(line)["event"] for line in (tmp_path / "security.log").read_text().splitlines()]


def add(browser: TestClient, device: Device, **other: str) -> Any:
    form = {"name": "Laptop", "old": PASSWORD}
    asked = browser.post(f"{HOME}/passkeys/challenge", data=form, headers={"accept": "application/json"})
    assert asked.status_code == 200, asked.text
    typed = form | {"credential": device.make(asked.json())} | other
    return browser.post(f"{HOME}/passkeys", data=typed, follow_redirects=True)


def use(browser: TestClient, device: Device) -> Any:
    asked = browser.post(f"{SECOND}/challenge")
    assert asked.status_code == 200
    return browser.post(f"{SECOND}/passkey", data={"credential": device.sign(asked.json())})


def test_passkey_is_what_an_admin_is_asked_for(
    secure: TestClient, call: Call, alice_person: SignedIn, tmp_path: Path
) -> None:
    call(lambda: Person.update({Person.admin: True}).where(Person.id == alice_person.id).run())
    other, device = call(open_session, alice_person), Device(count=3)
    assert secure.post("/sign-in", data=ALICE).headers["location"] == "/today"
    assert secure.get("/people").headers["location"] == HOME
    page = secure.get(HOME).text
    assert "need JavaScript" in page
    assert re.search(r"<form[^>]*action=\"/account/second-factor/passkeys\"[^>]* hidden>", page)
    wrong = {"name": "Laptop", "old": "a guess at it"}
    refused = secure.post(f"{HOME}/passkeys/challenge", data=wrong, headers={"accept": "application/json"})
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["old"])
    # Without the password there is no challenge, and without a challenge no passkey.
    bare = secure.post(f"{HOME}/passkeys", data={"name": "Laptop", "credential": device.make({"challenge": "AA"})})
    assert bare.status_code == 422
    assert not call(has_factor, alice_person.id)
    done = add(secure, device)
    assert len(CODE.findall(done.text)) == 10
    assert call(session_person, other) is None
    assert secure.get("/people").status_code == 200
    changes = ["password_refused", "second_factor_refused", "passkey_added"]
    assert [event for event in events(tmp_path) if event in changes] == changes


def test_sign_in_asks_for_the_passkey_before_there_is_a_session(
    secure: TestClient, call: Call, alice_person: SignedIn, tmp_path: Path
) -> None:
    secure.post("/sign-in", data=ALICE)
    device = Device(count=3)
    code = CODE.search(add(secure, device).text)
    copy = replace(device)
    secure.post("/sign-out")
    assert secure.post(f"{SECOND}/challenge").status_code == 401
    assert secure.post("/sign-in", data=ALICE | {"next": "/account"}).headers["location"] == SECOND
    page = secure.get(SECOND).text
    assert f'action="{SECOND}/passkey"' in page
    assert "authenticator app" not in page
    assert secure.get("/courses").headers["location"].startswith("/sign-in?")
    asked = secure.post(f"{SECOND}/challenge").json()
    right = {"credential": device.sign(asked)}
    assert secure.post(f"{SECOND}/passkey", data=right).headers["location"] == "/account"
    assert secure.get("/courses").status_code == 200
    assert secure.post(f"{SECOND}/passkey", data=right).headers["location"].startswith("/sign-in?")
    # Another browser that knows the password, with what was seen on the way, with a copy, and with a device of its own.
    secure.cookies.clear()
    secure.post("/sign-in", data=ALICE)
    assert secure.post(f"{SECOND}/passkey", data=right).status_code == 422
    assert "there may be a copy" in use(secure, copy).text
    assert events(tmp_path)[-2:] == ["second_factor_refused", "passkey_copied"]
    assert use(secure, Device()).status_code == 422
    assert secure.get("/courses").status_code == 303
    assert code
    assert secure.post(SECOND, data={"code": code[0]}).headers["location"] == "/today"
    assert call(factors_of, alice_person.id).codes == 9


def test_passkey_alone_signs_in_whom_the_device_has_known(
    secure: TestClient, alice_person: SignedIn, tmp_path: Path
) -> None:
    secure.post("/sign-in", data=ALICE)
    device = Device(count=3)
    add(secure, device)
    secure.cookies.clear()
    assert "/sign-in/passkey" in secure.get("/sign-in").text
    known, mine = replace(device, known=True), text(alice_person.id.bytes)

    def enter(device: Device, **more: str) -> Any:
        asked = secure.post("/sign-in/passkey/challenge").json()
        return secure.post("/sign-in/passkey", data=more | {"credential": device.sign(asked, userHandle=mine)})

    assert enter(device).status_code == 422
    assert enter(Device(known=True)).status_code == 422
    answer = secure.post("/sign-in/passkey", data={"credential": known.sign({"challenge": "AA"}, userHandle=mine)})
    assert (answer.status_code, "sent twice" in answer.text) == (422, True)
    assert secure.get("/courses").status_code == 303
    assert enter(known, next="https://evil.example").headers["location"] == "/today"
    assert secure.get("/courses").status_code == 200
    known.count -= 2
    assert enter(known).status_code == 422
    log = [event for event in events(tmp_path) if event not in ("signed_in", "second_factor_asked")]
    assert log[-4:] == ["sign_in_failed", "sign_in_failed", "sign_in_failed", "passkey_copied"]


def test_passkeys_are_tried_five_times_and_the_right_one_must_wait_too(secure: TestClient) -> None:
    secure.post("/sign-in", data=ALICE)
    device = Device()
    add(secure, device)
    secure.cookies.clear()
    secure.post("/sign-in", data=ALICE)
    assert [use(secure, Device()).status_code for _ in range(6)] == [422] * 5 + [429]
    late = use(secure, device)
    assert late.status_code == 429
    assert "Retry-After" in late.headers


def test_adding_that_was_tried_too_often_is_told_on_its_page(
    secure: TestClient, call: Call, alice_person: SignedIn
) -> None:
    secure.post("/sign-in", data=ALICE)
    tries = [secure.post(f"{HOME}/passkeys", data={"name": "Laptop", "credential": "{}"}) for _ in range(LIMIT + 1)]
    assert [answer.status_code for answer in tries] == [422] * LIMIT + [429]
    assert 'id="passkeys"' in tries[-1].text
    assert int(tries[-1].headers["retry-after"]) > 0
    assert call(passkeys_of, alice_person.id) == []


def test_passkey_is_renamed_and_removed_by_the_password(
    secure: TestClient, call: Call, alice_person: SignedIn, tmp_path: Path
) -> None:
    secure.post("/sign-in", data=ALICE)
    add(secure, Device())
    (passkey,) = call(passkeys_of, alice_person.id)
    home = f"{HOME}/passkeys/{passkey.id}"
    assert secure.post(f"{home}/name", data={"name": ""}).status_code == 422
    assert secure.post(f"{home}/name", data={"name": "<b>Phone"}).headers["location"].startswith(HOME)
    page = secure.get(f"{HOME}?done=passkey-name").text
    assert "<b>&lt;b&gt;Phone</b>" in page
    assert "10 recovery codes are left." in page
    other = call(open_session, alice_person)
    refused = secure.post(f"{home}/removal", data={"old": "a guess at it"})
    assert (refused.status_code, "not your present password" in refused.text) == (422, True)
    assert call(has_factor, alice_person.id)
    assert secure.post(f"{home}/removal", data={"old": PASSWORD}).headers["location"].startswith(HOME)
    assert not call(has_factor, alice_person.id)
    assert call(session_person, other) is None
    assert "passkey_removed" in events(tmp_path)
    assert "removed the passkey “&lt;b&gt;Phone”" in secure.get("/account").text


def test_address_without_passkeys_says_so(alice: TestClient) -> None:
    page = alice.get(HOME).text
    assert "Passkeys do not work at http://testserver.local" in page
    assert "data-passkey" not in page + alice.get("/sign-in").text
    form = {"name": "Laptop", "old": PASSWORD}
    assert alice.post(f"{HOME}/passkeys/challenge", data=form).status_code == 409


@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://class.example.com", ("class.example.com", "https://class.example.com")),
        ("https://class.example.com:443", ("class.example.com", "https://class.example.com")),
        ("https://class.example.com:8443", ("class.example.com", "https://class.example.com:8443")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://class.example.com", None),
        ("https://192.0.2.7", None),
        ("http://127.0.0.1:8000", None),
        ("https://[2001:db8::1]:8443", None),
    ],
)
def test_passkeys_need_a_name_and_tls(url: str, party: tuple[str, str] | None) -> None:
    found = relying_party(Settings(public_url=url))
    assert (found and (found.id, found.origin)) == party
