"""Phones scan at once: `portal serve` on SQLite beside a bare Litestar handler, under the same load.

.venv/bin/python bench/scan.py [--phones 500 2000] [--seconds 10] [--workers 1]
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from load import Phone, Tally, timed

ROOT = Path(__file__).parent.parent

BARE = """
import uvicorn
from litestar import Litestar, get

@get("/")
async def answer() -> dict[str, str]:
    return {"hello": "world"}

uvicorn.run(Litestar([answer], openapi_config=None, logging_config=None), port=%d, log_level="warning", access_log=False,
            loop="uvloop", http="httptools", backlog=4096)
"""


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--phones", type=int, nargs="*", default=[500, 2000])
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--workers", type=int, default=1)
    given = options.parse_args()
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}, {given.workers} app process(es), load generator beside it"
    )
    with tempfile.TemporaryDirectory() as folder, portal(Path(folder), given.workers) as place:
        for phones in given.phones:
            asyncio.run(lecture_hall(place, phones, given.seconds))
        asyncio.run(saturation(place))


class Place:
    """A running portal: where it listens, its database, its first process, and the cookies of phones that scanned."""

    def __init__(self, port: int, database: Path, public_id: str, cookies: list[str], process: int) -> None:
        self.port, self.database, self.public_id, self.cookies, self.process = (
            port,
            database,
            public_id,
            cookies,
            process,
        )


@contextlib.contextmanager
def portal(
    folder: Path, workers: int, command: list[str] | None = None, students: int = 2000, platforms: Sequence[str] = (),
    more: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Place]:  # fmt: skip
    """`portal serve`, or another command with {port} in it; one lesson, its students, a personal link's cookie for each.

    `platforms` are the lesson's, the usual one where there are none; `more` are settings.
    """
    port = free_port()
    database = folder / "bench.sqlite3"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "PORTAL_MEDIA": f"file://{folder}/media",
        "PORTAL_SECRET_KEYS": f"1:{'42' * 32}",
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORTAL_REHEARSAL": "1",
        **more,
    }
    tokens = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "scan_course.py"), str(students), *platforms],
        env=environment, check=True, capture_output=True, text=True, cwd=ROOT,
    ).stdout.split()  # fmt: skip
    command = command or [sys.executable, "-m", "portal", "serve", "--port", "{port}", "--workers", str(workers)]
    server = subprocess.Popen([part.format(port=port) for part in command], env=environment, cwd=ROOT)
    try:
        wait_for(port, 90)  # several processes start slowly beside other work
        cookies = asyncio.run(scan_all(port, tokens[1:]))
        yield Place(port, database, tokens[0], cookies, server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


async def scan_all(port: int, tokens: list[str]) -> list[str]:
    """The cookie that each token's first GET sets."""
    phone, cookies = Phone("127.0.0.1", port), []
    for token in tokens:
        status, headers, _ = await phone.request("GET", f"/s/{token}")
        if status != 303:
            raise SystemExit(f"/s/TOKEN answered {status}")
        cookies.append(headers["set-cookie"].split(";")[0])
    await phone.close()
    return cookies


async def lecture_hall(place: Place, phones: int, seconds: float) -> None:
    """Each phone: one GET of the page and three event POSTs, of which one is a repeat, at a random moment."""
    tally, sent = Tally(), []
    before = count_events(place)

    async def student(number: int) -> None:
        await asyncio.sleep(random.uniform(0, seconds))
        phone = Phone("127.0.0.1", place.port, place.cookies[number % len(place.cookies)])
        await timed(tally, "page", phone, "GET", f"/l/{place.public_id}")
        scan, preview = event("scan"), event("preview")
        for body in (scan, preview, scan):
            if await timed(tally, "event", phone, "POST", "/api/events", {"events": [body]}):
                sent.append(body["id"])
        await phone.close()

    start = time.perf_counter()
    await asyncio.gather(*(student(number) for number in range(phones)))
    took = time.perf_counter() - start
    stored = count_events(place) - before
    print(f"\n{phones} phones in {seconds:g} s: {len(tally.errors)} errors, {took:.1f} s in all,")
    print(f"{len(set(sent))} events acknowledged, {stored} rows in the database")
    print(f"{'':8}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}")
    for kind in ("page", "event"):
        print(f"{kind:8}" + "".join(f"{value:10.1f}" for value in tally.percentiles(kind)))
    for error in sorted(set(tally.errors)):
        print(f"  {tally.errors.count(error)} × {error}")


async def saturation(place: Place, connections: int = 64, seconds: float = 6.0) -> None:
    """Closed loop at 64 connections: events acknowledged a second, pages a second, and a bare JSON handler."""
    bare_port = free_port()
    bare = subprocess.Popen([sys.executable, "-c", BARE % bare_port])  # noqa: ASYNC220 -- nothing else runs yet
    try:
        wait_for(bare_port)
        rates = {
            "event": await rate(place, place.port, connections, seconds, "event"),
            "page": await rate(place, place.port, connections, seconds, "page"),
            "bare": await rate(place, bare_port, connections, seconds, "bare"),
        }
    finally:
        bare.terminate()
        bare.wait(10)
    print(f"\n{connections} connections, closed loop, {seconds:g} s each")
    print(f"acknowledged events  {rates['event']:8.0f} /s")
    print(f"pages                {rates['page']:8.0f} /s   {rates['page'] / rates['bare']:.0%} of the bare handler")
    print(f"bare JSON handler    {rates['bare']:8.0f} /s")


async def rate(place: Place, port: int, connections: int, seconds: float, kind: str) -> float:
    """Answers a second."""
    tally, end = Tally(), time.perf_counter() + seconds

    async def loop(number: int) -> None:
        phone = Phone("127.0.0.1", port)
        while time.perf_counter() < end:
            # Another phone each time: the portal keeps only so much of one.
            phone.cookie = random.choice(place.cookies) if kind != "bare" else ""
            if kind == "event":
                await timed(tally, kind, phone, "POST", "/api/events", {"events": [event("scan")]})
            else:
                await timed(tally, kind, phone, "GET", "/" if kind == "bare" else f"/l/{place.public_id}")
        await phone.close()

    await asyncio.gather(*(loop(number) for number in range(connections)))
    if tally.errors:
        print(f"  {kind}: {len(tally.errors)} errors, such as {tally.errors[0]}")
    return len(tally.seconds.get(kind, [])) / seconds


def event(kind: str) -> dict[str, object]:
    """As the page makes it."""
    at = datetime.now(UTC).isoformat()
    return {"id": str(uuid.uuid4()), "kind": kind, "platform": "xiaohongshu", "at": at, "detail": {}}


def count_events(place: Place) -> int:
    with contextlib.closing(sqlite3.connect(place.database)) as connection:
        return connection.execute("SELECT count(*) FROM event").fetchone()[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


if __name__ == "__main__":
    main()
