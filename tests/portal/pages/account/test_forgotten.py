"""A forgotten password, with a real mail server on loopback: with TLS and without, and when it refuses."""

import asyncio
import ipaddress
import logging
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from litestar.testing import TestClient

from courses.audit import entries_of_account
from courses.clock import now
from courses.people.accounts import change_account
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn
from courses.tables.people import OneTimeLink, Person
from portal.app import create_app
from portal.commands.doctor import CHECKS, Unwell
from portal.mail import resets
from portal.mail_server import Server
from portal.settings import Settings, SettingWrong
from tests.portal.conftest import browser_on
from tests.waiting import eventually

Run = Callable[..., Any]
PATH = "/forgotten-password"
NEW = "nine copper windmills hum softly"
ALICE = "alice@example.org"


@dataclass
class Box:
    """What the server took; `answer` is what it says to a mail, `first` what it says to the first ones."""

    mails: list[Message] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    answer: str = "250 OK"
    first: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.seen.append(message_from_bytes(envelope.content, policy=default)["message-id"])
        if self.first:
            return self.first.pop(0)
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.secure.append(session.ssl is not None)
        return self.answer

    def link(self, number: int = 0) -> str:
        """The path that a mail tells of."""
        eventually(lambda: len(self.mails) > number, 15)
        text = self.mails[number].get_content()
        found = re.search(r"^http://testserver\.local(/forgotten-password/\S+)\s*$", text, re.MULTILINE)
        assert found, text
        return found[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def plain(box: Box) -> Iterator[str]:
    """A server on this machine without TLS."""
    with Served(box) as server:
        yield f"smtp://127.0.0.1:{server.port}"


class Served(Controller):
    """Listens while the block lasts."""

    def __init__(self, box: Box, **more: Any) -> None:
        super().__init__(box, hostname="127.0.0.1", port=free_port(), **more)

    def __enter__(self) -> "Served":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SSLContext:
    """Of a server whose certificate this process believes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "mail.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def visit(client: TestClient, settings: Settings, alice_person: SignedIn) -> Iterator[Callable[[str], TestClient]]:
    """A browser at a portal with this mail server."""
    opened: list[TestClient] = []

    def visit(url: str) -> TestClient:
        app = create_app(replace(settings, smtp_url=url, mail_from="Lessonlink <portal@school.example>"))
        browser = browser_on(client, settings.public_url, app)
        opened.append(browser.__enter__())
        return browser

    yield visit
    for browser in opened:
        browser.__exit__(None, None, None)


def asked(browser: TestClient, email: str = ALICE) -> str:
    """The page that follows, and that it is the one for everybody."""
    answer = browser.post(PATH, data={"email": email})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?done=asked")
    return str(browser.get(answer.headers["location"]).text)


def test_mail_sets_a_new_password_once(visit: Any, plain: str, box: Box, run: Run, alice_person: SignedIn) -> None:
    session = run(open_session, alice_person)
    browser = visit(plain)
    assert f'href="{PATH}"' in browser.get("/sign-in").text
    asked(browser, " Alice@Example.org ")
    link = box.link()
    assert box.mails[0]["to"] == ALICE
    assert box.mails[0]["from"] == "Lessonlink <portal@school.example>"
    assert ALICE in browser.get(link).text
    assert browser.post(link, data={"password": "short"}).status_code == 422
    assert run(session_person, session)
    answer = browser.post(link, data={"password": NEW})
    assert answer.headers["location"] == "/account?done=password"
    assert browser.get("/courses").status_code == 200
    assert run(session_person, session) is None
    assert browser.post(link, data={"password": NEW}).status_code == 410
    assert browser.get(link).status_code == 410
    assert run(entries_of_account, alice_person.id, 1)[0].action == "person.reset"
    browser.post("/sign-out")
    assert browser.post("/sign-in", data={"email": ALICE, "password": NEW}).headers["location"] == "/today"


def test_link_in_a_mail_is_of_this_portal_whatever_host_is_said(visit: Any, plain: str, box: Box) -> None:
    browser = visit(plain)
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-server": "evil.example",
              "forwarded": "host=evil.example;proto=https", "x-original-host": "evil.example", "x-host": "evil.example",
              "referer": "http://evil.example/forgotten-password", "x-forwarded-prefix": "//evil.example"}  # fmt: skip
    answer = browser.post(PATH, data={"email": ALICE}, headers=forged)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?done=asked")
    assert box.link().startswith(PATH)
    assert "evil" not in box.mails[0].as_string()
    assert "evil" not in browser.get(PATH, headers=forged).text


def test_unknown_address_is_answered_the_same_and_gets_nothing(
    visit: Any, plain: str, box: Box, run: Run, alice_person: SignedIn
) -> None:
    browser = visit(plain)
    unknown = asked(browser, "nobody@example.org")
    assert asked(browser) == unknown
    box.link()

    async def end_access() -> None:
        await Person.update({Person.disabled_at: now()}).where(Person.id == alice_person.id)

    run(end_access)
    assert asked(browser) == unknown
    assert [mail["to"] for mail in box.mails] == [ALICE]
    assert browser.post(PATH, data={"email": "no address"}).status_code == 422


def test_link_is_good_for_half_an_hour_the_last_one_only_and_on_its_page_only(
    visit: Any, plain: str, box: Box, run: Run
) -> None:
    browser = visit(plain)
    asked(browser)
    first = box.link()
    asked(browser)
    second = box.link(1)
    assert browser.get(first).status_code == 410
    elsewhere = second.replace(PATH, "/invitations")
    assert browser.get(elsewhere).status_code == 410
    assert browser.post(elsewhere, data={"name": "X", "password": NEW}).status_code == 410

    async def later() -> None:
        await OneTimeLink.update({OneTimeLink.expires_at: OneTimeLink.expires_at - timedelta(minutes=30)}).where(
            OneTimeLink.kind == "reset"
        )

    run(later)
    assert browser.post(second, data={"password": NEW}).status_code == 410


def test_mails_are_limited_by_address_and_by_network(visit: Any, plain: str, box: Box) -> None:
    browser = visit(plain)
    for _ in range(5):
        asked(browser)
    box.link(2)
    for number in range(25):
        asked(browser, f"{number}@example.org")
    assert len(box.mails) == 3
    late = browser.post(PATH, data={"email": ALICE})
    assert late.status_code == 429
    assert "Retry-After" in late.headers


@pytest.mark.parametrize(
    ("language", "subject"), [("zh", "设置 Lessonlink 的新密码"), ("en", "A new password for Lessonlink")]
)
def test_mail_is_in_the_language_of_the_person(
    visit: Any, plain: str, box: Box, run: Run, alice_person: SignedIn, language: str, subject: str
) -> None:
    run(change_account, alice_person, "Alice", language)
    asked(visit(plain))
    box.link()
    assert box.mails[0]["subject"] == subject


def test_password_and_mail_go_over_tls(visit: Any, tls: SSLContext, box: Box) -> None:
    seen: list[bytes] = []

    def allow(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert session.ssl
        seen.extend((data.login, data.password))
        return AuthResult(success=True)

    with Served(box, tls_context=tls, require_starttls=True, authenticator=allow, auth_required=True) as server:
        asked(visit(f"smtp://portal:p%40ss@127.0.0.1:{server.port}"))
        box.link()
    assert box.secure == [True]
    assert seen == [b"portal", b"p@ss"]


def refuse(*_: Any) -> AuthResult:
    return AuthResult(success=False, handled=False)


@pytest.mark.parametrize(
    ("fault", "words"),
    [("password", "535 5.7.8 Authentication credentials invalid"), ("mail", "554 no room for (address)"),
     ("certificate", "CERTIFICATE_VERIFY_FAILED"), ("gone", "Connection refused")],
)  # fmt: skip
def test_failure_is_logged_in_its_own_words_and_nobody_sees_it(
    visit: Any, tls: SSLContext, box: Box, fault: str, words: str,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    if fault == "certificate":
        monkeypatch.delenv("SSL_CERT_FILE")
    box.answer = f"554 no room for {ALICE}" if fault == "mail" else "250 OK"
    more = {"authenticator": refuse, "auth_required": True} if fault == "password" else {}
    with Served(box, tls_context=tls, **more) as server, caplog.at_level(logging.WARNING, "portal.mail"):
        login = "portal:wrong-password@" if fault == "password" else ""
        port = free_port() if fault == "gone" else server.port
        page = asked(visit(f"smtp://{login}127.0.0.1:{port}"))
        eventually(lambda: words in caplog.text, 15)
    assert "on its way" in page
    assert not box.mails
    assert ALICE not in caplog.text
    assert "wrong-password" not in caplog.text
    assert PATH not in caplog.text


def test_mail_that_may_be_taken_later_is_tried_again_and_is_the_same_one(
    visit: Any, plain: str, box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(resets, "AGAIN", (0, 0))
    box.first = ["451 4.7.1 Greylisted", "421 4.3.2 Too many connections"]
    with caplog.at_level(logging.WARNING, "portal.mail"):
        browser = visit(plain)
        asked(browser)
        assert ALICE in browser.get(box.link()).text
    assert len(box.seen) == 3
    assert len(set(box.seen)) == 1
    told = [record.getMessage() for record in caplog.records if record.name == "portal.mail"]
    assert told == [
        "A mail was not sent yet, and is tried again in 0 s: 451 4.7.1 Greylisted",
        "A mail was not sent yet, and is tried again in 0 s: 421 4.3.2 Too many connections",
    ]


def test_mail_is_given_up_after_some_tries_and_when_another_was_asked_for(
    visit: Any, plain: str, box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(resets, "AGAIN", (0,))
    box.answer = "451 4.3.0 Come back later"
    with caplog.at_level(logging.WARNING, "portal.mail"):
        browser = visit(plain)
        asked(browser)
        eventually(lambda: "the last time it was tried: 451 4.3.0 Come back later" in caplog.text, 15)
        assert len(box.seen) == 2
        monkeypatch.setattr(resets, "AGAIN", (1,))
        asked(browser)
        eventually(lambda: len(box.seen) == 3, 15)
        box.answer = "250 OK"
        asked(browser)
        assert browser.get(box.link()).status_code == 200
        eventually(lambda: not waiting(browser), 15)
    assert len(box.mails) == 1, "the link of the one before is good no more"


def waiting(browser: TestClient) -> bool:
    """Whether a mail is under way."""

    async def names() -> list[str]:
        return [str(task.get_coro()) for task in asyncio.all_tasks()]

    with browser.portal() as portal:
        return any("ResetMails" in name for name in portal.call(names))


@pytest.mark.anyio
async def test_doctor_speaks_with_the_mail_server_and_sends_nothing(
    tls: SSLContext, box: Box, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(url: str) -> Any:
        return CHECKS["mail"](replace(settings, smtp_url=url, mail_from="Lessonlink <portal@school.example>"))

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    assert "asks an admin" in await look("")
    with Served(box) as server:
        assert await look(f"smtp://127.0.0.1:{server.port}") == (
            f"127.0.0.1:{server.port} answers without TLS, on this machine"
        )
        with pytest.raises(Unwell, match="smtp:// is for STARTTLS"):
            await look(f"smtps://127.0.0.1:{server.port}")
    with Served(box, tls_context=tls, require_starttls=True, authenticator=check, auth_required=True) as server:
        at = f"127.0.0.1:{server.port}"
        assert await look(f"smtp://portal:right@{at}") == f"{at} answers over TLS, and lets us sign in"
        with pytest.raises(Unwell, match=r"535.*correct the user and the password") as wrong:
            await look(f"smtp://portal:s3cret@{at}")
        assert "s3cret" not in str(wrong.value)
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(Unwell, match="its certificate is for"):
            await look(f"smtp://portal:right@{at}")
    with pytest.raises(Unwell, match=r"refused.*correct the host and the port"):
        await look(f"smtp://127.0.0.1:{free_port()}")
    assert not box.seen


def test_page_without_a_mail_server_says_whom_to_ask(client: TestClient, alice_person: SignedIn) -> None:
    assert "Ask an admin" in client.get(PATH).text
    assert client.post(PATH, data={"email": ALICE}).status_code == 404


def test_settings_of_mail_are_checked(tmp_path: Path) -> None:
    good = {"PORTAL_SMTP_URL": "smtps://u:s3cret@mail.school.example", "PORTAL_MAIL_FROM": "L <p@school.example>"}
    settings = Settings.from_env(good, tmp_path)
    assert Server.parse(settings.smtp_url) == Server("smtps", "mail.school.example", 465, "u", "s3cret")
    assert "s3cret" not in repr(settings)
    for wrong, name in (
        ({"PORTAL_SMTP_URL": ""}, "PORTAL_SMTP_URL"), ({"PORTAL_MAIL_FROM": ""}, "PORTAL_MAIL_FROM"),
        ({"PORTAL_MAIL_FROM": "nobody"}, "PORTAL_MAIL_FROM"), ({"PORTAL_SMTP_URL": "http://u:s3cret@x"}, "PORTAL_SMTP_URL"),
        ({"PORTAL_SMTP_URL": "smtp://u:s3cret@x:many"}, "PORTAL_SMTP_URL"),
    ):  # fmt: skip
        with pytest.raises(SettingWrong, match=name) as error:
            Settings.from_env(good | wrong, tmp_path)
        assert "s3cret" not in str(error.value)
