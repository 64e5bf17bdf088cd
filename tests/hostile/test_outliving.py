"""What somebody took before the password was changed: an API key, an open session and one-use links let nobody in after it."""

import secrets
from typing import Any

import httpx
import pytest

OLD, NEW = "violet tractor beneath morning", "nine copper windmills hum softly"


class Thief:
    """Holds a key, a session and a link of alice's, who signs in with `http`."""

    def __init__(self, portal: Any) -> None:
        self.portal, self.email = portal, f"{secrets.token_hex(4)}@example.org"
        self.http, self.session = (httpx.Client(base_url=portal.url, timeout=60) for _ in range(2))
        self.http.post(self.link(), data={"name": "Alice", "password": OLD})
        self.session.post("/sign-in", data={"email": self.email, "password": OLD})
        self.key = portal.command("api-key", self.email, "--name", "tests").split()[-1]

    def link(self) -> str:
        return str(self.portal.command("invite", self.email)).removeprefix(self.portal.url)

    def gets_in(self, link: str = "") -> set[str]:
        """By what."""
        bearer = {"authorization": f"Bearer {self.key}"}
        ways = {
            "key": httpx.get(f"{self.portal.url}/api/v1/courses", headers=bearer).status_code == 200,
            "session": self.session.get("/courses").status_code == 200,
            "link": bool(link) and httpx.get(f"{self.portal.url}{link}").status_code == 200,
        }
        return {way for way, open_to in ways.items() if open_to}


@pytest.fixture
def thief(portal: Any) -> Thief:
    return Thief(portal)


def test_changed_password_ends_keys_sessions_and_links(thief: Thief) -> None:
    link = thief.link()
    assert thief.gets_in(link) == {"key", "session", "link"}
    form = {"old": OLD, "password": NEW, "again": NEW}
    assert thief.http.post("/account/password", data=form).status_code == 303
    assert thief.gets_in(link) == set()
    assert "Your account" in thief.http.get("/account").text


def test_password_that_was_reset_ends_keys_and_sessions(thief: Thief) -> None:
    assert thief.gets_in() == {"key", "session"}
    assert thief.http.post(thief.link(), data={"name": "Alice", "password": NEW}).status_code == 303
    assert thief.gets_in() == set()


def test_key_is_made_by_nobody_who_found_the_browser_open(thief: Thief) -> None:
    form = {"key_name": "mine", "key_scope": "write", "key_days": "365", "key_old": "a guess at it"}
    refused = thief.session.post("/account/keys", data=form)
    assert refused.status_code == 422
    assert "llk_" not in refused.text.replace(thief.key[:8], "")
