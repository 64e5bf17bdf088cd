"""What pages cost as the work of others grows: every GET of an instructor, an admin, a student and a program, by size.

.venv/bin/python bench/growth.py [--courses 20] [--full] [--databases sqlite postgres] [--rounds 9] [--all]

Three portals run at once (a small course; one course of 200 students, 20 lessons and 10,000 events; that course and copies of it
that others own) and are asked in turn, so that all meet the same load. --full is 200 courses and 2 million events.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from litestar.routes import HTTPRoute
from scan import ROOT, free_port, wait_for

sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "deploy"))
from local_postgres import Postgres

#: students, lessons, events of a course
SMALL, COURSE = (10, 3, 100), (200, 20, 10_000)
FULL, AIM = 200, 1.5
#: of a process's own clock, as clock_getcpuclockid(3) makes its number
CPUCLOCK_SCHED = 2
#: seconds for all rounds of one page, after which no other is begun
PATIENCE = 12.0
#: what has no end, and what is the same everywhere and not of the database
LEFT_OUT = re.compile(r"/stream$|^/static/|^/schema|^/healthz|^/metrics|^/rehearsal|/sheet/preview\.png$|/ruler\.pdf$")


@dataclass
class Portal:
    """A portal that runs, and what its addresses need."""

    http: httpx.Client
    processes: list[int]
    parts: dict[str, Any]
    session: str
    admin: str
    phone: str = ""
    #: milliseconds of processor by page: the server's, its workers' and the database's
    took: dict[str, list[float]] = field(default_factory=dict)

    def worked(self) -> int:
        """Nanoseconds so far."""
        return sum(map(processor, self.processes))

    def ask(self, path: str) -> httpx.Response:
        """As who may see it."""
        path = re.sub(r"\{(\w+):\w+\}", lambda part: str(self.parts.get(part[1], uuid4())), path)
        if path.startswith("/api/v1"):
            return self.http.get(path, headers={"authorization": f"Bearer {self.parts['key']}"})
        cookie = f"session={self.admin if path.startswith('/people') else self.session}"
        if path.startswith(("/l/", "/api/post", "/S/", "/s/", "/privacy", "/go", "/v")):
            cookie = self.phone
        return self.http.get(path, headers={"cookie": cookie, "accept-language": "en"})


def main() -> None:
    """Print a table for each database."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--courses", type=int, default=20)
    options.add_argument("--full", action="store_true")
    options.add_argument("--databases", nargs="*", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--all", action="store_true", help="every page, not those beyond the aim alone")
    given = options.parse_args()
    courses = FULL if given.full else given.courses
    for kind in given.databases:
        with contextlib.ExitStack() as at_end:
            folder = Path(at_end.enter_context(tempfile.TemporaryDirectory()))
            folder.chmod(0o711)
            address, own = at_end.enter_context(DATABASES[kind](folder))
            began = time.monotonic()
            portals = [
                at_end.enter_context(serving(folder, address(name), own, size, neighbours))
                for name, size, neighbours in (("small", SMALL, 0), ("one", COURSE, 0), ("many", COURSE, courses - 1))
            ]
            print(
                f"\n{kind}: {courses} courses, {courses * COURSE[2]:,} events, made in {time.monotonic() - began:.0f} s;"
            )
            print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
            measure(portals, given.rounds, given.all)


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[Any]:
    """Addresses of files; no process works for them but the portal's."""
    yield (lambda name: f"sqlite:///{folder}/{name}.sqlite3"), []


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Any]:
    """Addresses of databases of one server, and its process."""
    server = Postgres(folder / "postgres", free_port())
    server.make()
    server.start("shared_buffers=1GB", "max_wal_size=4GB", "fsync=off")  # pages only read

    def address(name: str) -> str:
        server.ask(f"CREATE DATABASE {name}")
        return server.url.rpartition("/")[0] + f"/{name}"

    try:
        yield address, [server.process]
    finally:
        server.stop()


DATABASES = {"sqlite": sqlite, "postgres": postgres}


@contextlib.contextmanager
def serving(
    folder: Path, database: str, own: list[int], size: tuple[int, int, int], neighbours: int
) -> Iterator[Portal]:
    """A portal with its courses."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database, "PORTAL_MEDIA": f"file://{folder}/media", "PORTAL_SECRET_KEYS": f"1:{'42' * 32}",
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}", "PORTAL_REHEARSAL": "1", "PYTHONPATH": str(ROOT),
        "PORTAL_SECURITY_LOG": f"{folder}/security.log",
    }  # fmt: skip

    def made(script: str, *arguments: object) -> str:
        command = [sys.executable, str(ROOT / "bench" / script), *map(str, arguments)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment).stdout

    session, course = made("class_course.py", *size).split()[-2:]
    parts = json.loads(made("stalls_course.py", course))
    admin = made("growth_course.py", course, neighbours).split()[-1]
    server = subprocess.Popen([sys.executable, "-m", "portal", "serve", "--port", str(port)], cwd=ROOT, env=environment)
    try:
        wait_for(port, 60)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as http:
            scan = http.get(f"/s/{parts['token']}")
            yield Portal(http, [server.pid, *own], parts, session, admin, scan.headers["set-cookie"].split(";")[0])
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def processor(process: int) -> int:
    """Nanoseconds that a process and all below it have worked, with their threads that have ended."""
    total = 0
    with contextlib.suppress(OSError):  # it has ended
        total += time.clock_gettime_ns(~process << 3 | CPUCLOCK_SCHED)
        children = Path(f"/proc/{process}/task").glob("*/children")
        total += sum(processor(int(child)) for path in children for child in path.read_text().split())
    return total


def pages() -> list[str]:
    """Every address of the application that is read."""
    from portal.app import create_app
    from portal.settings import Settings

    routes = [route for route in create_app(Settings(rehearsal=True)).routes if isinstance(route, HTTPRoute)]
    read = {route.path for route in routes for handler in route.route_handlers if "GET" in handler.http_methods}
    return sorted(path for path in read if not LEFT_OUT.search(path))


def measure(portals: list[Portal], rounds: int, everything: bool) -> None:
    """The least work of all rounds: what a server does beside a page adds to it, and nothing takes away."""
    no_page, rows = [], []
    for path in pages():
        answers = [portal.ask(path) for portal in portals]
        if {answer.status_code for answer in answers} - {200}:
            no_page.append(f"{path} {answers[-1].status_code}")
            continue
        end = time.monotonic() + PATIENCE
        for _ in range(rounds):
            for portal in portals:
                start = portal.worked()
                portal.ask(path)
                portal.took.setdefault(path, []).append((portal.worked() - start) / 1e6)
            if time.monotonic() > end:
                break
        small, one, many = (min(portal.took[path]) for portal in portals)
        rows.append((many / one, f"| `{path}` | {small:.1f} | {one:.1f} | {many:.1f} | {many / one:.2f} |"))
    print("| page | small, ms of processor | one course | many | many to one |\n|---|---:|---:|---:|---:|")
    for ratio, line in sorted(rows, reverse=True):
        if everything or ratio > AIM:
            print(line)
    within = sum(ratio <= AIM for ratio, _ in rows)
    print(
        f"{within} of {len(rows)} pages within {AIM} ×; no page at {len(no_page)} addresses without a row of theirs",
        flush=True,
    )
    if everything:
        print("\n".join(no_page))


if __name__ == "__main__":
    main()
