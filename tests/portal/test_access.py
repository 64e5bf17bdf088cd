"""Who may do what: every registered route × every role. A route without a row in tests/portal/access_rows.py fails."""

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import obstore
import pytest
from httpx import Response
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from courses.catalogue.courses import CourseInfo, course_of, create_course
from courses.catalogue.invitations import course_invitations, invite_member, join_course
from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.exchange.runs import open_run
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import LinkInfo, class_links
from courses.lessons.trash import trash_lessons
from courses.lessons.values import LessonDraft
from courses.media.covers import keep_frames
from courses.media.library import media_info, media_of, open_store, store_picture
from courses.media.pictures import prepare_picture
from courses.media.uploads import open_upload
from courses.media.video_frames import PreparedFrame
from courses.people.accounts import accept_invitation, add_person, invite
from courses.people.api_keys import create_api_key, keys_of
from courses.people.passkeys import NewPasskey, add_passkey, passkeys_of
from courses.people.sessions import open_session, sessions_of
from courses.people.shown_secrets import keep_to_show
from courses.printing.own_layouts import create_own_layout
from courses.printing.printers import add_printer
from courses.results.closing_sheets import close
from courses.results.export_presets import save_preset
from courses.results.note_figures import Given, add_figures, history_of
from courses.results.statistics import statistics
from courses.signed_in import SignedIn
from courses.spoken import new_spoken
from courses.students.claims import claim_student
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.courses import Membership
from courses.tables.events import Publication
from courses.tables.links import Link
from courses.tables.media import Media
from courses.tables.people import Person
from courses.tables.printing import PrintRun
from courses.tokens import Keyring, public_id, share_token
from courses.webhooks.addresses import add_webhook, deliveries_of, enable_webhook, send_test, webhook_of
from portal.app import create_app
from portal.media.addresses import media_path
from portal.settings import Settings
from portal.student.phone import Phone, link_cookie
from portal.web.assets import digest
from portal.workers.archives import read_file
from tests.conftest import engine_as_before
from tests.databases import Snapshot, contents, execute
from tests.portal.access_rows import GRID, PASSWORD, PHOTO, ROLES, ROUTES

#: another student of the course: name, number, group and note
OTHERS = ("Quetzalina 欧阳", "S-90210-77", "Blaumeise", "66feedbeef00000012345678")
#: who works on the course or has a key of somebody who does: all others see nothing of its students but their own
WORKING = {"alice", "alice's key", "erin", "adam", "vera"}
MEMBERS = {"erin": "editor", "adam": "assistant", "vera": "viewer"}


@dataclass
class World:
    """A running portal with its people; `call` runs domain code in it."""

    client: TestClient
    settings: Settings
    call: Callable[..., Any]
    people: dict[str, SignedIn]
    keys: dict[str, str]
    #: the database as it is before a test
    start: Snapshot
    #: of the phones' roles the cookie that a scan left
    phones: dict[str, str]

    def ask(self, role: str, method: str, path: str, sends: dict[str, Any]) -> Response:
        """One request of one role, with nothing left from the one before."""
        name = role.removesuffix("'s key")
        headers = {}
        if role.endswith("key"):
            headers["authorization"] = f"Bearer {self.keys[name]}"
        elif role in self.phones:
            headers["cookie"] = self.phones[role]
        elif role != "nobody":
            headers["cookie"] = f"session={self.call(open_session, self.people[name])}"
        self.client.cookies.clear()
        answer = self.client.request(method, path, headers=headers, **sends)
        cache = answer.headers["cache-control"]
        assert path.startswith("/static/") or "no-store" in cache or "private" in cache, f"{path}: {cache} for a proxy"
        return answer

    def begin(self) -> None:
        """Forget what the tests before have stored: `rows` has all of it to look through."""
        self.start.put_back()

    def rows(self) -> list[str]:
        """All that is stored, but for what asking itself leaves: sessions, failed tries, when a key was used; and the sweep."""
        execute(self.settings.database_url, "UPDATE api_key SET used_at = NULL")
        return contents(self.settings.database_url, but=("session", "attempt", "chore"))


@pytest.fixture(scope="module")
def world(copied_database: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all routes: alice, bob and an admin, and keys of alice and bob."""
    folder = tmp_path_factory.mktemp("access")
    settings = Settings(
        public_url="http://testserver.local",
        database_url=copied_database(folder),
        media=f"file://{folder}/media",
        keyring=Keyring.parse(f"1:{'5a' * 32}"),
        rehearsal=True,
    )
    with engine_as_before(), TestClient(create_app(settings), base_url=settings.public_url) as client:
        client.follow_redirects = False

        def call(function: Callable[..., Any], *arguments: Any) -> Any:
            with client.portal() as portal:
                return portal.call(function, *arguments)

        async def person(name: str) -> SignedIn:
            return await accept_invitation(await invite(f"{name}@example.org", name == "admin"), name, PASSWORD)

        people = {name: call(person, name) for name in ("alice", "bob", "admin", *MEMBERS)}
        keys = {name: call(create_api_key, people[name], "tests") for name in ("alice", "bob")}
        yield World(client, settings, call, people, keys, Snapshot(settings.database_url), {})


@pytest.fixture
def parts(world: World) -> dict[str, str]:
    """Values for the addresses: a fresh course of alice's with all that hangs on it, and a person to act on."""
    settings, alice = world.settings, world.people["alice"]
    world.begin()

    async def furnish() -> dict[str, str]:
        course = await create_course(alice, "Alice's")
        await Membership.insert(
            *(Membership(course=course, person=world.people[name].id, role=role, created_at=now())
              for name, role in MEMBERS.items())
        )  # fmt: skip
        await add_students(None, course, [Entry("1", "Ada"), Entry(OTHERS[1], OTHERS[0], OTHERS[2])])
        picture = (
            await store_picture(open_store(settings.media), course, "a.jpg", prepare_picture(PHOTO.getvalue()))
        ).id
        video = Media(
            course=course, kind="video", sha256="5a" * 32, format="mp4", width=64, height=48, size=1, seconds=1.0,
            created_at=now(),
        )  # fmt: skip
        await Media.insert(video)
        frames = [PreparedFrame(0.5, PHOTO.getvalue(), PHOTO.getvalue())]
        await keep_frames(open_store(settings.media), media_info(video.to_dict()), frames)
        lesson = await create_shared_lesson(alice, course, LessonDraft("normal", "Tea", "Body", pictures=[picture]))
        link = (await class_links([lesson]))[lesson]
        counted = await create_shared_lesson(
            alice, course, LessonDraft("normal", "Published", "Body", pictures=[picture])
        )
        trashed = await create_shared_lesson(alice, course, LessonDraft("normal", "Deleted"))
        await trash_lessons(alice, course, [trashed])
        other = Person(email=f"{uuid4()}@example.org", name="Other", created_at=now())
        await Person.insert(other)
        info = await course_of(alice, course)
        member = await add_person(f"{uuid4()}@example.org", "Mara")
        await join_course(await invite_member(alice, info, member.email, "viewer"), member)
        await invite_member(alice, info, f"{uuid4()}@example.org", "viewer")
        (invitation,) = await course_invitations(course)
        await create_api_key(alice, "to end")
        world.phones["alice"] = f"session={(here := await open_session(alice))}"
        shown = await keep_to_show(alice, here, "key", "/account#keys", {"name": "Timetable", "value": "secret"})
        await open_session(alice)
        session = (await sessions_of(alice, ""))[0]
        token = share_token(settings.keyring, link.code_bytes)
        scanned = (await class_links([counted]))[counted]
        device, world.phones["student"] = await _phone(settings, course, scanned)
        await _other_student(course, scanned)
        bobs = await create_course(world.people["bob"], "Bob's")
        await add_students(None, bobs, [Entry("1", "Zoe")])
        elsewhere = await create_shared_lesson(world.people["bob"], bobs, LessonDraft("normal", "Elsewhere"))
        _, world.phones["other student"] = await _phone(settings, bobs, (await class_links([elsewhere]))[elsewhere])
        await add_printer(alice, "Preferred", (0, 0), (1, 1))
        return {
            "course_id": str(course),
            "export_name": "scans",
            **await _told(settings, alice, course),
            "preset_id": str(await save_preset(alice, course, "scans", "Mine", [])),
            "layout_id": str(await create_own_layout(alice, course, "Shop", GRID, "mm")),
            "printer_id": str((await add_printer(alice, "Other", (0, 0), (1, 1))).id),
            "lesson_id": str(lesson),
            "student_id": str((await students_of(course))[0].id),
            "link_id": str(link.id),
            "trashed_id": str(trashed),
            "number": "1",
            "media_id": str(picture),
            "video_id": str(video.id),
            "upload_id": str((await open_upload(open_store(settings.media), alice, course, "a.jpg", "", 10)).id),
            "person_id": str(other.id),
            "member_id": str(member.id),
            "invitation_id": str(invitation.id),
            "session_id": str(session.id),
            "secret_id": str(shown),
            "key_id": str((await keys_of(alice))[0].id),
            "passkey_id": await _passkey(alice),
            "secret": await invite(f"{uuid4()}@example.org"),
            "token": token,
            "room": "AAAAAAAA",
            "device": device,
            "import_id": await _sent(settings, alice, course),
            **await _printed(settings, course, lesson),
            **await _counted(alice, info, counted),
            "reference": token,
            "link": scanned.code,
            "media": media_path(settings, (await media_of(course, [picture]))[picture]).removeprefix("/media/"),
            "file_path": "icon.svg",
            "path": "nothing",
            "digest": digest(),
        }

    return world.call(furnish)


async def _phone(settings: Settings, course: UUID, link: LinkInfo) -> tuple[str, str]:
    """A phone that has scanned a link and said that it is student 1's: its device, and its cookie."""
    device = secrets.token_hex(8)
    await claim_student(course, device, "1")
    cookie = link_cookie(Phone(device, int(time.time()), link.code_bytes, None), settings)
    return device, f"{cookie.key}={cookie.value}"


async def _other_student(course: UUID, link: LinkInfo) -> None:
    """Somebody at the same link, on two phones, of whom there is something to see."""
    student = next(each for each in await students_of(course) if each.name == OTHERS[0])
    note = {"url": f"https://www.xiaohongshu.com/explore/{OTHERS[3]}", "note_id": OTHERS[3]}
    details = {"fail": {"message": f"{OTHERS[0]} may not"}, "link": note}
    for kind in ("scan", "launch", "fail", "claim", "link"):
        device = secrets.token_hex(8)
        await claim_student(course, device, student.number)
        report = Report(link.lesson, kind, "xiaohongshu", now(), now(), link=link.id, student=student.id, device=device,
                        detail=details.get(kind, {}))  # fmt: skip
        async with writing():
            await keep([report])
            await apply([report])


async def _told(settings: Settings, person: SignedIn, course: UUID) -> dict[str, str]:
    """A webhook that is stopped, and a message to it."""
    identity, _ = await add_webhook(person, settings.keyring, course, "https://hooks.example.org")
    webhook = await webhook_of(course, identity)
    await enable_webhook(person, course, webhook, False)
    await send_test(course, webhook)
    return {"webhook_id": str(identity), "delivery_id": str((await deliveries_of(identity))[0].id)}


async def _printed(settings: Settings, course: UUID, lesson: UUID) -> dict[str, str]:
    """A finished run with one slip, which is withdrawn."""
    run = PrintRun(
        course=course, number=1, created_at=now(), ended_at=now(), kind="handout", layout="a4-24", slips=1,
        state="done", file="prints/x.pdf",
    )  # fmt: skip
    await PrintRun.insert(run)
    code, spoken = public_id(secrets.token_bytes(5)), new_spoken()
    link = Link(
        code=code, spoken=spoken, lesson=lesson, run=run.id, serial=1, created_at=now(), withdrawn_at=now()
    )  # fmt: skip
    await Link.insert(link)
    await obstore.put_async(open_store(settings.media), "prints/x.pdf", b"%PDF-1.7")
    return {"run_id": str(run.id), "slip_id": str(link.id)}


async def _counted(person: SignedIn, course: CourseInfo, lesson: UUID) -> dict[str, str]:
    """A note with figures, and a closing sheet."""
    student = (await students_of(course.id))[0].id
    url = "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff"
    publication = Publication(
        id=uuid4(), student=student, lesson=lesson, platform="xiaohongshu", rung="linked", at=now(), linked_at=now(),
        scanned_at=now(), note_url=url,
    )  # fmt: skip
    await Publication.insert(publication)
    await add_figures(person, course.id, "csv", [Given(publication.id, now(), {"likes": 3})])
    sheet = await close(person, course, await statistics(course.id, ZoneInfo("Asia/Shanghai"), now()), now())
    (figures,) = await history_of(publication.id)
    return {
        "publication_id": str(publication.id), "figures_id": str(figures.id), "sheet_id": str(sheet.id), "code": sheet.code,
    }  # fmt: skip


async def _passkey(person: SignedIn) -> str:
    async with writing():
        await add_passkey(person, "Laptop", NewPasskey("AA", "AA", 0, ""))
    return str((await passkeys_of(person.id))[0].id)


async def _sent(settings: Settings, person: SignedIn, course: UUID) -> str:
    """A list that was sent and waits to be taken over."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(b"title\nListed\n")
        contents = read_file(path, "a.csv", "csv", settings.keyring.export(), ("xiaohongshu",), settings.time_zone)
        return str(await open_run(open_store(settings.media), person, course, "a.csv", "csv", path, contents))


def address(route: str, values: dict[str, str]) -> tuple[str, str]:
    """Method and path of a row's key, with the values in it."""
    method, _, path = route.partition(" ")
    row = ROUTES[route]
    for part in [part for part in path.split("/") if part.startswith("{")]:
        # `token` of /media is not the one of /s
        text = row.path.format(**values) if row.path else values[part.strip("{}").split(":")[0]]
        path = path.replace(part, text)
    return method, path


def registered(app: Litestar) -> set[str]:
    """Every method and path that the application answers, as ROUTES names them."""
    return {
        f"{method} {route.path.replace(digest(), '{digest}')}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method not in ("OPTIONS", "HEAD")
    }


def test_every_route_has_its_row(world: World) -> None:
    known = registered(world.client.app)
    missing = "".join(f'\n    "{route}": owned(200),' for route in sorted(known - ROUTES.keys()))
    assert not missing, (
        "Routes without a row. Say who may use them: add to ROUTES in tests/portal/access_rows.py, with public(), "
        f"signed_in(), readers(), markers(), writers(), owned(), admins(), keys() or owners_key() and who may:{missing}"
    )
    gone = sorted(ROUTES.keys() - known)
    assert not gone, f"Rows of routes that are gone; take them out of ROUTES: {gone}"


@pytest.mark.parametrize("route", ROUTES)
def test_route_answers_each_role_as_its_row_says(world: World, parts: dict[str, str], route: str) -> None:
    row = ROUTES[route]
    method, path = address(route, parts)
    expected = row.expected
    found: dict[str, int] = {}
    before = world.rows()
    # Strangers first, so that what they ask for is still there; then nothing may have changed.
    refused = [role for role in ROLES if expected[role] in (401, 403, 404)]
    for role in refused + [role for role in ROLES if role not in refused]:
        if role not in refused and before is not None:
            assert world.rows() == before, f"{route}: a request that was refused has changed something"
            before = None
        answer = world.ask(role, method, path, row.sends)
        found[role] = answer.status_code
        if expected[role] == 303 and role in ("nobody", "student") and not row.sends and method == "GET":
            assert answer.headers["location"].startswith(("/sign-in?next=", "/today", "/courses", "/l/")), route
        if answer.status_code >= 400:
            assert "Traceback" not in answer.text
        if role not in WORKING:
            seen = [word for word in OTHERS if word.encode() in answer.content or word in str(answer.headers)]
            assert not seen, f"{route} shows {role} of another student: {seen}"
    assert {role: found[role] for role in ROLES} == expected, route


@pytest.mark.parametrize("route", [route for route, row in ROUTES.items() if 404 in row.statuses and "uuid}" in route])
def test_not_yours_is_the_same_answer_as_not_there(world: World, parts: dict[str, str], route: str) -> None:
    row = ROUTES[route]
    method, yours = address(route, parts)
    _, nowhere = address(route, parts | {name: str(uuid4()) for name in parts if name.endswith("_id")})
    for role, status in row.expected.items():
        if status == 404:
            answers = [world.ask(role, method, path, row.sends) for path in (yours, nowhere)]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].text == answers[1].text
            assert answers[0].headers.keys() == answers[1].headers.keys()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/courses/x/roster", 404), ("GET", "/static/old/css/base.css", 404),
     ("PUT", "/courses", 405), ("POST", "/readyz", 405)],
)  # fmt: skip
def test_address_without_a_route_is_answered_like_all_others(world: World, method: str, path: str, status: int) -> None:
    """With the security headers, and in the reader's language."""
    world.client.cookies.clear()
    for language, mark in (("zh", '<html lang="zh-CN">'), ("en", '<html lang="en">')):
        answer = world.client.request(method, path, headers={"accept-language": language})
        assert answer.status_code == status
        assert mark in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
