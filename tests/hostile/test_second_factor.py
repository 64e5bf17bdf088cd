"""Who knows the password and has no second factor: guesses, plays back, races, and takes the other ways in."""

import re
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from courses.people.authenticator_apps import STEP, code_of

PASSWORD = "violet tractor beneath morning"
SECOND = "/sign-in/second-factor"


class Victim:
    """Has an app; `code()` is what it shows."""

    def __init__(self, portal: Any) -> None:
        self.portal, self.email = portal, f"{secrets.token_hex(4)}@example.org"
        self.http = httpx.Client(base_url=portal.url, timeout=60)
        self.http.post(self.link("invite"), data={"name": "Alice", "password": PASSWORD})
        self.http.post("/account/second-factor/app")
        found = re.search(r'id="secret"[^>]*value="([A-Z2-7 ]+)"', self.http.get("/account/second-factor").text)
        assert found
        self.secret = found[1].replace(" ", "")
        # A slow machine may come to the code's next time in between.
        answers = (
            self.http.post("/account/second-factor/app/confirmation", data={"old": PASSWORD, "code": self.code(-1)})
            for _ in range(2)
        )
        assert any(answer.status_code == 303 for answer in answers)

    def link(self, command: str) -> str:
        return str(self.portal.command(command, self.email)).strip().removeprefix(self.portal.url)

    def code(self, off: int = 0) -> str:
        return code_of(self.secret, int(time.time()) // STEP + off)

    def thief(self) -> httpx.Client:
        """Who knows the password, in front of the second page."""
        http = httpx.Client(base_url=self.portal.url, timeout=60)
        answer = http.post("/sign-in", data={"email": self.email, "password": PASSWORD})
        assert answer.headers["location"] == SECOND
        return http


@pytest.fixture
def victim(portal: Any) -> Victim:
    return Victim(portal)


def test_password_alone_opens_nothing(victim: Victim) -> None:
    thief = victim.thief()
    for path in ("/courses", "/account", "/account/second-factor", "/people"):
        assert thief.get(path).headers["location"].startswith("/sign-in?")
    assert thief.post("/account/second-factor/app/removal", data={"old": PASSWORD, "code": "1"}).status_code == 401
    again = thief.post(victim.link("invite"), data={"name": "Alice", "password": PASSWORD[::-1]})
    assert again.headers["location"] == SECOND
    assert thief.get("/courses").status_code == 303


def test_codes_are_guessed_five_times_from_any_number_of_browsers(victim: Victim) -> None:
    thieves = [victim.thief() for _ in range(3)]
    wrong = next(code for code in ("000000", "111111") if code not in {victim.code(off) for off in (-1, 0, 1, 2)})
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda n: thieves[n % 3].post(SECOND, data={"code": wrong}), range(12)))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 7
    late = thieves[0].post(SECOND, data={"code": victim.code()})
    assert late.status_code == 429
    assert "Retry-After" in late.headers


def test_code_that_was_seen_is_not_good_again(victim: Victim) -> None:
    owner, thief = victim.thief(), victim.thief()
    code = victim.code()
    assert owner.post(SECOND, data={"code": code}).headers["location"] == "/today"
    assert thief.post(SECOND, data={"code": code}).status_code == 422
    assert thief.get("/courses").status_code == 303


def test_of_many_with_one_code_at_the_same_moment_one_gets_in(victim: Victim) -> None:
    thieves = [victim.thief() for _ in range(4)]
    code = victim.code()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda thief: thief.post(SECOND, data={"code": code}), thieves))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]


def test_cookie_of_one_browser_s_way_is_no_session(victim: Victim) -> None:
    thief = victim.thief()
    value = thief.cookies["half-way"]
    stranger = httpx.Client(base_url=victim.portal.url, cookies={"session": value}, timeout=60)
    assert stranger.get("/courses").status_code == 303
    changed = value[:-2] + ("AA" if value[-2:] != "AA" else "BB")
    stranger = httpx.Client(base_url=victim.portal.url, cookies={"half-way": changed}, timeout=60)
    assert stranger.get(SECOND).headers["location"] == "/sign-in?next=%2Ftoday&done=late"


def test_operator_s_command_takes_a_lost_factor_off(victim: Victim) -> None:
    thief = victim.thief()
    assert "is off" in victim.portal.command("second-factor-off", victim.email)
    assert victim.http.get("/courses").status_code == 303
    assert thief.post(SECOND, data={"code": victim.code()}).status_code == 422
    answer = thief.post("/sign-in", data={"email": victim.email, "password": PASSWORD})
    assert answer.headers["location"] == "/today"
    assert "There was no second factor" in victim.portal.command("second-factor-off", victim.email)
