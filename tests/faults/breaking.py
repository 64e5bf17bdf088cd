"""What breaks: each is a context, in which it is broken."""

import contextlib
import os
import resource
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest

from courses import clock, database
from tests import databases
from tests.black_holes import Way
from tests.databases import Beside, execute


@dataclass(frozen=True)
class Broken:
    """What a fault has at hand: the address of the database as others see it, and the ways that lead to it and to the bucket."""

    address: str
    way: Way | None
    patch: pytest.MonkeyPatch


@contextlib.contextmanager
def locked_file(broken: Broken) -> Iterator[None]:
    """Another program holds SQLite's file."""
    with contextlib.closing(sqlite3.connect(database.DB.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        broken.patch.setattr(database.DB, "wait", 0.2)
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def read_only_file(broken: Broken) -> Iterator[None]:
    """As on a file system that the kernel has mounted anew for reading after an error."""
    database.DB._writer.execute("PRAGMA query_only = 1")
    yield
    database.DB._writer.execute("PRAGMA query_only = 0")


@contextlib.contextmanager
def full_disk(broken: Broken) -> Iterator[None]:
    """No file of this process grows beyond what the log of SQLite has now: the kernel refuses it as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = Path(f"{database.DB.path}-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def cut_connections(broken: Broken) -> Iterator[None]:
    """Again and again."""
    stop = threading.Event()

    def cut() -> None:
        while not stop.wait(0.05):
            broken.way.cut()

    with _meanwhile(cut, stop):
        yield


@contextlib.contextmanager
def ended_connections(broken: Broken) -> Iterator[None]:
    """By whoever runs PostgreSQL, again and again."""
    stop, theirs = threading.Event(), f"datname = current_database() AND application_name <> '{databases.NAME}'"

    def end() -> None:
        while not stop.wait(0.2):
            execute(broken.address, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {theirs}")

    with _meanwhile(end, stop):
        yield


@contextlib.contextmanager
def frozen_connections(broken: Broken) -> Iterator[None]:
    """What is open swallows all that is said; new ones are well."""
    broken.way.freeze(later=False)
    yield


@contextlib.contextmanager
def black_hole(broken: Broken) -> Iterator[None]:
    """What is open and what is new swallows all that is said."""
    broken.way.freeze()
    yield
    broken.way.thaw()


@contextlib.contextmanager
def nobody_listens(broken: Broken) -> Iterator[None]:
    """The other side is down: connections are refused."""
    broken.way.close()
    broken.way.cut()
    yield
    broken.way.open()


@contextlib.contextmanager
def names_gone(broken: Broken) -> Iterator[None]:
    """No name is found any more, and connections have to be made anew."""
    with broken.patch.context() as patch:

        def nobody(*_: Any, **__: Any) -> Any:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

        patch.setattr(socket, "getaddrinfo", nobody)
        broken.way.cut()
        yield


@contextlib.contextmanager
def read_only_server(broken: Broken) -> Iterator[None]:
    """PostgreSQL takes no writes, as one that has not been promoted yet."""
    name = broken.address.rpartition("/")[2]
    execute(broken.address, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    broken.way.cut()
    yield
    with Beside(broken.address) as beside:
        beside.execute(
            "SET default_transaction_read_only = off", f"ALTER DATABASE {name} RESET default_transaction_read_only"
        )


@contextlib.contextmanager
def clock_jumps(broken: Broken, by: timedelta) -> Iterator[None]:
    """The server's clock is wrong by this, and then right again."""

    class Clock:
        def now(self, zone: tzinfo) -> datetime:
            return datetime.now(zone) + by

    with broken.patch.context() as patch:
        patch.setattr(clock, "datetime", Clock())
        yield


@contextlib.contextmanager
def killed_workers(broken: Broken) -> Iterator[None]:
    """Each worker process, as soon as it is there."""
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(0.001):
            for pid in workers():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    with _meanwhile(kill, stop):
        yield


@contextlib.contextmanager
def workers_out_of_memory(broken: Broken) -> Iterator[None]:
    """Each worker process has less address space than it has taken, and cannot have more."""
    stop = threading.Event()

    def bound() -> None:
        while not stop.wait(0.001):
            for pid in workers():
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_AS, (1 << 20, 1 << 20))

    with _meanwhile(bound, stop):
        yield
    for pid in workers():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def workers() -> list[int]:
    """Worker processes of this one."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for pid in (task / "children").read_text().split():
                if b"anyio.to_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(int(pid))
    return found


@contextlib.contextmanager
def _meanwhile(work: Callable[[], None], stop: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
