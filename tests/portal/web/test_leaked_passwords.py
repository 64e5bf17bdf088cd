"""New passwords are looked up in a list of stolen ones only where a setting says so, and no more is told than needed."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from courses.errors import Invalid
from courses.people.accounts import find_person, invite
from portal.settings import Settings, SettingWrong
from portal.web.leaked_passwords import refuse_leaked

Run = Callable[..., Any]
STOLEN, SAFE = "purple engine walking slowly", "nine copper windmills hum softly"
WORDS = "This password is in a list of stolen passwords."


def digest(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


@dataclass
class Service:
    """Have I Been Pwned's range API on loopback: knows one password, pads, and notes what it was asked."""

    url: str = ""
    status: int = 200
    seconds: float = 0
    body: bytes | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answer(self) -> bytes:
        padding = [f"{digest(str(number))[5:]}:0" for number in range(800)]
        return "\r\n".join([*padding, f"{digest(STOLEN)[5:]}:17", f"{digest(SAFE)[5:]}:0"]).encode()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            time.sleep(service.seconds)
            self.send_response(service.status)
            self.end_headers()
            with suppress(OSError):  # who asked has gone
                self.wfile.write(service.answer() if service.body is None else service.body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}/range"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(same_settings: Settings, own_database: str, service: Service, request: pytest.FixtureRequest) -> Settings:
    """Of a portal that asks the service, but for tests that say otherwise."""
    return replace(same_settings, leaked_passwords_url=getattr(request, "param", service.url))


pytestmark = pytest.mark.usefixtures("own_app")


def test_stolen_password_is_refused_and_five_characters_of_its_hash_are_sent(
    settings: Settings, service: Service, run: Run
) -> None:
    with pytest.raises(Invalid) as refused:
        run(refuse_leaked, settings, STOLEN)
    assert str(refused.value.fields["password"]).startswith(WORDS)
    ((path, headers),) = service.asked
    assert path == f"/range/{digest(STOLEN)[:5]}"
    assert headers["add-padding"] == "true"
    assert digest(STOLEN)[5:] not in str(service.asked)
    assert STOLEN not in str(service.asked)


def test_padding_is_no_find(settings: Settings, service: Service, run: Run) -> None:
    run(refuse_leaked, settings, SAFE)
    assert len(service.asked) == 1


def test_password_that_is_refused_anyway_is_not_asked_for(settings: Settings, service: Service, run: Run) -> None:
    for password in ("", "short", "x" * 129):
        run(refuse_leaked, settings, password)
    assert service.asked == []


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ({"status": 503}, "ValueError"),
        ({"status": 302}, "ValueError"),
        ({"seconds": 4}, "Timeout"),
        ({"body": b"\xff\xfe\x00 no list"}, "UnicodeDecodeError"),
        ({"body": b"A" * 600_000}, "ValueError"),
        ({"url": "http://127.0.0.1:9/range"}, "ConnectError"),
    ],
)
def test_service_that_fails_stops_nobody_and_is_in_the_log(
    settings: Settings, service: Service, run: Run, caplog: pytest.LogCaptureFixture, fault: dict[str, Any], name: str
) -> None:
    for key, value in fault.items():
        setattr(service, key, value)
    began = time.monotonic()
    with caplog.at_level(logging.WARNING, "portal.passwords"):
        run(refuse_leaked, replace(settings, leaked_passwords_url=service.url), STOLEN)
    assert time.monotonic() - began < 3.5
    (line,) = [record.getMessage() for record in caplog.records if record.name == "portal.passwords"]
    assert name in line
    assert digest(STOLEN)[:5] not in line


def test_invitation_and_account_refuse_a_stolen_password(
    client: TestClient, alice: TestClient, run: Run, service: Service
) -> None:
    address = f"/invitations/{run(invite, 'carol@example.org')}"
    answer = client.post(address, data={"name": "Carol", "password": STOLEN})
    assert answer.status_code == 422
    assert WORDS in answer.text
    assert client.post(address, data={"name": "Carol", "password": SAFE}).headers["location"] == "/today"
    assert run(find_person, "carol@example.org").name == "Carol"
    old = "violet tractor beneath morning"
    answer = alice.post("/account/password", data={"old": old, "password": STOLEN, "again": STOLEN})
    assert answer.status_code == 422
    assert WORDS in answer.text
    answer = alice.post("/account/password", data={"old": old, "password": SAFE, "again": SAFE})
    assert answer.headers["location"] == "/account?done=password"
    assert [path for path, _ in service.asked] == [
        f"/range/{digest(each)[:5]}" for each in (STOLEN, SAFE, STOLEN, SAFE)
    ]


@pytest.mark.parametrize("settings", [""], indirect=True)
def test_nobody_is_asked_without_the_setting(client: TestClient, run: Run, service: Service) -> None:
    address = f"/invitations/{run(invite, 'carol@example.org')}"
    assert client.post(address, data={"name": "Carol", "password": STOLEN}).headers["location"] == "/today"
    assert service.asked == []
    assert Settings().leaked_passwords_url == ""


def test_setting_that_is_no_address_stops_the_start(tmp_path: Path) -> None:
    name = "PORTAL_LEAKED_PASSWORDS_URL"
    given = Settings.from_env({name: "https://api.pwnedpasswords.com/range/"}, tmp_path)
    assert given.leaked_passwords_url == "https://api.pwnedpasswords.com/range"
    with pytest.raises(SettingWrong, match=f"{name} is not an address"):
        Settings.from_env({name: "1"}, tmp_path)
