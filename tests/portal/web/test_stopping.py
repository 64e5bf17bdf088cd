"""A server that is told to stop does not wait for the walls that watch it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from courses import database
from courses.catalogue.courses import create_course
from courses.clock import now
from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.people.sessions import open_session, session_person
from courses.tables.people import Session

ROOT = Path(__file__).parents[2]
#: seconds; the server itself gives its connections ten
SOON = 6


async def _wall() -> tuple[str, str]:
    """The address of a wall's stream, and the secret of a session that may watch it."""
    await database.open_database()
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Spring")
    lesson = await create_shared_lesson(alice, course, LessonDraft("normal", "Tea"))
    secret = await open_session(alice)
    await database.close_database()
    return f"/courses/{course}/lessons/{lesson}/wall/stream", secret


def test_server_stops_at_once_under_an_open_wall_and_the_stream_ends_whole(own_database: str, tmp_path: Path) -> None:
    path, secret = asyncio.run(_wall())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": own_database, "PORTAL_MEDIA": f"file://{tmp_path}/media",
        "PORTAL_SECRET_KEYS": f"1:{'5a' * 32}", "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    server = subprocess.Popen([sys.executable, "-m", "portal", "serve", "--port", str(port)], env=environment, cwd=ROOT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies={"session": secret}, timeout=20) as wall:
            for _ in range(300):
                assert server.poll() is None, "the server ended"
                try:
                    wall.get("/readyz")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            with wall.stream("GET", path, headers={"accept": "text/event-stream"}) as stream:
                lines = stream.iter_lines()
                assert any(line.startswith("data:") for line in lines)
                server.send_signal(signal.SIGTERM)
                # A connection that was cut would raise.
                assert not any(line.startswith("event: ended") for line in lines)
        assert server.wait(SOON) in (0, -signal.SIGTERM)
    finally:
        server.kill()
        server.wait()


@pytest.mark.anyio
async def test_wall_that_looks_again_keeps_no_session_alive(db: str) -> None:
    secret = await open_session(await add_person("alice@example.org", "Alice"))
    before = now() - timedelta(hours=1)
    await Session.update({Session.seen_at: before}, force=True)
    assert (await session_person(secret, seen=False)).name == "Alice"
    assert (await Session.select(Session.seen_at).first())["seen_at"] == before
    await session_person(secret)
    assert (await Session.select(Session.seen_at).first())["seen_at"] > before
