"""HEAD: as GET, without its body."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from courses.lessons.authoring import lessons_of


@pytest.mark.parametrize(
    "path",
    [
        "/s/{token}",
        "/S/{token}",
        "/s/AAAA",
        "/go",
        "/privacy",
        "/sign-in",
        "/courses",
        "/nothing",
        "/schema/openapi.json",
    ],
)
def test_head_answers_as_get_would(classroom: Any, phone: Callable[..., Any], path: str) -> None:
    address = path.format(token=classroom.token(0))
    got, head = phone().get(address), phone().request("HEAD", address)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert "content-length" in head.headers, "of a body with a ticket it differs each time"
    for name in ("location", "content-type", "content-encoding", "content-security-policy"):
        assert head.headers.get(name) == got.headers.get(name), name
    assert classroom.events() == []


def test_head_of_own_pages_is_theirs_alone(alice: TestClient, bob: TestClient, classroom: Any) -> None:
    path = f"/lessons/{classroom.lesson}"
    for browser, status in ((alice, 200), (bob, 404)):
        head = browser.head(path)
        assert (head.status_code, head.content) == (status, b"")


def test_head_of_what_takes_only_post_is_refused(alice: TestClient, classroom: Any) -> None:
    refused = alice.head(f"/lessons/{classroom.lesson}/deletion")
    assert (refused.status_code, refused.content) == (405, b"")
    assert len(classroom.run(lessons_of, classroom.course)) == 1


def test_head_of_a_stream_without_end_comes_to_an_end(alice: TestClient, classroom: Any, app: Litestar) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in alice.cookies.items())
    sent: list[Any] = []

    async def ask() -> None:
        scope = {
            "type": "http", "method": "HEAD", "path": f"/courses/{classroom.course}/lessons/{classroom.lesson}/wall/stream",
            "raw_path": b"", "query_string": b"", "root_path": "", "scheme": "http", "server": ("testserver.local", 80),
            "client": ("127.0.0.1", 1), "http_version": "1.1", "asgi": {"version": "3.0"}, "state": {}, "extensions": {},
            "headers": [(b"host", b"testserver.local"), (b"accept", b"text/event-stream"), (b"cookie", cookie.encode())],
        }  # fmt: skip
        done = asyncio.Event()

        async def receive() -> Any:
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                done.set()

        async with asyncio.timeout(10):
            await app(scope, receive, send)

    classroom.run(ask)
    assert [(message["type"], message.get("status"), message.get("body")) for message in sent] == [
        ("http.response.start", 200, None),
        ("http.response.body", None, b""),
    ]
