"""How long a phone waits while others send the worst that every route takes: `portal serve` on SQLite, a course of 30,000 cells.

.venv/bin/python bench/stalls.py [--named] [--routes] [--least 50] [--students 1000] [--lessons 30] [--events 60000]
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
from scan import free_port, wait_for
from stalls_inputs import Ask, named, of_routes

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Waited:
    """The longest wait of the phone in ms, and how many of them the server's loop thread worked."""

    longest: float = 0.0
    worked: float = 0.0
    errors: int = 0


def main() -> None:
    """Print the tables: the inputs that are named, and what the routes' worst inputs did."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--named", action="store_true")
    options.add_argument("--routes", action="store_true")
    options.add_argument(
        "--least", type=float, default=50, help="ms: routes that make somebody wait less are only counted"
    )
    for name, usual in (("students", 1000), ("lessons", 30), ("events", 60_000)):
        options.add_argument(f"--{name}", type=int, default=usual)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), given) as (port, server, session, parts):
        phone = Phone(port, server, parts)
        try:
            print(
                f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}; calm: {told(phone.during(lambda: time.sleep(5)))}"
            )
            if given.named or not given.routes:
                table(phone, port, session, parts, named(parts), 0)
            if given.routes or not given.named:
                table(phone, port, session, parts, of_routes(parts), given.least)
        finally:
            phone.stop()


@contextlib.contextmanager
def served(folder: Path, given: argparse.Namespace) -> Iterator[tuple[int, int, str, dict[str, Any]]]:
    """A portal with its course: its port, its process, its instructor's session, and values for addresses."""
    port = free_port()
    os.environ.update({
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "PORTAL_MEDIA": f"file://{folder}/media",
        "PORTAL_SECRET_KEYS": f"1:{'42' * 32}", "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}", "PORTAL_REHEARSAL": "1",
        "PYTHONPATH": str(ROOT),
    })  # fmt: skip
    session, course = made("class_course.py", given.students, given.lessons, given.events).split()
    parts = json.loads(made("stalls_course.py", course))
    server = subprocess.Popen([sys.executable, "-m", "portal", "serve", "--port", str(port)], cwd=ROOT)
    try:
        wait_for(port)
        yield port, server.pid, session, parts
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def made(script: str, *arguments: object) -> str:
    """What a script that makes a course prints."""
    command = [sys.executable, str(ROOT / "bench" / script), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


class Phone:
    """A student's phone in a process of its own that opens its lesson again and again, every 5 ms."""

    def __init__(self, port: int, server: int, parts: dict[str, Any]) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            scan = client.get(f"/s/{parts['token']}")
        cookie, path = scan.headers["set-cookie"].split(";")[0], scan.headers["location"]
        self._pipe, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=knock, args=(theirs, port, server, path, cookie), daemon=True)
        self._process.start()
        self._pipe.recv()

    def during(self, work: Any) -> Waited:
        """What the phone waited while something else went on, and a little longer."""
        self._pipe.send("begin")
        self._pipe.recv()
        work()
        time.sleep(0.05)
        self._pipe.send("end")
        return Waited(*self._pipe.recv())

    def stop(self) -> None:
        """No more scans."""
        self._process.terminate()


def knock(pipe: Connection, port: int, server: int, path: str, cookie: str) -> None:
    """The phone's process."""
    pipe.send("ready")
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    while pipe.recv() == "begin":
        longest, errors, began = (0.0, 0.0), 0, False
        connection.close()  # the server has ended one that was idle; the next request opens it again
        while not pipe.poll():
            start, worked = time.monotonic(), loop_seconds(server)
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            errors += answer.status != 200
            if not began:
                pipe.send("begun")
                began = True
                continue
            longest = max(longest, (time.monotonic() - start, loop_seconds(server) - worked))
            time.sleep(0.005)
        pipe.recv()
        pipe.send((longest[0] * 1000, longest[1] * 1000, errors))


def loop_seconds(server: int) -> float:
    """What the thread of the server's event loop has worked."""
    return int(Path(f"/proc/{server}/task/{server}/schedstat").read_text().split()[0]) / 1e9


def told(waited: Waited) -> str:
    return (
        f"{waited.longest:.0f} ms, {waited.worked:.0f} ms of them the loop's work"
        + f", {waited.errors} errors" * bool(waited.errors)
    )


def table(phone: Phone, port: int, session: str, parts: dict[str, Any], asks: list[Ask], least: float) -> None:
    """A line for each input that made the phone wait at least this long."""
    print("\n| input | answer | its own s | a phone waits ms | of it the loop works ms |\n|---|---:|---:|---:|---:|")
    below, kept = 0, 0.0
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300) as client:
        for ask in asks:
            who = (
                {"Authorization": f"Bearer {parts['key']}"}
                if ask.path.startswith("/api/v1")
                else {"Cookie": f"session={session}"}
            )
            headers = ({} if ask.nobody else who) | {"Accept-Language": "en"} | ask.headers
            status: list[int | str] = []

            def send(ask: Ask = ask, headers: dict[str, str] = headers, status: list[int | str] = status) -> None:
                try:
                    status.append(client.request(ask.method, ask.path, headers=headers, content=ask.body).status_code)
                except httpx.HTTPError as error:
                    status.append(type(error).__name__)

            start = time.monotonic()
            waited = phone.during(send)
            if waited.longest < least:
                below, kept = below + 1, max(kept, waited.longest)
                continue
            print(
                f"| {ask.name} | {status[0]} | {time.monotonic() - start:.1f} | {waited.longest:.0f} | {waited.worked:.0f} |",
                flush=True,
            )
    if below:
        print(f"\n{below} inputs below {least:g} ms, the longest of them {kept:.0f} ms")


if __name__ == "__main__":
    main()
