"""One phone, or one network, that sends without end: what is kept of it is bounded, and others are counted meanwhile."""

import json
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.databases import rows

KINDS = ("scan", "preview", "launch", "return")


class Class:
    """A course with a class link on a real portal; `rows` asks its database."""

    def __init__(self, portal: Any) -> None:
        self.url, self.database = portal.url, portal.environment["DATABASE_URL"]
        email = f"{secrets.token_hex(4)}@example.org"
        path = portal.command("invite", email).removeprefix(portal.url)
        self.alice = httpx.Client(base_url=portal.url, timeout=60)
        self.alice.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        self.key = portal.command("api-key", email, "--name", "tests").split()[-1]
        self.course = self.api("POST", "/courses", json={"title": "Flood", "term": "now"})["id"]
        self.api(
            "POST",
            f"/courses/{self.course}/students",
            json=[{"number": f"7{n:02}", "name": f"林 {n}"} for n in range(9)],
        )
        draft = {"type": "normal", "title": "T", "content": "C", "images": [], "topics": []}
        self.lesson = self.api("POST", f"/courses/{self.course}/lessons", json=draft)["id"]
        self.link = urlsplit(self.api("POST", f"/lessons/{self.lesson}/links", json={})["url"]).path

    def api(self, method: str, path: str, **more: Any) -> Any:
        answer = self.alice.request(method, f"/api/v1{path}", headers={"authorization": f"Bearer {self.key}"}, **more)
        assert answer.status_code < 300, (path, answer.text[:300])
        return answer.json() if answer.content else None

    def rows(self, query: str, *values: Any) -> list[Any]:
        return rows(self.database, query, *values)

    def count(self) -> int:
        return int(self.rows("SELECT count(*) FROM event WHERE lesson = ?", self.lesson)[0][0])


@pytest.fixture(scope="module")
def room(portal: Any) -> Class:
    return Class(portal)


@pytest.fixture
def phone(room: Class) -> Callable[[], httpx.Client]:
    def scanned() -> httpx.Client:
        phone = httpx.Client(base_url=room.url, timeout=60)
        assert phone.get(room.link).status_code == 303
        return phone

    return scanned


def event(kind: str = "scan", **detail: Any) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    return {"id": str(uuid4()), "kind": kind, "platform": "xiaohongshu", "at": at, "detail": detail}


def test_one_phone_leaves_few_rows_and_others_are_counted(room: Class, phone: Callable[[], httpx.Client]) -> None:
    flooding, before = phone(), room.count()
    statuses = [
        flooding.post("/api/events", json={"events": [event(KINDS[n % 4]) for n in range(100)]}).status_code
        for _ in range(12)
    ]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert room.count() - before <= 600
    answer = flooding.post("/api/events", json={"events": [event()]})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) <= 3600
    assert phone().post("/api/events", json={"events": [event()]}).json() == {"recorded": 1, "known": 0}


def test_only_known_words_of_a_report_are_kept(room: Class, phone: Callable[[], httpx.Client]) -> None:
    detail = {"message": "签名错误" * 200, "mode": "js_sdk", "junk": "x" * 900, "deep": {"message": ["x"] * 100}}
    report = event("fail", **detail)
    assert phone().post("/api/events", json={"events": [report]}).status_code == 200
    (kept,) = room.rows("SELECT detail FROM event WHERE id = ?", report["id"])
    assert json.loads(kept[0]) == {"message": ("签名错误" * 200)[:500], "mode": "js_sdk"}


def test_ticket_of_a_refused_scan_is_good_for_one_row(room: Class) -> None:
    phone = httpx.Client(base_url=room.url, timeout=60)
    found = re.search(r'data-refusal="([^"]+)"', phone.get("/s/nonsense").text)
    assert found
    before = room.rows("SELECT count(*) FROM refused_scan")[0][0]
    for _ in range(50):
        body = {"id": str(uuid4()), "at": datetime.now(UTC).isoformat(), "ticket": found[1]}
        assert phone.post("/api/refusals", json=body).status_code == 200
    assert room.rows("SELECT count(*) FROM refused_scan")[0][0] == before + 1


def test_flood_of_nobody_takes_nothing_of_a_student_who_is_known(
    room: Class, phone: Callable[[], httpx.Client]
) -> None:
    lin = phone()
    page = lin.get(room.link).headers["location"]
    assert lin.post(f"{page}/student", data={"student": "701"}).status_code == 303
    token = room.link.rsplit("/", 1)[-1]
    bare = httpx.Client(base_url=room.url, timeout=60)  # no cookie: the token itself says which link
    statuses = set()
    for _ in range(230):
        many = [event("return") | {"link": token} for n in range(100)]
        statuses.add(bare.post("/api/events", json={"events": many}).status_code)
    assert statuses == {200, 429}
    assert lin.post("/api/events", json={"events": [event("claim")]}).json() == {"recorded": 1, "known": 0}
