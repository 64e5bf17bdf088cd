"""`kill -9` of the server under load loses no acknowledged event."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from courses.catalogue import create_course
from courses.drafts import LessonDraft
from courses.links import class_links, create_shared_lesson
from courses.people import add_person
from courses.tokens import Keyring, share_token

ROOT = Path(__file__).parent.parent
KEYS = f"1:{'5a' * 32}"
pytestmark = pytest.mark.anyio
ROUNDS, WRITERS = 3, 40


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(database: Path, media: Path, port: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "PORTAL_MEDIA": f"file://{media}",
        "PORTAL_SECRET_KEYS": KEYS,
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    return subprocess.Popen([sys.executable, "-m", "portal", "serve", "--port", str(port)], env=environment, cwd=ROOT)


async def until_ready(port: int, server: subprocess.Popen[bytes]) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            assert server.poll() is None, "the server ended"
            try:
                if (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise AssertionError("not ready in 10 s")


async def write_until_dead(port: int, token: str, acknowledged: list[str]) -> None:
    async with httpx.AsyncClient(timeout=5) as client:
        while True:
            identity = str(uuid.uuid4())
            event = {"id": identity, "kind": "scan", "at": datetime.now(UTC).isoformat(), "link": token}
            try:
                answer = await client.post(
                    f"http://127.0.0.1:{port}/api/events", content=json.dumps({"events": [event]})
                )
            except httpx.TransportError:
                return
            assert answer.status_code == 200, answer.text
            acknowledged.append(identity)


async def test_kill_loses_no_acknowledged_event(db: Path, tmp_path: Path) -> None:
    alice = await add_person("alice@example.org", "Alice")
    lesson = await create_shared_lesson(alice, await create_course(alice, "Spring"), LessonDraft("normal", "Tea"))
    link = (await class_links([lesson]))[lesson]
    token = share_token(Keyring.parse(KEYS), link.code_bytes)
    acknowledged: list[str] = []
    for _ in range(ROUNDS):
        port = free_port()
        server = start(db, tmp_path / "media", port)
        try:
            await until_ready(port, server)
            writers = [asyncio.create_task(write_until_dead(port, token, acknowledged)) for _ in range(WRITERS)]
            before = len(acknowledged)
            end = time.monotonic() + 20
            while len(acknowledged) < before + 300 and time.monotonic() < end:  # noqa: ASYNC110 -- looks from outside
                await asyncio.sleep(0.01)
            server.send_signal(signal.SIGKILL)
            await asyncio.gather(*writers)
        finally:
            server.kill()
            server.wait()
    with sqlite3.connect(db) as connection:
        stored = [row[0] for row in connection.execute("SELECT id FROM event")]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(acknowledged) >= ROUNDS * 300
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))
