"""Whether a class notices that a server of the portal, or the database's, is switched off: phones report and walls watch.

.venv/bin/python bench/failover.py [--kill database|server] [--phones 200] [--walls 3] [--seconds 40]

It starts what deploy/two_servers.py starts, and for the database a replica that each commit waits for (synchronous commit).
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from load import Phone
from scan import ROOT, event, free_port

sys.path.insert(0, str(ROOT / "deploy"))
from local_postgres import Postgres
from two_servers import Site, running

#: as static/js/student/outbox.js: seconds before a report is sent again, at most, and for an answer
FIRST_WAIT, LONGEST_WAIT, ANSWER_WITHIN = 2.0, 60.0, 15.0
#: as static/js/sharing/wall.js: seconds after a stream that ended, and after an answer that is none
AGAIN, REFUSED = 1.0, 3.0
#: the last line of a traceback in a server's log
ERROR = re.compile(r"[\w.]+(Error|Exception)\b")
#: a student's publication does not say what the events say
WRONG = """
SELECT count(*) FROM publication p FULL JOIN (
  SELECT student, bool_or(kind = 'scan') s, bool_or(kind = 'preview') v, bool_or(kind = 'claim') c
  FROM event WHERE student IS NOT NULL GROUP BY student
) e ON e.student = p.student
WHERE (p.scanned_at IS NOT NULL, p.previewed_at IS NOT NULL, p.claimed_at IS NOT NULL) IS DISTINCT FROM (e.s, e.v, e.c)
"""


def main() -> None:
    """Print what was seen."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kill", choices=("database", "server"), default="database")
    options.add_argument("--phones", type=int, default=200)
    options.add_argument("--walls", type=int, default=3)
    options.add_argument("--seconds", type=float, default=40, help="it is killed after a third of them")
    given = options.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f} at the start")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        with servers(folder) as (first, second), running(folder, free_port(), urls(first, second)) as site:
            asyncio.run(watch_class(site, first, second, given))


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[tuple[Postgres, Postgres]]:
    """A PostgreSQL and its replica; what is acknowledged is on both disks."""
    first, second = Postgres(folder / "first", free_port()), Postgres(folder / "second", free_port())
    first.make()
    try:
        first.start("synchronous_standby_names=second", "synchronous_commit=on")
        second.copy(first, "second")
        second.start()
        yield first, second
    finally:
        second.stop()
        first.stop()


def urls(first: Postgres, second: Postgres) -> str:
    """One DATABASE_URL with both."""
    return f"postgres://portal@{first.address},{second.address}/postgres?target_session_attrs=read-write"


class Watch:
    """What phones and walls saw; times are of time.monotonic()."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.host, port = site.url.removeprefix("https://").split(":")
        self.port = int(port)
        self.sent: set[str] = set()
        #: by id when it was acknowledged, and when it was first sent
        self.acknowledged: dict[str, tuple[float, float]] = {}
        self.failures: dict[str, int] = {}
        #: when each wall showed something, and how often it had to connect
        self.boards: list[list[float]] = []
        self.connected: list[int] = []
        self.killed = 0.0

    def phone(self, cookie: str = "") -> Phone:
        return Phone(self.host, self.port, cookie, self.site.tls)

    def failed(self, what: str) -> None:
        self.failures[what] = self.failures.get(what, 0) + 1


async def watch_class(site: Site, first: Postgres, second: Postgres, given: argparse.Namespace) -> None:
    """Kill in the middle, let all phones end what they have, and count."""
    made = await asyncio.to_thread(make_course, site, given.phones)
    watch, live = Watch(site), first
    cookies = [await scan(watch, token) for token in made[1:]]
    path, session = await asyncio.to_thread(wall_of, site, first)
    walls = [asyncio.create_task(wall(watch, path, session)) for _ in range(given.walls)]
    end = time.monotonic() + given.seconds
    phones = [asyncio.create_task(student(watch, cookie, end, given.seconds)) for cookie in cookies]
    await asyncio.sleep(given.seconds / 3)
    watch.killed = time.monotonic()
    if given.kill == "database":
        await asyncio.to_thread(first.kill)
        await asyncio.to_thread(second.promote)
        live = second
        print(f"the replica was told at once, and takes writes {time.monotonic() - watch.killed:.2f} s after the kill")
    else:
        await asyncio.to_thread(site.servers[0].kill)
    await asyncio.gather(*phones)
    await asyncio.sleep(1)
    for each in walls:
        each.cancel()
    await asyncio.gather(*walls, return_exceptions=True)
    told(watch, live)
    for server in site.servers:
        errors = {line for line in server.log.read_text().splitlines() if ERROR.match(line)}
        print("\n".join(sorted(errors)[:10]))


def make_course(site: Site, students: int) -> list[str]:
    """The link's public id, and a token for each student."""
    command = [sys.executable, str(ROOT / "bench" / "scan_course.py"), str(students)]
    environment = site.environment | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()


async def scan(watch: Watch, token: str) -> str:
    """The cookie of a phone that has scanned."""
    phone = watch.phone()
    status, headers, _ = await phone.request("GET", f"/s/{token}")
    await phone.close()
    if status != 303:
        raise SystemExit(f"/s/TOKEN answered {status}")
    return headers["set-cookie"].split(";")[0]


def wall_of(site: Site, database: Postgres) -> tuple[str, str]:
    """The address of the lesson's stream, and the cookie of a session that may watch."""
    link = site.command("invite", "bench@example.org")
    answer = httpx.post(link, data={"name": "Bench", "password": "violet tractor beneath morning"}, verify=site.tls)
    course, lesson = database.ask("SELECT course || ' ' || id FROM lesson").split()
    return f"/courses/{course}/lessons/{lesson}/wall/stream", answer.headers["set-cookie"].split(";")[0]


async def student(watch: Watch, cookie: str, end: float, seconds: float) -> None:
    """Reports every second or so, and keeps what was not acknowledged as a phone does, until all of it is."""
    # Each goes on twice at moments of its own, so that walls have something new all the time.
    steps = sorted(end - random.uniform(0, seconds) for _ in range(2))
    phone, waiting, wait = watch.phone(cookie), dict[str, tuple[dict[str, object], float]](), FIRST_WAIT
    while waiting or time.monotonic() < end:
        if time.monotonic() < end:
            report = event(("scan", "preview", "claim")[sum(step < time.monotonic() for step in steps)])
            waiting[str(report["id"])] = report, time.monotonic()
            watch.sent.add(str(report["id"]))
        body = json.dumps({"events": [report for report, _ in list(waiting.values())[:50]]}).encode()
        taken = await deliver(watch, phone, body)
        for name in taken:
            watch.acknowledged[name] = time.monotonic(), waiting.pop(name)[1]
        await asyncio.sleep(random.uniform(0.5, 1.5) if taken else wait * random.uniform(0.75, 1.25))
        wait = FIRST_WAIT if taken else min(wait * 2, LONGEST_WAIT)
    await phone.close()


async def deliver(watch: Watch, phone: Phone, body: bytes) -> list[str]:
    """Ids that the portal has now."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            status, _, data = await phone.request("POST", "/api/events", body)
        if status == 200 and "recorded" in json.loads(data):
            return [each["id"] for each in json.loads(body)["events"]]
        watch.failed(f"HTTP {status}")
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        watch.failed(type(error).__name__)
        await phone.close()
    return []


async def wall(watch: Watch, path: str, session: str) -> None:
    """One projector, which comes back as a browser does."""
    number = len(watch.boards)
    watch.boards.append([])
    watch.connected.append(0)
    headers = {"accept": "text/event-stream", "cookie": session}
    async with httpx.AsyncClient(base_url=watch.site.url, verify=watch.site.tls, headers=headers, timeout=None) as http:
        while True:
            watch.connected[number] += 1
            pause = AGAIN
            try:
                async with http.stream("GET", path) as stream:
                    if stream.status_code != 200:
                        pause = REFUSED
                    async for line in stream.aiter_lines():
                        if "tile" in line and (
                            not watch.boards[number] or time.monotonic() - watch.boards[number][-1] > 0.05
                        ):
                            watch.boards[number].append(time.monotonic())
            except httpx.TransportError:
                pass
            await asyncio.sleep(pause)


def told(watch: Watch, live: Postgres) -> None:
    """Print it."""
    stored = set(live.ask("SELECT string_agg(id::text, ' ') FROM event").split())
    acknowledged = set(watch.acknowledged)
    print(
        f"{len(watch.sent)} reports sent, {len(acknowledged)} acknowledged, {len(acknowledged - stored)} of them lost;"
    )
    print(
        f"{len(stored)} rows, {len(stored - watch.sent)} that nobody sent; {live.ask(WRONG)} publications that are wrong"
    )
    print("failures that phones saw: " + (", ".join(f"{n} × {what}" for what, n in watch.failures.items()) or "none"))
    after = sorted(at for at, sent in watch.acknowledged.values() if sent > watch.killed)
    waits = sorted(at - sent for at, sent in watch.acknowledged.values() if at > watch.killed)
    moments = sorted(at for at, _ in watch.acknowledged.values())
    gap = longest(moments, watch.killed)
    print(
        f"first report made after the kill acknowledged {after[0] - watch.killed:.2f} s after it; longest gap {gap:.2f} s;"
    )
    print(f"a report's longest wait {waits[-1]:.2f} s, in the middle {waits[len(waits) // 2]:.2f} s")
    for number, boards in enumerate(watch.boards):
        silence = longest(boards, watch.killed)
        last = boards[-1] - watch.killed
        print(
            f"wall {number + 1}: {watch.connected[number]} connections, silent for {silence:.2f} s, still live {last:.1f} s after"
        )


def longest(moments: list[float], killed: float) -> float:
    """The longest time between two of them of which the later is after the kill."""
    pairs = itertools.pairwise(moments)
    return max((later - earlier for earlier, later in pairs if later > killed), default=float("inf"))


if __name__ == "__main__":
    main()
