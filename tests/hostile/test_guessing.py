"""Guesses sent all at once to a real portal of two processes: no more of them are checked than the limits allow."""

import asyncio
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.hostile.test_second_factor import SECOND, Victim

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parent.parent.parent
PASSWORD = "violet tractor beneath morning"
PASSWORD_LIMIT, PIN_LIMIT = 10, 5
#: of 120 guesses from elsewhere, those that are checked before somebody who comes into the middle of them
AHEAD = 30


@dataclass
class Guarded:
    """`portal serve` with two processes, and what the attacker knows."""

    url: str
    email: str
    share: str
    number: str
    pin: str
    #: cookies of the instructor, who is signed in
    http: httpx.Client
    #: runs `portal` with these arguments
    command: Callable[..., str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def guarded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    database = (
        request.getfixturevalue("postgres") if request.param == "postgres" else f"sqlite:///{folder}/portal.sqlite3"
    )
    environment = os.environ | {
        "DATABASE_URL": database,
        "PORTAL_MEDIA": f"file://{folder}/media",
        "PORTAL_SECRET_KEYS": f"1:{'5a' * 32}",
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORTAL_REHEARSAL": "1",
        # what comes from 127.0.0.1 names the visitor's address as a proxy does
        "PORTAL_PROXY": "127.0.0.1",
    }

    def command(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "portal", *arguments],
            env=environment, cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip

    command("migrate")
    serve = [sys.executable, "-m", "portal", "serve", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(serve, env=environment, cwd=ROOT)
    try:
        wait(f"http://127.0.0.1:{port}/healthz", server)
        yield classroom(f"http://127.0.0.1:{port}", command)
    finally:
        server.terminate()
        server.wait(20)


def wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def classroom(url: str, command: Callable[..., str]) -> Guarded:
    """A course with one student who has a PIN, and one lesson with a class link."""
    email = f"{secrets.token_hex(4)}@example.org"
    http = httpx.Client(base_url=url, timeout=60)
    path = command("invite", email).removeprefix(url)
    assert http.post(path, data={"name": "Alice", "password": PASSWORD}).status_code == 303
    headers = {"authorization": f"Bearer {command('api-key', email, '--name', 'tests').split()[-1]}"}
    course = http.post("/api/v1/courses", json={"title": "Tea"}, headers=headers).json()["id"]
    students = [{"number": "2026001", "name": "Xiaoman"}]
    http.post(f"/api/v1/courses/{course}/students", json=students, headers=headers)
    lesson = http.post(
        f"/api/v1/courses/{course}/lessons", json={"type": "normal", "title": "Tea", "content": "x"}, headers=headers
    ).json()["id"]
    share = http.post(f"/api/v1/lessons/{lesson}/links", json={}, headers=headers).json()["url"]
    (pin,) = re.findall(
        r"<b>(\d{3} \d{3})</b>", http.post(f"/courses/{course}/pins", data={"x": ""}, follow_redirects=True).text
    )
    return Guarded(url, email, urlsplit(share).path, "2026001", pin, http, command)


def client(url: str, address: str = "127.0.0.1", **more: object) -> httpx.AsyncClient:
    """A browser at an address of this machine, with as many connections as it likes."""
    transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=200))
    return httpx.AsyncClient(base_url=url, timeout=60, transport=transport, **more)  # type: ignore[arg-type]


async def test_burst_of_passwords_is_checked_up_to_the_limit(guarded: Guarded) -> None:
    async with client(guarded.url, "127.0.0.5") as http:
        guesses = [f"guess {place} of many words" for place in range(80)]
        guesses.insert(50, PASSWORD)
        answers = await asyncio.gather(
            *[http.post("/sign-in", data={"email": guarded.email, "password": guess}) for guess in guesses]
        )
    counts = Counter(answer.status_code for answer in answers)
    assert 0 < counts[401] <= PASSWORD_LIMIT, counts
    assert set(counts) <= {303, 401, 429, 503}, counts


async def test_burst_of_pins_is_checked_up_to_the_limit(guarded: Guarded) -> None:
    async with client(guarded.url, "127.0.0.6") as phone:
        page = (await phone.get(guarded.share)).headers["location"]
        answers = await asyncio.gather(
            *[
                phone.post(f"{page}/student", data={"student": guarded.number, "pin": f"{place:06}"})
                for place in range(30)
            ]
        )
    checked = [answer for answer in answers if "This is not the PIN of this number." in answer.text]
    assert 0 < len(checked) <= PIN_LIMIT
    assert Counter(answer.status_code for answer in answers) == {422: len(checked), 429: 30 - len(checked)}


@pytest.mark.parametrize("guess", ["{:06d}", "zzzzz-{:05d}"], ids=["app", "recovery"])
async def test_burst_of_codes_is_checked_up_to_the_limit(guarded: Guarded, guess: str) -> None:
    victim = Victim(guarded)
    cookies = victim.thief().cookies
    async with client(guarded.url, cookies=cookies) as http:
        forms = [{"code": guess.format(number)} for number in range(40)]
        answers = await asyncio.gather(*[http.post(SECOND, data=form) for form in forms])
        assert Counter(answer.status_code for answer in answers) == {422: PIN_LIMIT, 429: len(forms) - PIN_LIMIT}
        # The right one comes too late as well: by then nobody knows whose it is.
        assert (await http.post(SECOND, data={"code": victim.code()})).status_code == (429 if ":06d" in guess else 303)


async def test_classmate_keeps_nobody_out(guarded: Guarded) -> None:
    """Five wrong PINs on one phone; the student comes with another one in the same room."""
    async with client(guarded.url, "127.0.0.9") as classmate, client(guarded.url, "127.0.0.9") as student:
        page = (await classmate.get(guarded.share)).headers["location"]
        for place in range(PIN_LIMIT + 1):
            form = {"student": guarded.number, "pin": f"{place:06}"}
            refused = await classmate.post(f"{page}/student", data=form)
        await student.get(guarded.share)
        named = await student.post(f"{page}/student", data={"student": guarded.number, "pin": guarded.pin})
    assert "Too many tries. Try again in 15 min." in refused.text
    assert named.headers["location"] == f"{page}?done=named"


async def test_addresses_of_one_network_have_its_tries_together(guarded: Guarded) -> None:
    """Whoever has one address of IPv6 has 2^64 of them."""
    answers = []
    async with client(guarded.url) as http:
        for place in range(PASSWORD_LIMIT + 5):
            form = {"email": guarded.email, "password": f"guess {place} of many words"}
            visitor = f"2001:db8:7:1:{secrets.token_hex(2)}:{place}::1"
            answers.append(await http.post("/sign-in", data=form, headers={"x-forwarded-for": visitor}))
        form = {"email": guarded.email, "password": PASSWORD}
        neighbour = await http.post("/sign-in", data=form, headers={"x-forwarded-for": "2001:db8:7:2::1"})
    assert [answer.status_code for answer in answers] == [401] * PASSWORD_LIMIT + [429] * 5
    assert all("Too many tries." in answer.text for answer in answers[PASSWORD_LIMIT:])
    assert neighbour.headers["location"] == "/today"


async def test_flood_of_sign_ins_keeps_nobody_waiting(guarded: Guarded) -> None:
    right = {"email": guarded.email, "password": PASSWORD}
    ended: list[int] = []

    async def guess(http: httpx.AsyncClient, place: int) -> httpx.Response:
        form = {"email": f"{place}@example.org", "password": "a guess of many words"}
        answer = await http.post("/sign-in", data=form)
        ended.append(answer.status_code)
        return answer

    async with client(guarded.url, "127.0.0.7") as flood, client(guarded.url, "127.0.0.8") as honest:
        began = time.monotonic()
        unknown = [asyncio.create_task(guess(flood, place)) for place in range(120)]
        await asyncio.sleep(0.3)
        answer = await honest.post("/sign-in", data=right)
        took, before = time.monotonic() - began, ended.count(401)
        answers = await asyncio.gather(*unknown)
        all_took = time.monotonic() - began
        # the network of the flood signs in again as soon as its own line is shorter
        same = await flood.post("/sign-in", data=right)
    counts = Counter(ended)
    print(f"in after {took:.1f} s and {before} guesses; the flood took {all_took:.1f} s: {counts}")
    assert answer.status_code == 303
    assert before <= AHEAD
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert all(int(answer.headers["retry-after"]) > 0 and "Try again" in answer.text for answer in refused)
    assert set(counts) == {401, 503}
    assert same.status_code == 303
