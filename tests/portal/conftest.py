"""A portal for each test: alice and bob are instructors of their own courses, `client` is a stranger."""

import io
import json
import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Cookies, Response
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image

from courses import database
from courses.events.ladder import Progress, rung
from courses.events.publications import progress_of
from courses.lessons import links
from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.media.library import open_store, store_picture
from courses.media.pictures import PreparedPicture, prepare_picture
from courses.people import accounts
from courses.people.accounts import add_person
from courses.people.sessions import open_session
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, forget_seats, students_of
from courses.students.values import StudentInfo
from courses.tables.events import Event
from courses.tables.people import Person
from courses.tokens import Keyring, share_token
from courses.webhooks.addresses import add_webhook
from courses.webhooks.changes import ChangeCursor
from portal.app import create_app
from portal.background import webhooks
from portal.settings import Settings
from tests.databases import stored

PASSWORDS = {"alice": "violet tractor beneath morning", "bob": "seven quiet lanterns drifting"}
KEYS = f"1:{'5a' * 32}"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the database and the media of one test after another, so that they can share an application."""
    return tmp_path_factory.mktemp("portal")


@pytest.fixture(scope="session")
def same_settings(home: Path, request: pytest.FixtureRequest) -> Settings:
    """In rehearsal, with everything under one folder, or in the PostgreSQL of this run."""
    on_file = request.config.getoption("--database") == "sqlite"
    return Settings(
        public_url="http://testserver.local",
        database_url=f"sqlite:///{home}/portal.sqlite3"
        if on_file
        else request.getfixturevalue("kept_postgres").address,
        media=f"file://{home}/media",
        keyring=Keyring.parse(KEYS),
        rehearsal=True,
    )


@pytest.fixture
def empty_home(home: Path) -> Path:
    """Nothing in that folder."""
    shutil.rmtree(home)
    (home / "media").mkdir(parents=True)  # as the application made it
    return home


@pytest.fixture
def database_file(migrated: Path, empty_home: Path, engine_of_before: None) -> Path:
    """A fresh copy for one test; the engine points at it."""
    path = empty_home / "portal.sqlite3"
    shutil.copy(migrated, path)
    database.use_database(f"sqlite:///{path}")
    return path


@pytest.fixture
def settings(same_settings: Settings, empty_home: Path, own_database: str) -> Settings:
    """Of the portal of this test, and of all others."""
    return same_settings


@pytest.fixture
def traces(home: Path, own_database: str) -> Callable[[Collection[str]], list[str]]:
    """traces(words): where any of them stands, as it is or as JSON escapes it, in the files or the database of the portal."""

    def traces(words: Collection[str]) -> list[str]:
        kept = {path.name: path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}
        if not own_database.startswith("sqlite"):
            kept["database"] = stored(own_database)
        return [
            f"{name}: {word}"
            for name, data in kept.items()
            for word in words
            if word.encode() in data or json.dumps(word)[1:-1].encode() in data
        ]

    return traces


@pytest.fixture(scope="session")
def application(same_settings: Settings) -> Litestar:
    """Made once, as registering all routes takes longer than most tests."""
    return create_app(same_settings)


@pytest.fixture
def own_app() -> None:
    """For tests that register routes, or change what an application is made with before it is."""


@pytest.fixture
def app(application: Litestar, settings: Settings, request: pytest.FixtureRequest) -> Litestar:
    """To be started by a test, with nothing left of the one before."""
    links.forget_cards()
    forget_seats()
    return create_app(settings) if "own_app" in request.fixturenames else application


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
        person = await add_person(email, name.title())
        hashed = accounts._hasher.hash(PASSWORDS[name])
        await Person.update({Person.password_hash: hashed}).where(Person.id == person.id)
        return person

    return run(make)


def browser_on(
    client: TestClient, base_url: str = "http://testserver.local", app: Litestar | None = None
) -> TestClient:
    """Another browser, in the event loop of the first: connections to PostgreSQL belong to one loop."""
    browser = TestClient(app or client.app, base_url=base_url)
    browser.blocking_portal = client.blocking_portal
    browser.follow_redirects = False
    return browser


def _browser(client: TestClient, run: Callable[..., object], person: SignedIn) -> TestClient:
    browser = browser_on(client)
    browser.cookies.set("session", run(open_session, person), domain="testserver.local")
    return browser


@pytest.fixture
def alice_person(run: Callable[..., object]) -> SignedIn:
    return _person(run, "alice")


@pytest.fixture
def alice(client: TestClient, run: Callable[..., object], alice_person: SignedIn) -> TestClient:
    """Alice's browser, signed in. She owns `course`."""
    return _browser(client, run, alice_person)


@pytest.fixture
def bob(client: TestClient, run: Callable[..., object]) -> TestClient:
    """Bob's browser, signed in. He works on nothing of Alice's."""
    return _browser(client, run, _person(run, "bob"))


@pytest.fixture
def course(run: Callable[..., object], alice_person: SignedIn) -> UUID:
    """Alice's course, empty."""
    from courses.catalogue.courses import create_course

    return run(create_course, alice_person, "Spring campaign 春季", "2026")


ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)


class Phone:
    """A student's browser with cookies of its own, on the connection that all share."""

    def __init__(self, client: TestClient, language: str = "en", user_agent: str = ANDROID) -> None:
        self.client, self.jar = client, Cookies()
        self.headers = {"user-agent": user_agent, "accept-language": language}

    def request(self, method: str, path: str, **more: Any) -> Response:
        self.client.cookies = self.jar
        more["headers"] = self.headers | more.get("headers", {})
        answer = self.client.request(method, path, **more)
        self.jar = Cookies(self.client.cookies)
        self.client.cookies = Cookies()
        return answer

    def get(self, path: str, **more: Any) -> Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> Response:
        return self.request("POST", path, **more)

    def send(self, kind: str, **more: Any) -> Response:
        """Report one event: send("claim", id=…, at=…, detail={…})."""
        return self.post("/api/events", json={"events": [phone_event(kind, **more)]})


def phone_event(kind: str, **more: Any) -> dict[str, Any]:
    """As the page makes it."""
    return {"id": str(uuid4()), "kind": kind, "at": datetime.now(UTC).isoformat(), "detail": {}} | more


@dataclass
class Classroom:
    """Alice's course with two students, and a shared lesson of two pictures."""

    settings: Settings
    run: Callable[..., Any]
    course: UUID
    lesson: UUID
    link: links.LinkInfo
    students: list[StudentInfo]

    def token(self, seat: int | None = None, link: links.LinkInfo | None = None) -> str:
        return share_token(self.settings.keyring, (link or self.link).code_bytes, seat)

    def events(self) -> list[dict[str, Any]]:
        """All rows, the oldest first."""
        return self.run(lambda: Event.select().order_by(Event.received_at, Event.at).run())

    def progress(self, student: StudentInfo, lesson: UUID | None = None) -> Progress:
        return self.run(progress_of, student.id, lesson or self.lesson, "xiaohongshu")

    def rung(self, student: StudentInfo) -> str:
        return rung(self.progress(student))[0]


@pytest.fixture
def classroom(run: Callable[..., Any], settings: Settings, alice_person: SignedIn, course: UUID) -> Classroom:
    async def furnish() -> Classroom:
        await add_students(None, course, [Entry("2026001", "林小满"), Entry("2026002", "Ann O'Neil")])
        store = open_store(settings.media)
        pictures = [(await store_picture(store, course, f"{n}.jpg", _photo(n))).id for n in range(2)]
        draft = LessonDraft("normal", "Tea 茶", "Find **light**.\n\n- one\n- two", ("tea", "茶"), pictures=pictures)
        lesson = await create_shared_lesson(alice_person, course, draft)
        link = (await links.class_links([lesson]))[lesson]
        return Classroom(settings, run, course, lesson, link, await students_of(course))

    return run(furnish)


@pytest.fixture
def phone(client: TestClient) -> Callable[..., Phone]:
    """A new phone: phone(), phone("zh-CN"), phone(user_agent=…)."""
    return lambda language="en", user_agent=ANDROID: Phone(client, language, user_agent)


@cache
def _photo(number: int) -> PreparedPicture:
    """Made once."""
    file = io.BytesIO()
    Image.new("RGB", (600, 800), (200, 40 * number, 90)).save(file, "JPEG")
    return prepare_picture(file.getvalue())


@dataclass
class Receiver:
    """A program that is told; it answers with `statuses` one after the other, the last for all that follow."""

    url: str
    statuses: list[int] = field(default_factory=lambda: [204])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0]
            self.send_response(status)
            if status == 302:
                self.send_header("Location", receiver.url + "/elsewhere")
            self.end_headers()
            self.wfile.write(b"" if status == 204 else b"<b>no</b>")

        do_GET = do_POST

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The background leaves telling webhooks to the test: for `usefixtures`, as it comes before the application."""
    monkeypatch.setattr(webhooks, "FIRST", (3_600, 3_600))


@pytest.fixture
def told(
    run: Callable[..., Any],
    settings: Settings,
    course: UUID,
    alice_person: SignedIn,
    receiver: Receiver,
) -> dict[str, Any]:
    """A webhook of Alice's course to the receiver, and what delivers to it."""
    webhook, secret = run(lambda: add_webhook(alice_person, settings.keyring, course, receiver.url, insecure=True))
    local, cursor = replace(settings, webhook_private=True), ChangeCursor()
    return {
        "webhook": webhook,
        "secret": secret,
        "deliver": lambda: run(deliver, local, cursor),
        "settings": local,
    }


async def deliver(settings: Settings, cursor: ChangeCursor) -> None:
    """Make messages of what has changed and send all that are due."""
    telling = webhooks.Telling(settings, cursor)
    await telling.look()
    await telling.done()
