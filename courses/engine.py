"""SQLite for many phones: kept connections, called in the event loop, one writer.

Piccolo's own engine opens a connection, and a thread, for every query. This one keeps two connections for as long as the
pool is open: a reader, and a writer behind a lock. It never blocks the loop while another process holds SQLite's lock:
busy answers are tried again after an asynchronous sleep. The disk is waited for in a thread. What reads thousands of rows
goes apart: into a thread with an event loop and a read-only connection of its own. It overrides two private methods, so
Piccolo is pinned to a minor version and tests/courses/test_engine.py compares it with the stock engine.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from pathlib import Path
from typing import Any, TypeVar

from piccolo.engine.sqlite import SQLiteEngine, dict_factory
from piccolo.table import Table

from courses.writer_lock import WriterLock

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
READS = ("SELECT", "WITH", "EXPLAIN")
#: kB of pages that a connection keeps: the lists of a large course read more than SQLite's usual 2 MB
CACHE = 4_000
#: threads that read apart; more would only take the interpreter from one another
APART = 2

T = TypeVar("T")
#: rows of one statement: so few that the loop makes it in some 10 ms, and others have their turn before the next
ROWS = 50
#: seconds of a transaction after which others have their turn in the loop
TURN = 0.01
#: seconds that somebody waits until what can wait gives up the lock, and between two looks whether somebody does
WAITED, LOOK = 1.0, 0.1
#: the read-only connection of a thread that reads apart
_apart: ContextVar[sqlite3.Connection | None] = ContextVar("_apart", default=None)
#: whether what is written goes before what others wait to write
urgent: ContextVar[bool] = ContextVar("urgent", default=False)


class KeptSQLiteEngine(SQLiteEngine):
    """`wait` is how long a write waits for other processes, in seconds."""

    __slots__ = ("_committing", "_lock", "_reader", "_readers", "_threads", "_writer", "wait")

    def __init__(self, path: str, wait: float = 10.0) -> None:
        super().__init__(path=path, timeout=wait)
        self.wait = wait
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._lock: WriterLock | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._committing: ThreadPoolExecutor | None = None
        self._readers: list[sqlite3.Connection] = []

    @contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        """Wait so long for other processes, meanwhile."""
        before = self.wait
        self.wait = self.connection_kwargs["timeout"] = seconds
        try:
            yield
        finally:
            self.wait = self.connection_kwargs["timeout"] = before

    async def start_connection_pool(self, **_: Any) -> None:
        """Open both connections; WAL is a property of the file and stays."""
        Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        self._writer = await self._connect("journal_mode = WAL")
        self._reader = await self._connect()
        self._lock = WriterLock()
        self._threads = ThreadPoolExecutor(APART, thread_name_prefix="reading")
        self._committing = ThreadPoolExecutor(1, thread_name_prefix="committing")

    async def close_connection_pool(self) -> None:
        """Close all; the engine then works as the stock one until the pool is opened again."""
        for threads in (self._threads, self._committing):
            if threads is not None:
                threads.shutdown()
        # The last one takes the write-ahead log into the file, which a read-only one cannot.
        for connection in (*self._readers, self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._reader = self._writer = self._lock = self._threads = self._committing = None
        self._readers = []

    async def apart(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `work` returns, done in a thread; all that it reads is of one moment. Raises what it raises, also for a write."""
        if self._threads is None or _apart.get() is not None:
            return await work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, self._read, work)

    async def vacuum(self, yields: bool = False) -> bool:
        """Write the whole file anew; all writes wait for it. With `yields` it is given up, and False, once one waits WAITED."""
        if self._lock is None:
            raise RuntimeError("the database is closed")
        async with self._lock:
            self._asked.unlink(missing_ok=True)
            connection = sqlite3.connect(
                self.path, timeout=self.wait, isolation_level=None, check_same_thread=False
            )  # fmt: skip
            work = asyncio.create_task(asyncio.to_thread(connection.execute, "VACUUM"))
            try:
                while not (await asyncio.wait([work], timeout=LOOK))[0]:
                    if yields and self._somebody_waits():
                        connection.interrupt()
                await work
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
                return False
            finally:
                await asyncio.wait([work])
                connection.close()
                self._asked.unlink(missing_ok=True)
        return True

    def _somebody_waits(self) -> bool:
        """For WAITED: in this process for its writer, or in another for SQLite's lock."""
        return self._asked.exists() or (self._lock is not None and self._lock.waited() > WAITED)

    @property
    def _asked(self) -> Path:
        """A file that a process makes which has waited for another: SQLite tells nobody that somebody waits."""
        return Path(f"{self.path}-asked")

    def _read(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._open_reader()
        _apart.set(connection)
        connection.execute("BEGIN")
        try:
            return asyncio.run(work())
        finally:
            connection.execute("ROLLBACK")
            self._readers.append(connection)

    def _open_reader(self) -> sqlite3.Connection:
        address = f"{Path(self.path).absolute().as_uri()}?mode=ro"
        options = self.connection_kwargs | {
            "database": address,
            "uri": True,
            "timeout": self.wait,
            "check_same_thread": False,
        }
        connection: sqlite3.Connection = sqlite3.connect(**options)
        connection.row_factory = dict_factory
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        return connection

    async def _connect(self, *more: str) -> sqlite3.Connection:
        options = self.connection_kwargs | {"timeout": 0, "cached_statements": 256, "check_same_thread": False}
        connection: sqlite3.Connection = sqlite3.connect(**options)
        connection.row_factory = dict_factory
        # Patiently: of processes that open the file at the same moment one has it to itself for an instant.
        for pragma in (
            "foreign_keys = 1",
            "secure_delete = 1",
            "synchronous = FULL",
            "temp_store = MEMORY",
            f"cache_size = -{CACHE}",
            *more,
        ):
            await self.patiently(connection, f"PRAGMA {pragma}", ())
        return connection

    async def get_connection(self) -> Any:
        if _apart.get() is not None:
            raise sqlite3.OperationalError("what reads apart cannot write")
        lock, writer = self._lock, self._writer
        if lock is None or writer is None:
            return await super().get_connection()
        await lock.acquire(urgent=urgent.get())
        return _Transaction(self, writer, lock)

    async def _run_in_new_connection(
        self, query: str, args: list[Any] | None = None, query_type: str = "generic", table: type[Table] | None = None
    ) -> Any:  # as it is in Piccolo: rows as dicts
        if (reader := _apart.get()) is not None:
            return await self.patiently(reader, query, args or ())
        if self._lock is None or self._reader is None or self._writer is None:
            return await super()._run_in_new_connection(query, args, query_type, table)
        if query.lstrip()[:7].upper().startswith(READS):
            return await self.patiently(self._reader, query, args or ())
        async with self._lock:
            return await self.committing(self._writer, query, args or ())

    async def _run_in_existing_connection(
        self,
        connection: Any,
        query: str,
        args: list[Any] | None = None,
        query_type: str = "generic",
        table: type[Table] | None = None,
    ) -> Any:
        if not isinstance(connection, _Transaction):
            return await super()._run_in_existing_connection(connection, query, args, query_type, table)
        return await connection.execute(query, args or ())

    async def committing(self, connection: sqlite3.Connection, query: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        """The same in a thread, for a query that waits for the disk. Who is cancelled waits for its end, too."""
        running = asyncio.ensure_future(self.patiently(connection, query, args, self._committing))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            while not running.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({running})
            raise

    async def patiently(
        self, connection: sqlite3.Connection, query: str, args: Sequence[Any], thread: ThreadPoolExecutor | None = None
    ) -> list[dict[str, Any]]:
        """Run a query, and again while another process holds the lock. Raises sqlite3.Error."""
        began, asked = time.monotonic(), False
        pause = 0.001
        while True:
            try:
                if thread is not None:
                    return await asyncio.get_running_loop().run_in_executor(thread, _rows, connection, query, args)
                return _rows(connection, query, args)
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - began
                if error.sqlite_errorcode & 0xFF not in BUSY or waited > self.wait:
                    raise
                if waited > WAITED and not asked:
                    asked = True
                    with suppress(OSError):
                        self._asked.touch()
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- spreads writers, guards nothing
                pause = min(pause * 1.5, 0.02)


def _rows(connection: sqlite3.Connection, query: str, args: Sequence[Any]) -> list[dict[str, Any]]:
    return connection.execute(query, args).fetchall()


class _Transaction:
    """What Piccolo's transaction needs of a connection: the writer, from BEGIN until it is closed."""

    def __init__(self, engine: KeptSQLiteEngine, connection: sqlite3.Connection, lock: WriterLock) -> None:
        self._engine = engine
        self._connection = connection
        self._lock = lock
        self._since = time.monotonic()

    async def execute(self, query: str, args: Sequence[Any] = ()) -> list[dict[str, Any]]:
        try:
            if time.monotonic() - self._since > TURN:
                await asyncio.sleep(0)
                self._since = time.monotonic()
            run = self._engine.committing if query.startswith("COMMIT") else self._engine.patiently
            return await run(self._connection, query, args)
        except BaseException:
            # Piccolo never closes a transaction whose BEGIN or COMMIT failed: the lock would be held for ever.
            if query.startswith(("BEGIN", "COMMIT")):
                await self.close()
            raise

    async def close(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        if self._lock.locked():
            self._lock.release()
