"""Attacks leave a trace that admins see: who tried what, from which network; and the trace holds nothing secret."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from courses.people.accounts import accept_invitation, invite
from courses.people.api_keys import create_api_key
from courses.people.sessions import open_session
from courses.signed_in import SignedIn
from portal.app import create_app
from portal.web.security_events import _SAID, network_of
from portal.web.security_log import EVENTS, SecurityLog
from portal.words.security import EVENT_NAMES
from tests.portal.conftest import (  # noqa: F401 -- fixtures
    database_file,
    empty_home,
    home,
    own_app,
    same_settings,
    settings,
)

PASSWORD = "nine copper windmills hum softly"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "security.log"


@pytest.fixture
def portal(settings: Any, path: Path) -> Iterator[TestClient]:  # noqa: F811
    app = create_app(replace(settings, security_log=str(path)))
    with TestClient(app, base_url="http://testserver.local") as client:
        client.follow_redirects = False
        yield client


@pytest.fixture
def call(portal: TestClient) -> Callable[..., Any]:
    def call(function: Callable[..., Any], *arguments: Any) -> Any:
        with portal.portal() as inside:
            return inside.call(function, *arguments)

    return call


@pytest.fixture
def admin(call: Callable[..., Any]) -> SignedIn:
    async def make() -> SignedIn:
        return await accept_invitation(await invite("admin@example.org", True), "Admin", PASSWORD)

    return call(make)


def found(path: Path) -> list[tuple[str, UUID | None]]:
    """The oldest first."""
    return [(line.event, line.person) for line in SecurityLog(path).lines()][::-1]


def test_sign_ins_failures_and_lock_outs_are_written_down(portal: TestClient, admin: SignedIn, path: Path) -> None:
    for _ in range(11):
        portal.post("/sign-in", data={"email": "admin@example.org", "password": "my secret words"})
    portal.post("/sign-in", data={"email": "password-typed-here", "password": "x"})
    assert found(path) == [
        *[("sign_in_failed", admin.id)] * 10, ("locked_out", admin.id), ("sign_in_failed", None),
    ]  # fmt: skip
    text = path.read_text()
    for secret in ("my secret words", "password-typed-here", "admin@example.org", "testclient"):
        assert secret not in text


def test_a_session_is_followed_from_its_sign_in_to_its_end(portal: TestClient, admin: SignedIn, path: Path) -> None:
    portal.post("/sign-out")
    portal.post("/sign-in", data={"email": "admin@example.org", "password": PASSWORD})
    wrong = {"old": "wrong", "password": "violet tractor beneath morning", "again": "violet tractor beneath morning"}
    portal.post("/account/password", data=wrong)
    portal.post("/people/invitations", data={"email": "new@example.org"})
    portal.get("/courses/00000000-0000-4000-8000-000000000000")
    portal.post("/sign-out", headers={"sec-fetch-site": "cross-site"})
    portal.post("/sign-out")
    events = [event for event, _ in found(path)]
    assert events == ["signed_in", "password_refused", "invited", "not_found", "cross_site", "signed_out"]
    assert {person for event, person in found(path) if event != "cross_site"} == {admin.id}


def test_keys_are_written_down_by_how_they_begin(
    portal: TestClient, call: Callable[..., Any], admin: SignedIn, path: Path
) -> None:
    key = call(create_api_key, admin, "timetable")
    portal.cookies.clear()
    for given in (key, key, "llk_wrong-key-of-ours", "my password"):
        portal.get("/api/v1/courses", headers={"authorization": f"Bearer {given}"})
    portal.get("/api/v1/courses")
    assert [event for event, _ in found(path)] == ["key_used", "key_refused", "key_refused"]
    (used,) = [line for line in SecurityLog(path).lines() if line.event == "key_used"]
    assert (used.person, used.key) == (admin.id, key[:8])
    text = path.read_text()
    assert key[8:] not in text
    assert "my password" not in text
    assert "wrong-key" not in text


def test_one_use_links_are_written_down_without_their_secret(
    portal: TestClient, call: Callable[..., Any], path: Path
) -> None:
    secret = call(invite, "new@example.org")
    form = {"name": "New", "password": PASSWORD}
    assert portal.post(f"/invitations/{secret}", data=form).status_code == 303
    portal.cookies.clear()
    portal.post(f"/invitations/{secret}", data=form)
    assert [event for event, _ in found(path)] == ["link_used", "link_refused"]
    assert secret not in path.read_text()


def test_admins_see_it_and_narrow_it_down(
    portal: TestClient, call: Callable[..., Any], admin: SignedIn, path: Path
) -> None:
    portal.post("/sign-in", data={"email": "admin@example.org", "password": "wrong"})
    portal.post("/sign-in", data={"email": "nobody@example.org", "password": "wrong"})
    assert portal.get("/people/security").headers["location"].startswith("/sign-in")
    portal.cookies.set("session", call(open_session, admin), domain="testserver.local")
    page = portal.get("/people/security").text
    assert page.count("Sign-in failed</td>") == 2
    assert portal.get(f"/people/security?who={admin.id}").text.count("Sign-in failed</td>") == 1
    visitor = next(SecurityLog(path).lines()).visitor
    assert portal.get(f"/people/security?from={visitor}").text.count("Sign-in failed</td>") == 2
    assert "Nothing of this kind" in portal.get("/people/security?event=key_made").text
    chinese = portal.get("/people/security", headers={"accept-language": "zh-CN"}).text
    assert chinese.count("登录失败</td>") == 2


def test_every_event_has_words_and_every_route_that_is_told_of_is_there(portal: TestClient) -> None:
    assert set(EVENT_NAMES) == set(EVENTS)
    assert {event for said in _SAID.values() for event in said.values()} <= set(EVENTS)
    routes = {
        f"{method} {route.path_format}"
        for route in portal.app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
    }
    assert _SAID.keys() <= routes


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1::/48"), ("::ffff:203.0.113.77", "203.0.113.0/24"),
     ("fe80::1%eth0", "fe80::/48"), ("testclient", ""), ("", "")],
)  # fmt: skip
def test_a_network_stands_for_an_address(address: str, network: str) -> None:
    assert network_of(address) == network
