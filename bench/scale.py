"""What more processes bring on PostgreSQL, and what one report and one page cost: events/s, pages/s, exact counts.

.venv/bin/python bench/scale.py [--processes 1 2 4] [--seconds 6] [--connections 64]

Each number of processes gets a database of its own. Phones, portal and PostgreSQL share this machine's processors, so that the
costs (milliseconds of processor, commits, bytes) say more than the rates; docs/scale.md makes machines of them.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from growth import processor
from load import Phone
from local_postgres import Postgres
from scan import Place, event, free_port, portal

Answer = Awaitable[tuple[int, dict[str, str], bytes]]
Ask = Callable[[Phone], Answer]
#: of the database, each as one number
STATE = {
    "rows": "SELECT count(*) FROM event",
    "commits": "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()",
    "log": "SELECT pg_current_wal_lsn() - '0/0'",
}


@dataclass
class Load:
    """What phones did: answers, bytes that went out and came in, and what failed."""

    answered: int = 0
    seconds: float = 0.0
    came_in: int = 0
    failed: int = 0


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--processes", type=int, nargs="*", default=[1, 2, 4])
    options.add_argument("--seconds", type=float, default=6)
    options.add_argument("--connections", type=int, default=64)
    given = options.parse_args()
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}, {given.connections} connections, {given.seconds:g} s each"
    )
    print("| processes | | answers/s | failed | acknowledged | rows | portal ms | PostgreSQL ms | phones ms | commits | log bytes"
          " | answer bytes |\n|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")  # fmt: skip
    for processes in given.processes:
        measure(processes, given.seconds, given.connections)


def measure(processes: int, seconds: float, connections: int) -> None:
    """A line for each load."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        database = Postgres(folder / "postgres", free_port())
        database.make()
        database.start("shared_buffers=256MB", "max_wal_size=4GB")
        try:
            with portal(folder, processes, students=500, more={"DATABASE_URL": database.url}) as place:
                for kind in LOADS:
                    line(processes, kind, place, database, seconds, connections)
        finally:
            database.stop()


def line(processes: int, kind: str, place: Place, database: Postgres, seconds: float, connections: int) -> None:
    """One load, and what it cost for each answer."""
    before, worked = state(database), work(place, database)
    load = asyncio.run(LOADS[kind](place, seconds, connections))
    after, now = state(database), work(place, database)
    cost = [(later - earlier) / 1e6 / load.answered for earlier, later in zip(worked, now, strict=True)]
    rows, commits, log = (after[name] - before[name] for name in ("rows", "commits", "log"))
    print(
        f"| {processes} | {kind} | {load.answered / load.seconds:.0f} | {load.failed} |"
        f" {load.answered if kind == 'report' else 0} | {rows} | {' | '.join(f'{each:.2f}' for each in cost)} |"
        f" {commits / load.answered:.2f} | {log / load.answered:.0f} | {load.came_in / load.answered:.0f} |",
        flush=True,
    )


def state(database: Postgres) -> dict[str, int]:
    """Numbers by the names of STATE; the statistics of PostgreSQL come a second late."""
    time.sleep(1.5)
    return {name: int(float(database.ask(statement))) for name, statement in STATE.items()}


def work(place: Place, database: Postgres) -> tuple[int, int, int]:
    """Nanoseconds of processor so far: the portal's processes, the database's, and this one as all phones."""
    return processor(place.process), processor(database.process), time.process_time_ns()


async def reports(place: Place, seconds: float, connections: int) -> Load:
    """Each of them a new event of some student."""

    def ask(phone: Phone) -> Answer:
        return phone.request("POST", "/api/events", json.dumps({"events": [event("scan")]}).encode())

    return await closed_loop(place, seconds, connections, ask)


async def pages(place: Place, seconds: float, connections: int) -> Load:
    """The lesson as a phone opens it, without its pictures, scripts and styles."""
    return await closed_loop(place, seconds, connections, lambda phone: phone.request("GET", f"/l/{place.public_id}"))


async def files(place: Place, seconds: float, connections: int) -> Load:
    """The stylesheet of that page, one of the dozen files that a browser asks for the first time."""
    _, _, page = await Phone("127.0.0.1", place.port, place.cookies[0]).request("GET", f"/l/{place.public_id}")
    address = page.decode().partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    return await closed_loop(place, seconds, connections, lambda phone: phone.request("GET", address))


LOADS = {"report": reports, "page": pages, "file": files}


async def closed_loop(place: Place, seconds: float, connections: int, ask: Ask) -> Load:
    """Each connection asks again as soon as it is answered."""
    load, began = Load(), time.perf_counter()

    async def one() -> None:
        phone = Phone("127.0.0.1", place.port)
        while time.perf_counter() - began < seconds:
            phone.cookie = random.choice(place.cookies)
            status, headers, data = await ask(phone)
            load.answered += status == 200
            load.failed += status != 200
            load.came_in += len(data) + sum(len(name) + len(value) + 4 for name, value in headers.items())
        await phone.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    load.seconds = time.perf_counter() - began
    return load


if __name__ == "__main__":
    main()
