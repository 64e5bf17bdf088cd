"""`kill -9` of the server loses no acknowledged event, and an upload goes on where it was."""

import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from PIL import Image

from courses.catalogue.courses import create_course
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.people.sessions import open_session
from courses.tokens import Keyring, share_token
from tests.databases import rows

ROOT = Path(__file__).parent.parent
KEYS = f"1:{'5a' * 32}"
pytestmark = pytest.mark.anyio
ROUNDS, WRITERS = 3, 40


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(database: str, media: Path, port: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DATABASE_URL": database,
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


async def test_kill_loses_no_acknowledged_event(db: str, tmp_path: Path) -> None:
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
    stored = [row[0] for row in rows(db, "SELECT id FROM event")]
    if db.startswith("sqlite"):
        assert rows(db, "PRAGMA integrity_check") == [("ok",)]
    assert len(acknowledged) >= ROUNDS * 300
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))


async def test_kill_in_the_middle_of_an_upload_costs_no_acknowledged_byte(db: str, tmp_path: Path) -> None:
    alice = await add_person("alice@example.org", "Alice")
    course, secret = await create_course(alice, "Spring"), await open_session(alice)
    file = io.BytesIO()
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(file, "JPEG", quality=95)
    data, half = file.getvalue(), len(file.getvalue()) // 2
    tus = {"Tus-Resumable": "1.0.0", "Accept": "application/json"}
    piece = tus | {"Content-Type": "application/offset+octet-stream"}
    port, ahead, dead = free_port(), asyncio.Event(), asyncio.Event()
    server = start(db, tmp_path / "media", port)

    async def endless() -> AsyncIterator[bytes]:
        yield data[half : half + 100_000]
        ahead.set()
        await dead.wait()
        yield data[half + 100_000 :]

    try:
        await until_ready(port, server)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", cookies={"session": secret}) as browser:
            made = await browser.post(f"/courses/{course}/uploads", headers=tus | {
                "Upload-Length": str(len(data)), "Upload-Metadata": "filename dGVhLmpwZw=="})  # fmt: skip
            place = made.headers["location"]
            answer = await browser.patch(place, content=data[:half], headers=piece | {"Upload-Offset": "0"})
            assert answer.headers["upload-offset"] == str(half)
            rest = asyncio.create_task(
                browser.patch(place, content=endless(), headers=piece | {"Upload-Offset": str(half)})
            )
            await asyncio.wait_for(ahead.wait(), 20)
            server.kill()
            server.wait()
            dead.set()
            with pytest.raises(httpx.TransportError):
                await rest
            server = start(db, tmp_path / "media", port)
            await until_ready(port, server)
            assert rows(db, "SELECT count(*) FROM media") == [(0,)]
            begun = int((await browser.head(place, headers=tus)).headers["upload-offset"])
            assert half <= begun <= half + 100_000
            await browser.patch(place, content=data[begun:], headers=piece | {"Upload-Offset": str(begun)})
            told = (await browser.post(f"{place}/media", headers=tus, timeout=30)).json()
            assert (told["width"], told["height"]) == (1920, 1440)  # what platforms take
            shown = Image.open(io.BytesIO((await browser.get(told["full"])).content))
            shown.load()
    finally:
        server.kill()
        server.wait()
