"""Who may do what: every registered route × every role. A route without a row in ROUTES fails.

Roles, in the order of a row: nobody (no cookie, no key), bob (a stranger to the course), alice (its owner), admin (who is
no superuser over others' courses), alice's API key, bob's API key, and those who work with alice on the course: erin (its
editor), adam (assistant), vera (viewer).
"""

import io
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import obstore
import pytest
from httpx import Response
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from PIL import Image

from courses import database
from courses.api_keys import create_api_key, keys_of
from courses.catalogue import course_of, create_course
from courses.clock import now
from courses.course_invitations import course_invitations, invite_member, join_course
from courses.drafts import LessonDraft
from courses.exchange.runs import open_run
from courses.frames import keep_frames
from courses.links import class_links, create_shared_lesson
from courses.media import media_info, media_of, open_store, store_picture
from courses.own_layouts import create_own_layout
from courses.people import SignedIn, accept_invitation, add_person, invite
from courses.pictures import prepare_picture
from courses.printers import add_printer
from courses.roster import add_students, students_of
from courses.roster_text import Entry
from courses.sessions import open_session, sessions_of
from courses.spoken import new_spoken
from courses.tables.courses import Membership
from courses.tables.links import Link
from courses.tables.media import Media, Upload
from courses.tables.people import Person
from courses.tables.printing import Printer, PrintRun
from courses.tokens import Keyring, public_id, share_token
from courses.trash import trash_lessons
from courses.uploads import open_upload
from courses.video_frames import PreparedFrame
from portal.app import create_app
from portal.assets import digest
from portal.import_work import read_file
from portal.media_addresses import media_path
from portal.settings import Settings
from print.layouts import LAYOUTS

ROLES = ("nobody", "bob", "alice", "admin", "alice's key", "bob's key", "erin", "adam", "vera")
MEMBERS = {"erin": "editor", "adam": "assistant", "vera": "viewer"}
ASKING = tuple(f'INSERT INTO "{table}"' for table in ("session", "attempt"))
PASSWORD = "nine copper windmills hum softly"
PHOTO = io.BytesIO()
Image.effect_noise((64, 48), 80).convert("RGB").save(PHOTO, "JPEG")


@dataclass(frozen=True)
class Row:
    """The statuses for ROLES, and what the request brings (httpx's arguments)."""

    statuses: tuple[int, int, int, int, int, int, int, int, int]
    sends: dict[str, Any] = field(default_factory=dict)
    #: an address that takes another value than PARTS give
    path: str = ""


def public(status: int, path: str = "", **sends: Any) -> Row:
    """The same answer for everybody."""
    return Row((status,) * 9, sends, path)


def signed_in(status: int, **sends: Any) -> Row:
    """For whoever is signed in; a key is no session."""
    no = _no(sends)
    return Row((no, status, status, status, no, no, status, status, status), sends)


def readers(status: int, **sends: Any) -> Row:
    """For all who work on the course; for others who are signed in there is nothing."""
    return _members(status, status, status, status, sends)


def markers(status: int, **sends: Any) -> Row:
    """For those who say what became of a publication: all but viewers."""
    return _members(status, status, status, 403, sends)


def writers(status: int, **sends: Any) -> Row:
    """For those who write lessons, links and rosters: the owner and the editors."""
    return _members(status, status, 403, 403, sends)


def owned(status: int, **sends: Any) -> Row:
    """For the course's owner alone."""
    return _members(status, 403, 403, 403, sends)


def _members(owner: int, editor: int, assistant: int, viewer: int, sends: dict[str, Any]) -> Row:
    no = _no(sends)
    return Row((no, 404, owner, 404, no, no, editor, assistant, viewer), sends)


def alices(status: int, **sends: Any) -> Row:
    """For alice alone, of all who are signed in: a part of her account."""
    no = _no(sends)
    return Row((no, 404, status, 404, no, no, 404, 404, 404), sends)


def admins(status: int, **sends: Any) -> Row:
    """For admins; others do not know of it."""
    no = _no(sends)
    return Row((no, 404, 404, status, no, no, 404, 404, 404), sends)


def keys(status: int, **sends: Any) -> Row:
    """For whoever has an API key; a session is no key."""
    return Row((401, 401, 401, 401, status, status, 401, 401, 401), sends)


def owners_key(status: int, **sends: Any) -> Row:
    """For the key of somebody with the right in the course."""
    return Row((401, 401, 401, 401, status, 404, 401, 401, 401), sends)


def _no(sends: dict[str, Any]) -> int:
    """Pages lead to the sign-in; forms are refused."""
    return 401 if sends else 303


FORM: dict[str, Any] = {"data": {"x": "x"}}
PICTURE = {"files": {"file": ("a.jpg", PHOTO.getvalue(), "image/jpeg")}}
LABELS = {
    "data": dict.fromkeys(("left", "top", "right", "bottom"), "10")
    | {"name": "Labels", "paper": "a4", "unit": "mm", "gap_x": "0", "gap_y": "0", "columns": "3", "rows": "7"}
}
LIST = {"files": {"file": ("a.csv", b"title\nListed\n", "text/csv")}}
NO_TITLE = {"files": {"title": (None, "")}}
EVENTS = {"json": {"events": [{"id": str(uuid4()), "kind": "scan", "at": "2026-09-01T08:00:00Z"}]}}
DECISION = {"data": {"decision": "confirm", "platform": "xiaohongshu"}}

GRID = asdict(LAYOUTS["a4-24"].grid)

ROUTES: dict[str, Row] = {
    # Signing in, and what everybody may open
    "GET /": public(303),
    "GET /sign-in": Row((200, 303, 303, 303, 200, 200, 303, 303, 303)),
    "POST /sign-in": public(401, data={"email": "x@example.org", "password": "wrong"}),
    "POST /sign-out": public(303, **FORM),
    "POST /language": public(303, data={"language": "en"}),
    "POST /theme": public(303, data={"theme": "dark"}),
    "GET /invitations/{secret:str}": public(200),
    "POST /invitations/{secret:str}": public(422, data={"name": "X", "password": "short"}),
    "GET /healthz": public(200),
    "GET /readyz": public(200),
    "GET /static/{digest}/{file_path:path}": public(200),
    "GET /media/{token:str}": public(200, "{media}"),
    "GET /schema": public(200),
    "GET /schema/openapi.json": public(200),
    "GET /schema/{path:str}": public(404),
    # Students and their phones: a link is the key, and no account counts
    "GET /s/{token:str}": public(303),
    "GET /S/{token:str}": public(303),
    "GET /go": public(200),
    "GET /GO": public(200),
    "POST /go": public(422, data={"code": "ZZZ-ZZZZ"}),
    "POST /GO": public(422, data={"code": "ZZZ-ZZZZ"}),
    "GET /l/{link:str}": public(403),
    "GET /l/{link:str}/student": public(403),
    "POST /l/{link:str}/student": public(403, data={"student": "1"}),
    "POST /l/{link:str}/publication": public(403, data={"answer": "yes"}),
    "POST /api/events": public(401, **EVENTS),
    "GET /api/post/preview/{reference:str}": public(200),
    # 503: in this test no server runs that the platform's adapter could ask for its access token
    "GET /api/post/publish/{reference:str}": public(503),
    # Courses
    "GET /courses": signed_in(200),
    "POST /courses": signed_in(303, data={"title": "Mine"}),
    "GET /courses/new": signed_in(200),
    "GET /courses/{course_id:uuid}": readers(200),
    "POST /courses/{course_id:uuid}": owned(303, data={"title": "Other"}),
    "GET /courses/{course_id:uuid}/edit": owned(200),
    "POST /courses/{course_id:uuid}/archive": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/restore": owned(303, **FORM),
    "GET /courses/{course_id:uuid}/roster": readers(200),
    "POST /courses/{course_id:uuid}/roster": writers(303, data={"roster": "77,Newcomer"}),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}": writers(303, data={"name": "Other"}),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/removal": writers(303, **FORM),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/return": writers(303, **FORM),
    "GET /courses/{course_id:uuid}/completion": readers(200),
    "GET /courses/{course_id:uuid}/completion.csv": readers(200),
    "GET /courses/{course_id:uuid}/completion/{lesson_id:uuid}/{student_id:uuid}": readers(200),
    "POST /courses/{course_id:uuid}/completion/{lesson_id:uuid}/{student_id:uuid}/decision": markers(303, **DECISION),
    "GET /courses/{course_id:uuid}/members": readers(200),
    "POST /courses/{course_id:uuid}/members/invitations": owned(200, data={"email": "n@example.org", "role": "editor"}),
    "POST /courses/{course_id:uuid}/members/invitations/{invitation_id:uuid}/withdrawal": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/members/{member_id:uuid}": owned(303, data={"role": "assistant"}),
    "POST /courses/{course_id:uuid}/members/{member_id:uuid}/removal": owned(303, **FORM),
    # 409: the only owner cannot leave
    "POST /courses/{course_id:uuid}/departure": _members(409, 303, 303, 303, FORM),
    "GET /courses/{course_id:uuid}/log": readers(200),
    "GET /courses/{course_id:uuid}/log.csv": readers(200),
    "GET /courses/{course_id:uuid}/codes": readers(200),
    "GET /courses/{course_id:uuid}/codes.zip": readers(200),
    "GET /courses/{course_id:uuid}/layouts": readers(200),
    "GET /courses/{course_id:uuid}/layouts/new": writers(200),
    "POST /courses/{course_id:uuid}/layouts": _members(303, 422, 403, 403, LABELS),  # the name is taken by then
    "POST /courses/{course_id:uuid}/layouts/drawing": writers(200, **LABELS),
    "GET /courses/{course_id:uuid}/layouts/{layout_id:uuid}": writers(200),
    "POST /courses/{course_id:uuid}/layouts/{layout_id:uuid}": writers(303, **LABELS),
    "POST /courses/{course_id:uuid}/layouts/{layout_id:uuid}/removal": writers(303, **FORM),
    "GET /courses/{course_id:uuid}/sheet": readers(200),
    "GET /courses/{course_id:uuid}/sheet.pdf": readers(200),
    "GET /courses/{course_id:uuid}/sheet/preview.png": readers(200),
    "GET /courses/{course_id:uuid}/prints": readers(200),
    # Nothing that is drawn in the background: too much at once, done already, withdrawn already
    "POST /courses/{course_id:uuid}/prints": writers(422, data={"copies": "20001"}),
    "GET /prints/{run_id:uuid}": readers(200),
    "GET /prints/{run_id:uuid}/sheet.pdf": readers(200),
    "POST /prints/{run_id:uuid}/cancellation": writers(409, **FORM),
    "POST /prints/{run_id:uuid}/attempts": writers(409, **FORM),
    "POST /prints/{run_id:uuid}/withdrawal": writers(303, **FORM),
    "POST /prints/{run_id:uuid}/slips/{slip_id:uuid}/replacement": writers(409, **FORM),
    "POST /courses/{course_id:uuid}/sheet.pdf": writers(200, data={"reason": "It is a rehearsal"}),
    "POST /courses/{course_id:uuid}/media": writers(201, **PICTURE),
    "POST /courses/{course_id:uuid}/media/{media_id:uuid}/edits": writers(201, json={"rotate": 90}),
    "GET /courses/{course_id:uuid}/media/{video_id:uuid}/frames": writers(200),
    "POST /courses/{course_id:uuid}/media/{video_id:uuid}/frames": writers(201, json={"number": 0}),
    # Without the protocol's headers; tests/portal/pages/test_uploads.py has them. An upload is one person's alone.
    "POST /courses/{course_id:uuid}/uploads": writers(412, **FORM),
    "PATCH /courses/{course_id:uuid}/uploads/{upload_id:uuid}": writers(412, **FORM),
    "DELETE /courses/{course_id:uuid}/uploads/{upload_id:uuid}": writers(412, **FORM),
    "POST /courses/{course_id:uuid}/uploads/{upload_id:uuid}/media": _members(409, 404, 403, 403, FORM),
    # Import and export: what was sent is its sender's alone
    "GET /courses/{course_id:uuid}/exchange": readers(200),
    "GET /courses/{course_id:uuid}/export": readers(200),
    "GET /courses/{course_id:uuid}/lessons.csv": readers(200),
    "POST /courses/{course_id:uuid}/imports": writers(303, **LIST),
    "GET /courses/import": signed_in(200),
    "POST /courses/import": signed_in(422, **LIST),
    "GET /imports/{import_id:uuid}": alices(200),
    "GET /imports/{import_id:uuid}/progress": alices(200),
    "POST /imports/{import_id:uuid}": alices(303, **FORM),
    "POST /imports/{import_id:uuid}/encoding": alices(303, data={"encoding": "utf-8"}),
    # 409: it has not been done yet
    "POST /imports/{import_id:uuid}/undo": alices(409, **FORM),
    "GET /api/v1/courses/{course_id:uuid}/export": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/lessons.csv": owners_key(200),
    "POST /api/v1/courses/{course_id:uuid}/import": owners_key(200, **LIST),
    # Lessons and links
    "GET /courses/{course_id:uuid}/calendar": readers(200),
    "POST /courses/{course_id:uuid}/calendar": writers(422, **FORM),
    "GET /courses/{course_id:uuid}/copies": writers(200),
    "POST /courses/{course_id:uuid}/copies": writers(303, data={"title": "Again"}),
    "POST /courses/{course_id:uuid}/lessons/deletion": writers(409, **FORM),
    "POST /courses/{course_id:uuid}/lessons/restoration": writers(303, **FORM),
    "POST /courses/{course_id:uuid}/lessons/topics": writers(422, **FORM),
    "POST /courses/{course_id:uuid}/lessons/copies": writers(409, **FORM),
    "POST /courses/{course_id:uuid}/lessons/moves": writers(422, **FORM),
    "POST /courses/{course_id:uuid}/lessons/returns": writers(422, **FORM),
    "POST /lessons/{lesson_id:uuid}/copies": writers(303, **FORM),
    "POST /lessons/{lesson_id:uuid}/template": writers(303, **FORM),
    "POST /lessons/{lesson_id:uuid}/schedule": writers(303, data={"opens_at": "", "closes_at": ""}),
    "GET /courses/{course_id:uuid}/lessons/new": writers(200),
    "POST /courses/{course_id:uuid}/lessons": writers(422, **NO_TITLE),
    "GET /lessons/{lesson_id:uuid}": readers(200),
    "GET /lessons/{lesson_id:uuid}/edit": writers(200),
    "POST /lessons/{lesson_id:uuid}": writers(422, **NO_TITLE),
    "POST /lessons/{lesson_id:uuid}/merge": writers(409, **NO_TITLE),
    "POST /courses/{course_id:uuid}/lesson-preview": writers(200, **NO_TITLE),
    "POST /lessons/{lesson_id:uuid}/deletion": writers(303, **FORM),
    "POST /lessons/{lesson_id:uuid}/restoration": writers(303, **FORM),
    "GET /lessons/{lesson_id:uuid}/history": readers(200),
    "GET /lessons/{lesson_id:uuid}/history/{number:int}": readers(200),
    "POST /lessons/{lesson_id:uuid}/restorations": writers(303, data={"number": "1", "base": "1"}),
    "GET /courses/{course_id:uuid}/trash": readers(200),
    "POST /courses/{course_id:uuid}/trash/restorations": writers(303, **FORM),
    "POST /courses/{course_id:uuid}/trash/removals": owned(303, data={"until": "2999-01-01T00:00:00+00:00"}),
    "GET /courses/{course_id:uuid}/trash/{trashed_id:uuid}": readers(200),
    "POST /courses/{course_id:uuid}/trash/{trashed_id:uuid}/removal": owned(303, **FORM),
    "GET /lessons/{lesson_id:uuid}/preview": readers(200),
    "POST /lessons/{lesson_id:uuid}/repairs": writers(303, data={"code": "white_space", "where": "body"}),
    "POST /courses/{course_id:uuid}/preflight": writers(200, **NO_TITLE),
    "POST /courses/{course_id:uuid}/preflight/repair": writers(
        200, files={"code": (None, "white_space"), "where": (None, "body")}
    ),
    "GET /lessons/{lesson_id:uuid}/present": readers(200),
    "GET /lessons/{lesson_id:uuid}/scans": readers(200),
    "POST /lessons/{lesson_id:uuid}/links": writers(303, **FORM),
    "POST /links/{link_id:uuid}": writers(303, data={"opens_at": "", "expires_at": ""}),
    "POST /links/{link_id:uuid}/withdrawal": writers(303, **FORM),
    "GET /links/{link_id:uuid}/qr.svg": readers(200),
    "GET /links/{link_id:uuid}/qr.png": readers(200),
    # Accounts
    "GET /account": signed_in(200),
    "POST /account": signed_in(303, data={"name": "Other", "language": ""}),
    "POST /account/password": signed_in(422, data={"old": "wrong", "password": PASSWORD, "again": PASSWORD}),
    "POST /account/sessions/end": signed_in(303, **FORM),
    "POST /account/sessions/{session_id:uuid}/end": alices(303, **FORM),
    "POST /account/keys": signed_in(200, data={"key_name": "timetable"}),
    "POST /account/keys/{key_id:uuid}/end": alices(303, **FORM),
    "GET /account/printers": signed_in(200),
    "GET /account/printers/ruler.pdf": signed_in(200),
    "POST /account/printers": signed_in(
        303, data={"name": "Office", "paper": "a4", "left": "22", "across": "163.2", "top": "20", "down": "250"}
    ),
    "POST /account/printers/{printer_id:uuid}/default": alices(303, **FORM),
    "POST /account/printers/{printer_id:uuid}/removal": alices(303, **FORM),
    "GET /people": admins(200),
    "POST /people/invitations": admins(200, data={"email": "new@example.org"}),
    "POST /people/{person_id:uuid}/disable": admins(303, **FORM),
    "POST /people/{person_id:uuid}/enable": admins(303, **FORM),
    # The management API
    "GET /api/v1/courses": keys(200),
    "POST /api/v1/courses": keys(201, json={"title": "Mine"}),
    "GET /api/v1/courses/{course_id:uuid}": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/completion": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/lessons": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/log": owners_key(200),
    "POST /api/v1/courses/{course_id:uuid}/lessons": owners_key(201, json={"type": "normal", "title": "New"}),
    "POST /api/v1/courses/{course_id:uuid}/media": owners_key(201, **PICTURE),
    "GET /api/v1/courses/{course_id:uuid}/sheet.pdf": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/students": owners_key(200),
    "POST /api/v1/courses/{course_id:uuid}/students": owners_key(200, json=[{"number": "77", "name": "Newcomer"}]),
    "GET /api/v1/lessons/{lesson_id:uuid}": owners_key(200),
    "PATCH /api/v1/lessons/{lesson_id:uuid}": owners_key(200, json={"title": "Other"}),
    "DELETE /api/v1/lessons/{lesson_id:uuid}": owners_key(204),
    "GET /api/v1/lessons/{lesson_id:uuid}/preflight": owners_key(200),
    "GET /api/v1/lessons/{lesson_id:uuid}/links": owners_key(200),
    "POST /api/v1/lessons/{lesson_id:uuid}/links": owners_key(201, json={}),
    "DELETE /api/v1/links/{link_id:uuid}": owners_key(204),
    # The rehearsal platform, which is there only in rehearsal
    "GET /rehearsal": public(200),
    "POST /rehearsal/fault": public(303, data={"fault": "none"}),
    "GET /rehearsal/xiaohongshu/sdk.js": public(200),
    "GET /rehearsal/xiaohongshu/composer": public(404),
    "GET /rehearsal/xiaohongshu/published": public(404),
    "POST /rehearsal/xiaohongshu/api/sns/v1/ext/access/token": public(200, json={}),
    "POST /rehearsal/xiaohongshu/api/sns/v1/ext/check/token": public(200, json={}),
}


@dataclass
class World:
    """A running portal with its people; `call` runs domain code in it."""

    client: TestClient
    settings: Settings
    call: Callable[..., Any]
    people: dict[str, SignedIn]
    keys: dict[str, str]
    file: Path

    def ask(self, role: str, method: str, path: str, sends: dict[str, Any]) -> Response:
        """One request of one role, with nothing left from the one before."""
        name = role.removesuffix("'s key")
        headers = {}
        if role.endswith("key"):
            headers["authorization"] = f"Bearer {self.keys[name]}"
        elif role != "nobody":
            headers["cookie"] = f"session={self.call(open_session, self.people[name])}"
        self.client.cookies.clear()
        return self.client.request(method, path, headers=headers, **sends)

    def rows(self) -> list[str]:
        """All that is stored, but for what asking itself leaves: sessions, failed tries, when a key was used."""
        with sqlite3.connect(self.file) as connection:
            connection.execute("UPDATE api_key SET used_at = NULL")
            lines = [line for line in connection.iterdump() if line.startswith("INSERT")]
        return [line for line in lines if not line.startswith(ASKING)]


@pytest.fixture(scope="module")
def world(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all routes: alice, bob and an admin, and keys of alice and bob."""
    folder = tmp_path_factory.mktemp("access")
    file = folder / "portal.sqlite3"
    shutil.copy(migrated, file)
    settings = Settings(
        public_url="http://testserver.local",
        database_url=f"sqlite:///{file}",
        media=f"file://{folder}/media",
        keyring=Keyring.parse(f"1:{'5a' * 32}"),
        rehearsal=True,
    )
    before = database.DB.path
    with TestClient(create_app(settings), base_url=settings.public_url) as client:
        client.follow_redirects = False

        def call(function: Callable[..., Any], *arguments: Any) -> Any:
            with client.portal() as portal:
                return portal.call(function, *arguments)

        async def person(name: str) -> SignedIn:
            return await accept_invitation(await invite(f"{name}@example.org", name == "admin"), name, PASSWORD)

        people = {name: call(person, name) for name in ("alice", "bob", "admin", *MEMBERS)}
        keys = {name: call(create_api_key, people[name], "tests") for name in ("alice", "bob")}
        yield World(client, settings, call, people, keys, file)
    database.DB.path = before


@pytest.fixture
def parts(world: World) -> dict[str, str]:
    """Values for the addresses: a fresh course of alice's with all that hangs on it, and a person to act on."""
    settings, alice = world.settings, world.people["alice"]

    async def furnish() -> dict[str, str]:
        course = await create_course(alice, "Alice's")
        await Membership.insert(
            *(Membership(course=course, person=world.people[name].id, role=role, created_at=now())
              for name, role in MEMBERS.items())
        )  # fmt: skip
        await add_students(None, course, [Entry("1", "Ada")])
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
        await Upload.delete(force=True)  # those of the tests before; nobody may have many
        lesson = await create_shared_lesson(alice, course, LessonDraft("normal", "Tea", "Body", pictures=[picture]))
        link = (await class_links([lesson]))[lesson]
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
        await open_session(alice)
        session = (await sessions_of(alice, ""))[0]
        token = share_token(settings.keyring, link.code_bytes)
        await Printer.delete(force=True)  # as uploads
        await add_printer(alice, "Preferred", (0, 0), (1, 1))
        return {
            "course_id": str(course),
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
            "key_id": str((await keys_of(alice))[0].id),
            "secret": await invite(f"{uuid4()}@example.org"),
            "token": token,
            "import_id": await _sent(settings, alice, course),
            **await _printed(settings, course, lesson),
            "reference": token,
            "link": link.code,
            "media": media_path(settings, (await media_of(course, [picture]))[picture]).removeprefix("/media/"),
            "file_path": "icon.svg",
            "path": "nothing",
            "digest": digest(),
        }

    return world.call(furnish)


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
        "Routes without a row. Say who may use them: add to ROUTES in tests/portal/test_access.py, with public(), "
        f"signed_in(), readers(), markers(), writers(), owned(), admins(), keys() or owners_key() and who may:{missing}"
    )
    gone = sorted(ROUTES.keys() - known)
    assert not gone, f"Rows of routes that are gone; take them out of ROUTES: {gone}"


@pytest.mark.parametrize("route", ROUTES)
def test_route_answers_each_role_as_its_row_says(world: World, parts: dict[str, str], route: str) -> None:
    row = ROUTES[route]
    method, path = address(route, parts)
    expected = dict(zip(ROLES, row.statuses, strict=True))
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
        if expected[role] == 303 and role == "nobody" and not row.sends and method == "GET":
            assert answer.headers["location"].startswith(("/sign-in?next=", "/courses", "/l/")), route
        if answer.status_code >= 400:
            assert "Traceback" not in answer.text
    assert {role: found[role] for role in ROLES} == expected, route


@pytest.mark.parametrize("route", [route for route, row in ROUTES.items() if 404 in row.statuses and "uuid}" in route])
def test_not_yours_is_the_same_answer_as_not_there(world: World, parts: dict[str, str], route: str) -> None:
    row = ROUTES[route]
    method, yours = address(route, parts)
    _, nowhere = address(route, parts | {name: str(uuid4()) for name in parts if name.endswith("_id")})
    for role, status in zip(ROLES, row.statuses, strict=True):
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
