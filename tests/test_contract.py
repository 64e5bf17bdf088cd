"""The contract that others script against: what students' phones and programs may rely on, line by line, on a real server."""

import io
import os
import re
import secrets
import select
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pypdfium2
import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
NOTE = "https://www.xiaohongshu.com/explore/64b2f0a1000000001c00e3f2"


@pytest.fixture(scope="module")
def key(portal: Any) -> str:
    """An API key of a new instructor, made by the commands."""
    email = f"{secrets.token_hex(4)}@example.org"
    invitation = portal.command("invite", email)
    form = {"name": "Alice", "password": "violet tractor beneath morning"}
    assert httpx.post(invitation, data=form).status_code == 303
    return portal.command("api-key", email, "--name", "contract")


@pytest.fixture(scope="module")
def api(portal: Any, key: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{portal.url}/api/v1", headers={"authorization": f"Bearer {key}"}, timeout=30) as api:
        yield api


@pytest.fixture(scope="module")
def course(api: httpx.Client) -> str:
    course = api.post("/courses", json={"title": "Spring 春", "term": "2026"}).json()["id"]
    api.post(f"/courses/{course}/students", json=[{"number": "1", "name": "陈一"}, {"number": "2", "name": "Bo"}])
    return course


@pytest.fixture(scope="module")
def picture(api: httpx.Client, course: str) -> dict[str, Any]:
    file = io.BytesIO()
    Image.effect_noise((640, 480), 80).convert("RGB").save(file, "JPEG")
    answer = api.post(f"/courses/{course}/media", files={"file": ("a.jpg", file.getvalue(), "image/jpeg")})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def lesson(api: httpx.Client, course: str, picture: dict[str, Any]) -> dict[str, Any]:
    draft = {
        "type": "normal", "title": "Tea 茶", "content": "**Hot** water", "topics": ["tea"],
        "images": [picture["id"]], "cover": picture["id"], "platforms": ["xiaohongshu"],
    }  # fmt: skip
    answer = api.post(f"/courses/{course}/lessons", json=draft)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def link(api: httpx.Client, lesson: dict[str, Any]) -> dict[str, Any]:
    return api.post(f"/lessons/{lesson['id']}/links", json={}).json()


@pytest.fixture
def phone(portal: Any) -> Iterator[httpx.Client]:
    """A phone's own browser."""
    agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
    with httpx.Client(base_url=portal.url, headers={"user-agent": agent, "accept-language": "en"}, timeout=30) as phone:
        yield phone


def event(kind: str, **detail: str) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    return {"id": str(uuid4()), "kind": kind, "platform": "xiaohongshu", "at": at, "detail": detail}


# Student side


@pytest.mark.parametrize("folder", ["s", "S"])
def test_scan_leads_to_the_clean_page_with_a_cookie(phone: httpx.Client, link: dict, folder: str) -> None:
    token = link["url"].rpartition("/")[2]
    answer = phone.get(f"/{folder}/{token if folder == 'S' else token.lower()}")
    assert answer.status_code == 303
    assert re.fullmatch("/l/[A-Z2-7]{8}", answer.headers["location"])
    assert "HttpOnly" in answer.headers["set-cookie"]
    page = phone.get(answer.headers["location"])
    assert (page.status_code, token in page.text.upper()) == (200, False)


def test_scan_of_what_is_no_code_is_404_and_of_an_ended_one_410(
    phone: httpx.Client, api: httpx.Client, link: dict
) -> None:
    token = link["url"].rpartition("/")[2]
    flipped = token[:10] + ("A" if token[10] != "A" else "B") + token[11:]
    assert phone.get(f"/S/{flipped}").status_code == 404
    past = {"expires_at": "2026-01-01T00:00:00Z"}
    expired = api.post(f"/lessons/{link['lesson']}/links", json=past).json()
    assert phone.get(f"/S/{expired['url'].rpartition('/')[2]}").status_code == 410
    assert api.delete(f"/links/{link['id']}").status_code == 204
    withdrawn = phone.get(f"/S/{token}")
    assert (withdrawn.status_code, "text/html" in withdrawn.headers["content-type"]) == (410, True)


def test_class_link_asks_once_who_you_are(phone: httpx.Client, link: dict) -> None:
    page = phone.get(link["url"]).headers["location"]
    assert phone.get(f"{page}/student").status_code == 200
    assert phone.post(f"{page}/student", data={"student": "99"}).status_code == 422
    assert phone.post(f"{page}/student", data={"student": "2"}).status_code == 303
    assert "2 B**" in phone.get(page).text, "a number alone shows no full name"


def test_events_are_recorded_once_however_often_they_come(phone: httpx.Client, link: dict) -> None:
    phone.get(link["url"])
    events = [event("scan"), event("preview"), event("launch")]
    assert phone.post("/api/events", json={"events": events}).json() == {"recorded": 3, "known": 0}
    assert phone.post("/api/events", json={"events": [*events, event("return")]}).json() == {"recorded": 1, "known": 3}


def test_every_kind_of_event_is_taken_and_no_other(phone: httpx.Client, link: dict) -> None:
    phone.get(link["url"])
    details = {"fail": {"message": "refused"}, "link": {"url": NOTE}}
    for kind in ("scan", "preview", "launch", "fail", "return", "claim", "link"):
        answer = phone.post("/api/events", json={"events": [event(kind, **details.get(kind, {}))]})
        assert (answer.status_code, answer.json()["recorded"]) == (200, 1), kind
    for kind in ("confirm", "refuse", "published"):
        answer = phone.post("/api/events", json={"events": [event(kind)]})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_preview_for_programs(portal: Any, phone: httpx.Client, link: dict) -> None:
    public = phone.get(link["url"]).headers["location"].rpartition("/")[2]
    by_cookie = phone.get(f"/api/post/preview/{public}").json()
    assert by_cookie == httpx.get(f"{portal.url}/api/post/preview/{link['url'].rpartition('/')[2]}").json()
    assert set(by_cookie) == {
        "id", "type", "title", "content", "coverUrl", "imageUrls", "videoUrl", "topics", "createdAt", "updatedAt",
    }  # fmt: skip
    assert (by_cookie["type"], by_cookie["title"], by_cookie["topics"]) == ("normal", "Tea 茶", ["tea"])
    assert httpx.get(by_cookie["imageUrls"][0]).headers["content-type"] == "image/jpeg"
    assert httpx.get(f"{portal.url}/api/post/preview/{public}").status_code == 401


def test_hand_over_for_programs(phone: httpx.Client, link: dict) -> None:
    token = link["url"].rpartition("/")[2]
    told = phone.get(f"/api/post/publish/{token}").json()
    assert set(told) == {"data", "shareInfo"}
    assert set(told["data"]) == {"appKey", "nonce", "timestamp", "signature"}
    assert {"type", "title", "content", "images", "cover"} <= set(told["shareInfo"]) <= {
        "type", "title", "content", "images", "video", "cover",
    }  # fmt: skip
    assert told["shareInfo"]["images"][0].startswith("http")


def test_hand_over_of_what_cannot_be_published_is_409_with_reasons(
    api: httpx.Client, phone: httpx.Client, course: str
) -> None:
    empty = api.post(f"/courses/{course}/lessons", json={"type": "normal", "title": "No pictures"}).json()
    answer = phone.get(f"/api/post/publish/{empty['links'][0]['url'].rpartition('/')[2]}")
    assert answer.status_code == 409
    assert answer.json()["error"]["reasons"]
    api.delete(f"/lessons/{empty['id']}")  # so that the course's sheet can be printed


def test_code_under_the_qr_can_be_typed(phone: httpx.Client, link: dict) -> None:
    assert phone.get("/go").status_code == 200
    answer = phone.post("/go", data={"code": link["code"].lower()})
    assert answer.status_code == 303
    assert phone.get(answer.headers["location"]).headers["location"].startswith("/l/")


def test_health(portal: Any) -> None:
    assert httpx.get(f"{portal.url}/healthz").json()["status"] == "ok"
    ready = httpx.get(f"{portal.url}/readyz")
    assert (ready.status_code, set(ready.json()["checks"])) == (200, {"database", "migrations", "media"})


# Management API


def test_api_needs_a_key_and_is_described(portal: Any) -> None:
    refused = httpx.post(f"{portal.url}/api/v1/courses", json={"title": "x"})
    assert (refused.status_code, set(refused.json()), set(refused.json()["error"])) == (
        401,
        {"error"},
        {"code", "message"},
    )
    assert httpx.get(f"{portal.url}/schema/openapi.json").json()["openapi"].startswith("3.")


def test_api_courses(api: httpx.Client) -> None:
    answer = api.post("/courses", json={"title": "T", "term": "2026"})
    assert answer.status_code == 201
    assert {"title": "T", "term": "2026"}.items() <= answer.json().items()
    assert UUID(answer.json()["id"])
    assert set(api.post("/courses", json={"title": ""}).json()["error"]) == {"code", "message", "fields"}


def test_api_students(api: httpx.Client) -> None:
    course = api.post("/courses", json={"title": "T"}).json()["id"]
    answer = api.post(f"/courses/{course}/students", json=[{"number": "1", "name": "Ann"}])
    assert answer.status_code == 200
    assert answer.json() | {"added": 1, "renamed": 0, "unchanged": 0} == answer.json()
    answer = api.post(f"/courses/{course}/students", content="1,Anna\n2,Bo", headers={"content-type": "text/csv"})
    assert answer.json() | {"added": 1, "renamed": 1, "unchanged": 0} == answer.json()


def test_api_media(picture: dict) -> None:
    assert {"width": 640, "height": 480}.items() <= picture.items()
    assert UUID(picture["id"])
    assert httpx.get(picture["url"]).headers["content-type"] == "image/jpeg"


def test_api_lessons(api: httpx.Client, lesson: dict) -> None:
    path = f"/lessons/{lesson['id']}"
    assert api.get(path).json() == lesson
    assert api.patch(path, json={"title": "Coffee"}).json()["title"] == "Coffee"
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_api_links(api: httpx.Client, phone: httpx.Client, lesson: dict) -> None:
    answer = api.post(f"/lessons/{lesson['id']}/links", json={"expires_at": "2999-01-01T00:00:00Z", "student": "2"})
    assert answer.status_code == 201
    link = answer.json()
    assert {"id", "url", "code", "expires_at"} <= set(link)
    assert re.fullmatch("[0-9A-Z]{3}-[0-9A-Z]{4}", link["code"])
    assert re.fullmatch("http://[^/]+/S/[A-Z2-7]{39}", link["url"])
    assert "Bo" in phone.get(phone.get(link["url"]).headers["location"]).text
    assert api.delete(f"/links/{link['id']}").status_code == 204


@pytest.mark.parametrize("layout", ["a4-24", "a4-poster"])
def test_api_sheet(api: httpx.Client, course: str, lesson: dict, layout: str) -> None:
    answer = api.get(f"/courses/{course}/sheet.pdf", params={"layout": layout, "personal": "true"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert len(pypdfium2.PdfDocument(answer.content)) >= 1


def test_api_completion(api: httpx.Client, phone: httpx.Client, course: str, lesson: dict) -> None:
    link = api.post(f"/lessons/{lesson['id']}/links", json={"student": "1"}).json()
    phone.get(link["url"])
    phone.post("/api/events", json={"events": [event("scan"), event("link", url=NOTE)]})
    told = api.get(f"/courses/{course}/completion").json()
    assert {"students", "totals"} <= set(told)
    cells = {row["name"]: row["lessons"][lesson["id"]] for row in told["students"]}
    assert set(cells) == {"陈一", "Bo"}
    assert cells["陈一"].items() >= {"rung": "linked", "platform": "xiaohongshu", "note_url": NOTE}.items()
    assert cells["Bo"]["rung"] == "not_started"
    assert told["totals"]["linked"] == 1


# Commands


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `portal` and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "portal", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def refused(environment: dict[str, str], *arguments: str) -> str:
    """The one line on stderr with which a command ends that cannot go on."""
    done = run(environment, *arguments)
    assert done.returncode not in (0, None)
    assert (done.stdout, done.stderr.count("\n")) == ("", 1), done.stdout + done.stderr
    assert done.stderr.startswith(f"portal {arguments[0]}: ")
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def empty(tmp_path: Path, new_database: Callable[[Path], str]) -> dict[str, str]:
    """The environment of a portal that has nothing yet."""
    return os.environ | {
        "DATABASE_URL": new_database(tmp_path),
        "PORTAL_MEDIA": f"file://{tmp_path}/media",
        "PORTAL_SECRET_KEYS": f"1:{'5a' * 32}",
        "PORTAL_PUBLIC_URL": "http://127.0.0.1:1",
    }


def test_command_migrate_can_be_run_again(empty: dict[str, str]) -> None:
    for _ in range(2):
        done = run(empty, "migrate")
        assert (done.returncode, done.stderr) == (0, "")


def test_command_serve_needs_a_database_that_is_up_to_date_and_a_free_port(empty: dict[str, str]) -> None:
    assert "portal migrate" in refused(empty, "serve")
    run(empty, "migrate")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert port in refused(empty, "serve", "--host", "127.0.0.1", "--port", port)


def test_command_serve_with_two_workers_answers(empty: dict[str, str]) -> None:
    run(empty, "migrate")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "portal", "serve", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(command, env=empty, cwd=ROOT)
    try:
        assert until_it_answers(f"http://127.0.0.1:{port}/readyz") == 200
    finally:
        server.terminate()
        assert server.wait(20) in (0, -15)


def until_it_answers(url: str) -> int:
    end = time.monotonic() + 30
    while True:
        try:
            return httpx.get(url).status_code
        except httpx.TransportError:
            assert time.monotonic() < end, "no answer in 30 s"
            time.sleep(0.1)


def test_command_invite_prints_a_link_that_works_once(portal: Any) -> None:
    invitation = portal.command("invite", f"{secrets.token_hex(4)}@example.org", "--admin")
    assert invitation.startswith(f"{portal.url}/invitations/")
    assert httpx.get(invitation).status_code == 200
    form = {"name": "Ada", "password": "violet tractor beneath morning"}
    assert httpx.post(invitation, data=form).status_code == 303
    assert httpx.post(invitation, data=form).status_code == 410
    assert "e-mail" in refused(portal.environment, "invite", "nobody")


def test_command_api_key_is_for_people_who_are_there(portal: Any) -> None:
    assert refused(portal.environment, "api-key", "nobody@example.org", "--name", "x")


def test_command_sheet_writes_a_whole_file_or_none(portal: Any, course: str, lesson: dict, tmp_path: Path) -> None:
    out = tmp_path / "sheet.pdf"
    for personal in ([], ["--personal"]):
        portal.command("sheet", course, "--layout", "a4-24", "--out", str(out), *personal)
        assert len(pypdfium2.PdfDocument(out.read_bytes())) >= 1
    none = tmp_path / "none.pdf"
    assert "a4-24" in refused(portal.environment, "sheet", course, "--layout", "a3", "--out", str(none))
    assert refused(portal.environment, "sheet", str(uuid4()), "--layout", "a4-24", "--out", str(none))
    assert refused(
        portal.environment, "sheet", course, "--layout", "a4-24", "--out", str(tmp_path / "no" / "folder.pdf")
    )
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.pdf"]


def test_sheet_says_which_lessons_cannot_be_published(
    portal: Any, api: httpx.Client, course: str, lesson: dict, tmp_path: Path
) -> None:
    empty = api.post(f"/courses/{course}/lessons", json={"type": "normal", "title": "No pictures"}).json()
    out = tmp_path / "sheet.pdf"
    command = ("sheet", course, "--layout", "a4-24", "--out", str(out))
    try:
        reason = refused(portal.environment, *command)
        assert "“No pictures”: The lesson has no pictures." in reason
        assert not out.exists()
        assert run(portal.environment, *command, "--unchecked", "--only-publishable").returncode == 2
        for choice in ("only_publishable", "unchecked"):
            portal.command(*command, f"--{choice.replace('_', '-')}")
            assert out.read_bytes().startswith(b"%PDF")
            answer = api.get(f"/courses/{course}/sheet.pdf", params={choice: "true"})
            assert answer.headers["content-type"] == "application/pdf"
        answer = api.get(f"/courses/{course}/sheet.pdf")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_publishable")
        assert [each["lesson"] for each in answer.json()["error"]["reasons"]] == [empty["id"]]
    finally:
        api.delete(f"/lessons/{empty['id']}")


def test_commands_backup_and_restore_bring_everything_back(
    portal: Any, empty: dict[str, str], course: str, lesson: dict, tmp_path: Path, new_database: Any
) -> None:
    file = tmp_path / "all.backup"
    portal.command("backup", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run(empty, "restore", str(file)).returncode == 0
    sheet = tmp_path / "sheet.pdf"
    assert run(empty, "sheet", course, "--layout", "a4-24", "--out", str(sheet)).returncode == 0
    assert sheet.read_bytes().startswith(b"%PDF")
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert "not empty" in refused(empty, "restore", str(file))
    broken = tmp_path / "broken.backup"
    broken.write_bytes(file.read_bytes()[:-100])
    assert refused(empty | {"DATABASE_URL": new_database(tmp_path / "other")}, "restore", str(broken))
    assert refused(empty, "restore", str(tmp_path / "missing"))


def test_command_sweep_says_what_went(portal: Any, empty: dict[str, str]) -> None:
    portal.command("sweep")  # earlier tests have erased students
    assert portal.command("sweep") == "nothing to sweep"
    assert "portal migrate" in refused(empty, "sweep")


def test_command_doctor_says_what_is_wrong(portal: Any, empty: dict[str, str]) -> None:
    well = run(portal.environment, "doctor")
    assert (well.returncode, "wrong" in well.stdout) == (0, False), well.stdout
    ill = run(empty, "doctor")
    assert (ill.returncode, ill.stderr.count("\n")) == (1, 1)
    assert "portal migrate" in ill.stdout


def test_command_demo_prints_what_a_visitor_needs(tmp_path: Path, new_database: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": new_database(tmp_path),
        "PORTAL_MEDIA": f"file://{tmp_path}/media",
        "PORTAL_SECRET_KEYS": f"1:{'5a' * 32}",
    }
    command = [sys.executable, "-m", "portal", "demo", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        told = read_until(server, "█", 120)
        url = f"http://127.0.0.1:{port}"
        assert until_it_answers(f"{url}/readyz") == 200
        invitation = re.search(rf"{url}/invitations/\S+", told)
        share = re.search(rf"{url}/S/[A-Z2-7]{{36}}", told)
        sheet = re.search(r"\S+\.pdf", told)
        assert invitation
        assert share
        assert sheet
        assert httpx.get(invitation[0]).status_code == 200
        assert httpx.get(share[0]).status_code == 303
        assert Path(sheet[0]).read_bytes().startswith(b"%PDF")
    finally:
        server.terminate()
        server.wait(20)


def read_until(process: subprocess.Popen[bytes], mark: str, seconds: float) -> str:
    """What a process has printed when the mark comes."""
    assert process.stdout is not None
    told, end = b"", time.monotonic() + seconds
    while mark.encode() not in told:
        assert time.monotonic() < end, told.decode(errors="replace")
        if select.select([process.stdout], [], [], 1)[0]:
            part = os.read(process.stdout.fileno(), 65_536)
            assert part, told.decode(errors="replace")
            told += part
    return told.decode(errors="replace")


# Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_PUBLIC_URL", "class.example.com"),
        ("PORTAL_PUBLIC_URL", "https://class.example.com/portal"),
        ("DATABASE_URL", "mysql://x"),
        ("PORTAL_MEDIA", "ftp://x"),
        ("PORTAL_SECRET_KEYS", "1:short"),
        ("PORTAL_XHS_API_URL", "nowhere"),
        ("PORTAL_XHS_SDK_URL", "javascript:alert(1)"),
        ("PORTAL_XHS_APP_KEY", "key-without-secret"),
        ("PORTAL_TIME_ZONE", "Mars/Olympus"),
    ],
)
def test_wrong_setting_stops_the_start_with_its_name(empty: dict[str, str], name: str, value: str) -> None:
    named = "PORTAL_XHS_APP_SECRET" if name == "PORTAL_XHS_APP_KEY" else name
    told = refused(empty | {name: value}, "serve")
    assert named in told
    assert "5a5a" not in told


def test_setting_can_come_from_a_file(empty: dict[str, str], tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"1:{'5a' * 32}\n")
    environment = {name: value for name, value in empty.items() if name != "PORTAL_SECRET_KEYS"}
    assert run(environment | {"PORTAL_SECRET_KEYS_FILE": str(keys)}, "migrate").returncode == 0
    assert "PORTAL_SECRET_KEYS" in refused(environment | {"PORTAL_SECRET_KEYS_FILE": str(tmp_path / "no")}, "migrate")
    assert "PORTAL_SECRET_KEYS" in refused(empty | {"PORTAL_SECRET_KEYS_FILE": str(keys)}, "migrate")
