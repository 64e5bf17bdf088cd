"""A second factor over HTTP: set up, asked for on a second page, turned off, and asked of admins by a setting."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.clock import now
from courses.people.accounts import invite, sign_in_link
from courses.people.authenticator_apps import STEP, begin_app, code_of, secret_to_confirm
from courses.people.second_factors import factors_of, has_factor, take_app_into_use
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn
from courses.tables.people import Person
from courses.tokens import seal
from portal.app import create_app
from portal.settings import Settings
from portal.web import half_way
from print.codes import encode_setup, svg
from tests.portal.conftest import browser_on

Run = Callable[..., Any]
PASSWORD = "violet tractor beneath morning"
ALICE = {"email": "alice@example.org", "password": PASSWORD}
SECOND = "/sign-in/second-factor"
HOME = "/account/second-factor"


def code(secret: str, off: int = 0) -> str:
    """The app's, `off` steps from now."""
    return code_of(secret, int(now().timestamp()) // STEP + off)


@pytest.fixture
def secret(run: Run, settings: Settings, alice_person: SignedIn) -> str:
    """Of Alice's app, which is set up; the code of the step before is used up."""

    async def set_up() -> str:
        await begin_app(settings.keyring, alice_person)
        secret = await secret_to_confirm(settings.keyring, alice_person)
        assert secret
        await take_app_into_use(settings.keyring, alice_person, code(secret, -1))
        return secret

    return run(set_up)


def test_app_is_set_up_from_the_account(alice: TestClient, run: Run, alice_person: SignedIn) -> None:
    other = run(open_session, alice_person)
    assert f'href="{HOME}"' in alice.get("/account").text
    assert alice.post(f"{HOME}/app").headers["location"] == f"{HOME}#app"
    page = alice.get(HOME).text
    secret = re.search(r'id="secret"[^>]*value="([A-Z2-7 ]+)"', page)
    assert secret
    address = re.search(r'href="(otpauth://totp/[^"]+)"', page)
    assert address
    uri = address[1].replace("&amp;", "&")
    assert f"secret={secret[1].replace(' ', '')}&issuer=Lessonlink%20testserver.local" in uri
    assert svg(encode_setup(uri), "QR code for your authenticator app") in page
    typed = {"old": PASSWORD, "code": code(secret[1].replace(" ", ""))}
    for wrong in ({"old": "a guess at it"}, {"code": "000000"}):
        refused = alice.post(f"{HOME}/app/confirmation", data=typed | wrong)
        assert refused.status_code == 422
        assert not run(has_factor, alice_person.id)
    done = alice.post(f"{HOME}/app/confirmation", data=typed, follow_redirects=True)
    assert len(re.findall(r"\b(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}\b", done.text)) == 10
    assert run(session_person, other) is None
    later = alice.get(HOME).text
    assert "10 recovery codes are left." in later
    assert secret[1] not in later


def test_sign_in_asks_for_the_code_before_there_is_a_session(client: TestClient, secret: str) -> None:
    answer = client.post("/sign-in", data=ALICE | {"next": "/account"})
    assert answer.headers["location"] == SECOND
    assert "session" not in answer.cookies
    assert client.get("/courses").headers["location"].startswith("/sign-in?")
    assert "alice@example.org" in client.get(SECOND).text
    wrong = client.post(SECOND, data={"code": "000000"})
    assert wrong.status_code == 422
    assert "This code is not right" in wrong.text
    right = client.post(SECOND, data={"code": code(secret)})
    assert right.headers["location"] == "/account"
    assert client.get("/courses").status_code == 200
    assert client.get(SECOND).headers["location"].startswith("/sign-in")


def test_recovery_code_lets_in_once_and_is_counted_down(
    alice: TestClient, client: TestClient, secret: str, run: Run, alice_person: SignedIn
) -> None:
    assert alice.post(f"{HOME}/recovery-codes", data={"old": "a guess at it"}).status_code == 422
    page = alice.post(f"{HOME}/recovery-codes", data={"old": PASSWORD}, follow_redirects=True).text
    kept = re.search(r"\b(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}\b", page)
    assert kept
    client.post("/sign-in", data=ALICE)
    assert client.post(SECOND, data={"code": kept[0].lower()}).headers["location"] == "/today"
    assert run(factors_of, alice_person.id).codes == 9
    client.post("/sign-out")
    client.post("/sign-in", data=ALICE)
    assert client.post(SECOND, data={"code": kept[0]}).status_code == 422


@pytest.mark.parametrize("link", [invite, sign_in_link])
def test_link_asks_for_the_second_factor_too(client: TestClient, secret: str, run: Run, link: Run) -> None:
    form = {"name": "Alice", "password": "nine copper windmills hum softly"}
    answer = client.post(f"/invitations/{run(link, 'alice@example.org')}", data=form)
    assert answer.headers["location"] == SECOND
    assert client.get("/courses").status_code == 303
    assert client.post(SECOND, data={"code": code(secret)}).headers["location"] == "/today"


def test_turning_off_asks_for_password_and_code(
    alice: TestClient, secret: str, run: Run, alice_person: SignedIn
) -> None:
    form = {"old": PASSWORD, "code": code(secret)}
    for wrong in ({"old": "a guess at it"}, {"code": "000000"}):
        assert alice.post(f"{HOME}/app/removal", data=form | wrong).status_code == 422
        assert run(has_factor, alice_person.id)
    assert alice.post(f"{HOME}/app/removal", data=form).headers["location"] == f"{HOME}?done=off"
    assert not run(has_factor, alice_person.id)
    assert alice.post("/sign-in", data=ALICE).headers["location"] == "/today"


def sealed(settings: Settings, person: UUID, issued: float, mark: str) -> str:
    import msgspec

    return seal(settings.keyring, half_way.PURPOSE, msgspec.json.encode((person, int(issued), mark, "/today")))


def test_way_to_the_second_page_is_this_browser_s_and_short(
    client: TestClient, settings: Settings, secret: str, run: Run, alice_person: SignedIn
) -> None:
    known = run(half_way.half_way, alice_person.id)
    moment = time.time()
    for bad in (
        "", "AAAA", sealed(settings, alice_person.id, moment, "other"),
        sealed(settings, alice_person.id, moment - half_way.LIFE - 1, known[1]),
        sealed(settings, alice_person.id, moment + 60, known[1]),
    ):  # fmt: skip
        client.cookies.set(half_way.COOKIE, bad, domain="testserver.local")
        assert client.get(SECOND).headers["location"] == "/sign-in?next=%2Ftoday&done=late"
        answer = client.post(SECOND, data={"code": code(secret)})
        assert answer.headers["location"] == "/sign-in?next=%2Ftoday&done=late"
        assert "session" not in answer.cookies
    client.cookies.set(half_way.COOKIE, sealed(settings, alice_person.id, moment, known[1]), domain="testserver.local")
    assert client.get(SECOND).status_code == 200

    async def end_access() -> None:
        await Person.update({Person.disabled_at: now()}).where(Person.id == alice_person.id)

    run(end_access)
    assert client.post(SECOND, data={"code": code(secret)}).headers["location"] == "/sign-in?next=%2Ftoday&done=late"


@pytest.fixture
def strict(client: TestClient, settings: Settings) -> Iterator[TestClient]:
    """A portal that asks admins for a second factor."""
    app = create_app(replace(settings, second_factor="admins"))
    with browser_on(client, settings.public_url, app) as browser:
        yield browser


@pytest.mark.parametrize("admin", [True, False])
def test_setting_leads_admins_to_set_one_up_before_anything_else(
    strict: TestClient, run: Run, alice_person: SignedIn, settings: Settings, admin: bool
) -> None:
    async def make_admin() -> None:
        await Person.update({Person.admin: admin}).where(Person.id == alice_person.id)

    run(make_admin)
    assert strict.post("/sign-in", data=ALICE).headers["location"] == "/today"
    if not admin:
        assert strict.get("/courses").status_code == 200
        return
    for path in ("/courses", "/people", "/account"):
        assert strict.get(path).headers["location"] == HOME
    assert strict.post("/account", data={"name": "Alice"}).status_code == 403
    assert strict.post("/people/invitations", data={"email": "x@example.org"}).status_code == 403
    assert "asks your account for a second factor" in strict.get(HOME).text
    strict.post(f"{HOME}/app")
    with strict.portal() as portal:
        secret = portal.call(secret_to_confirm, settings.keyring, alice_person)
    assert strict.post(f"{HOME}/app/confirmation", data={"old": PASSWORD, "code": code(secret)}).status_code == 303
    assert strict.get("/people").status_code == 200
    assert strict.post("/sign-out").status_code == 303
