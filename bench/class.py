"""A class at work: phones and the walls that watch them, two app processes on one SQLite file; then events across a `kill -9`.

.venv/bin/python bench/class.py [--phones 200] [--walls 3] [--seconds 30]
"""

import argparse
import asyncio
import contextlib
import os
import random
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from load import Phone, Tally, timed
from scan import ROOT, Place, count_events, event, free_port, portal, rate, wait_for

TILE = re.compile(r'class="tile (\w+)" id="t')
#: what a tile shows at least after each report
STEPS = (("scan", 1), ("preview", 2), ("claim", 3))
RANK = {"waiting": 0, "excused": 0, "scanned": 1, "working": 2, "stuck": 2, "done": 3}
SESSION = (
    "import asyncio; from courses.database import *; from courses.people.accounts import add_person\n"
    "from courses.people.sessions import *\n"
    "async def main():\n"
    "    await open_database(); print(await open_session(await add_person('bench@example.org', 'Bench')))\n"
    "asyncio.run(main())"
)


def main() -> None:
    """Print what was measured."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--phones", type=int, default=200)
    options.add_argument("--walls", type=int, default=3)
    options.add_argument("--seconds", type=float, default=30)
    given = options.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f} at the start")
    with tempfile.TemporaryDirectory() as folder, portal(Path(folder), 2, students=given.phones) as place:
        asyncio.run(walls(place, given.walls, given.seconds))
    with tempfile.TemporaryDirectory() as folder, portal(Path(folder), 1, students=given.phones) as place:
        found = asyncio.run(rate(place, place.port, 32, 6, "event"))
        print(f"events at 32 connections, one process: {found:.0f} acknowledged a second")
        asyncio.run(killed(place))


async def walls(place: Place, count: int, seconds: float) -> None:
    """Each phone reports its steps within `seconds`; the delay is from sending a report until a wall has received it."""
    shown: list[dict[tuple[int, int], float]] = [{} for _ in range(count)]
    sent: dict[tuple[int, int], float] = {}
    path, cookies = address(place), {"session": session(place)}
    ready = [asyncio.Event() for _ in range(count)]

    async def watch(number: int) -> None:
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{place.port}", cookies=cookies, timeout=None) as wall,
            wall.stream("GET", path, headers={"accept": "text/event-stream"}) as stream,
        ):
            text = ""
            async for line in stream.aiter_lines():
                text += line
                if line or "data:" not in text:
                    continue
                moment = time.perf_counter()
                for seat, state in enumerate(TILE.findall(text)):
                    for rank in range(1, RANK[state] + 1):
                        shown[number].setdefault((seat, rank), moment)
                text = ""
                ready[number].set()

    tally = Tally()

    async def student(seat: int) -> None:
        phone = Phone("127.0.0.1", place.port, place.cookies[seat])
        moments = sorted(random.uniform(0, seconds) for _ in STEPS)
        begun = time.perf_counter()
        for (kind, rank), moment in zip(STEPS, moments, strict=True):
            await asyncio.sleep(max(0, begun + moment - time.perf_counter()))
            sent[seat, rank] = time.perf_counter()
            await timed(tally, "event", phone, "POST", "/api/events", {"events": [event(kind)]})
            # The server hangs up after 5 s of silence; a phone notices and connects again.
            await phone.close()

    await asyncio.sleep(3)
    before = await idle()
    watching = [asyncio.create_task(watch(number)) for number in range(count)]
    await asyncio.gather(*(each.wait() for each in ready))
    await asyncio.sleep(1)
    print(f"CPU of all server processes: {before:.1%} without a wall, {await idle():.1%} with {count} idle ones")
    await asyncio.gather(*(student(seat) for seat in range(len(place.cookies))))
    await asyncio.sleep(3)
    delays = sorted(seen[key] - moment for seen in shown for key, moment in sent.items() if key in seen)
    cuts = statistics.quantiles(delays, n=100, method="inclusive")
    print(f"{len(place.cookies)} phones in {seconds:g} s, {count} walls, 2 processes: {len(tally.errors)} errors,")
    print(
        f"{len(delays)} of {len(sent) * count} changes seen; report to wall p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s,"
    )
    print(f"longest {delays[-1]:.2f} s; reports answered p95 {tally.percentiles('event')[1]:.0f} ms")
    for each in watching:
        each.cancel()
    await asyncio.gather(*watching, return_exceptions=True)


async def idle(seconds: float = 5) -> float:
    """CPU time of all our server processes as a share of a core."""
    before = ticks()
    await asyncio.sleep(seconds)
    return (ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds


def ticks() -> int:
    """Of all processes below this one."""
    parents: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parts = entry.read_text().rsplit(")", 1)[1].split()
            parents[int(entry.parent.name)] = int(parts[1]), int(parts[11]) + int(parts[12])
    ours, size = {os.getpid()}, 0
    while len(ours) > size:
        size = len(ours)
        ours |= {number for number, (parent, _) in parents.items() if parent in ours}
    return sum(parents[number][1] for number in ours - {os.getpid()} if number in parents)


async def killed(place: Place) -> None:
    """A second server on the same file is killed under load; its unanswered reports are then sent again to the first."""
    port, answered, open_ones = free_port(), set[str](), {}
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{place.database}", "PORTAL_MEDIA": f"file://{place.database.parent}/media",
        "PORTAL_SECRET_KEYS": f"1:{'42' * 32}", "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}", "PORTAL_REHEARSAL": "1",
    }  # fmt: skip
    server = subprocess.Popen(  # noqa: ASYNC220 -- nothing else runs yet
        [sys.executable, "-m", "portal", "serve", "--port", str(port)], env=environment, cwd=ROOT
    )
    wait_for(port)
    before = count_events(place)

    async def report(number: int) -> None:
        phone = Phone("127.0.0.1", port, place.cookies[number])
        while True:
            body = event("scan")
            open_ones[body["id"]] = (number, body)
            tally = Tally()
            if await timed(tally, "event", phone, "POST", "/api/events", {"events": [body]}) is None:
                return
            answered.add(str(body["id"]))
            del open_ones[body["id"]]

    reporting = asyncio.gather(*(report(number) for number in range(32)))
    await asyncio.sleep(3)
    server.send_signal(signal.SIGKILL)
    await reporting
    server.wait()
    stored = ids(place)
    again = Tally()
    for number, body in open_ones.values():
        phone = Phone("127.0.0.1", place.port, place.cookies[number])
        await timed(again, "event", phone, "POST", "/api/events", {"events": [body]})
        await phone.close()
    total, wanted = count_events(place) - before, len(answered) + len(open_ones)
    print(f"kill -9 after {len(answered)} acknowledged reports: {len(answered - stored)} of them lost;")
    print(f"{len(open_ones)} unanswered ones sent again: {total} rows, {wanted} wanted, {len(again.errors)} errors")


def ids(place: Place) -> set[str]:
    with contextlib.closing(sqlite3.connect(place.database)) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM event")}


def address(place: Place) -> str:
    with contextlib.closing(sqlite3.connect(place.database)) as connection:
        lesson, course = connection.execute("SELECT id, course FROM lesson").fetchone()
    return f"/courses/{course}/lessons/{lesson}/wall/stream"


def session(place: Place) -> str:
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{place.database}"}
    done = subprocess.run(
        [sys.executable, "-c", SESSION], env=environment, check=True, capture_output=True, text=True, cwd=ROOT
    )
    return done.stdout.strip()


if __name__ == "__main__":
    main()
