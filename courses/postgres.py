"""PostgreSQL with bounded waits, and with every connection given back.

Piccolo's own transaction keeps the connection of a BEGIN or COMMIT that failed, ten of which stop the process, and waits
for a free one, and for the server's answer, for ever.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from piccolo.engine import CockroachEngine, PostgresEngine
from piccolo.engine.cockroach import CockroachTransaction
from piccolo.engine.postgres import PostgresTransaction

from courses.outages import is_outage
from courses.races import until_won

#: seconds for a BEGIN, which no server thinks about, and for a connection to be fit for the next user
BEGIN, GIVE_BACK = 3.0, 1.0
#: for all to be given back at the end
CLOSE = 15.0
#: seconds without a sign of the other side: before it is asked for one, between two questions, and of what was sent
IDLE, INTERVAL, SILENT = 10, 3, 5
QUESTIONS = 3


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, for one statement, and for a connection to be free; connections at rest and at most; kept statements."""

    connect: float = 3.0
    command: float = 10.0
    acquire: float = 10.0
    least: int = 1
    most: int = 10
    statements: int = 100


USUAL = Limits()


class _GivenBack(PostgresTransaction):
    """Piccolo's transaction, which ends with its connection in the pool whatever happened."""

    engine: "KeptPostgresEngine"

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        # One that broke while nobody used it, as all may have that are as old, shows here: the next is new.
        if not await self._began(last=False):
            await self._began(last=True)
        self.context = self.engine.current_transaction.set(self)
        return self

    async def _began(self, last: bool) -> bool:
        self.connection = await self.engine.lend()
        try:
            self.transaction = self.connection.transaction()
            async with asyncio.timeout(BEGIN):
                await self.transaction.start()
        except BaseException as error:
            await self.engine.take_back(self.connection, error)
            if last or not is_outage(error):
                raise
            return False
        return True

    async def __aexit__(self, _type: Any, exception: BaseException | None, _traceback: Any) -> bool:
        if self._parent:
            return exception is None
        try:
            if exception and not self._rolled_back:
                await self._undo(exception)
            elif not exception and not self._committed and not self._rolled_back:
                await self.transaction.commit()
        except BaseException as error:
            exception = error
            raise
        finally:
            self.engine.current_transaction.reset(self.context)
            await self.engine.take_back(self.connection, exception)
        return exception is None

    async def _undo(self, exception: BaseException) -> None:
        """What cannot be rolled back is so when its connection ends, and what was wrong before is what is raised."""
        try:
            async with asyncio.timeout(GIVE_BACK):
                await self.transaction.rollback()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self.connection.terminate()


class _GivenBackCockroach(_GivenBack, CockroachTransaction):
    pass


class KeptPostgresEngine(PostgresEngine):
    """Piccolo's engine with these limits and this transaction."""

    def __init__(self, dsn: str, limits: Limits = USUAL) -> None:
        self.limits = limits
        self._hosts = [_with_host(dsn, host) for host in urlsplit(dsn).netloc.rpartition("@")[2].split(",")]
        super().__init__(config={"dsn": dsn, "timeout": limits.connect, "statement_cache_size": limits.statements})

    async def start_connection_pool(self, **more: Any) -> None:
        """Open the pool."""
        limits = self.limits
        ours = {"min_size": limits.least, "max_size": limits.most, "command_timeout": limits.command}
        await super().start_connection_pool(connect=self._connect, reset=_as_it_is, **ours | more)

    async def close_connection_pool(self) -> None:
        """Close the pool; after a while without an answer asyncpg drops what is open."""
        pool, self.pool = self.pool, None
        if pool is not None:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                async with asyncio.timeout(CLOSE):
                    await pool.close()

    async def check_version(self) -> None:
        """Not when an engine is made: that would wait for a server, at each reading of the settings too."""

    async def get_new_connection(self) -> Any:
        """One outside the pool, whose statements take as long as they take."""
        return await self._connect(**self.config)

    async def _connect(self, dsn: str, **options: Any) -> Any:
        """To the first of the hosts that answers and is of the kind that is asked for; the one that did so last goes first."""
        failure: Exception | None = None
        for host in list(self._hosts):
            try:
                connection = await asyncpg.connect(host, **options)
            except Exception as error:
                if not is_outage(error):
                    raise
                failure = failure or error
                continue
            self._hosts.sort(key=lambda each: each != host)
            _watch(connection)
            try:
                await self._prepare(connection)
            except BaseException:
                connection.terminate()
                raise
            return connection
        raise failure or OSError("no host")

    async def _prepare(self, connection: Any) -> None:
        """To compile a statement takes half a second, and ours run for milliseconds."""
        # Said afterwards: as an option of the connection PgBouncer does not take it.
        await connection.execute("SET jit = off", timeout=self.limits.connect)

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:
        """One that gives its connection back."""
        return _GivenBack(self, allow_nested)

    async def lend(self) -> Any:
        """A connection that is free, or a new one. Raises TimeoutError, OSError and what asyncpg raises."""
        return await (self.pool.acquire(timeout=self.limits.acquire) if self.pool else self.get_new_connection())

    async def take_back(self, connection: Any, error: BaseException | None) -> None:
        """Into the pool or, where it broke, out of it: with all that are as old, which would each be waited for."""
        if self.pool is None:
            await connection.close()
            return
        if error is not None and is_outage(error):
            await self.pool.expire_connections()
            for holder in self.pool._holders:
                if holder.is_idle():
                    holder.terminate()  # by itself asyncpg would wait for the other side's goodbye
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # then asyncpg has dropped it
            await self.pool.release(connection, timeout=GIVE_BACK)

    async def _run_in_pool(self, query: str, args: Any = None) -> Any:
        async def run() -> Any:
            async with self._lent() as connection:
                return await connection.fetch(query, *(args or ()))

        return await until_won(run)

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[Any]:
        connection, failure = await self.lend(), None
        try:
            yield connection
        except BaseException as error:
            failure = error
            raise
        finally:
            await self.take_back(connection, failure)


class KeptCockroachEngine(KeptPostgresEngine, CockroachEngine):
    """The same for CockroachDB."""

    async def _prepare(self, connection: Any) -> None:
        """It compiles nothing."""

    def transaction(self, allow_nested: bool = True) -> CockroachTransaction:
        """One that gives its connection back."""
        return _GivenBackCockroach(self, allow_nested)


def _with_host(dsn: str, host: str) -> str:
    parts = urlsplit(dsn)
    user, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=user + at + host)) if "," in parts.netloc else dsn


def _watch(connection: Any) -> None:
    """Have the system end a connection whose other side has gone without a word."""
    wire = connection._transport.get_extra_info("socket")
    if wire.family not in (socket.AF_INET, socket.AF_INET6):
        return
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", IDLE), ("TCP_KEEPINTVL", INTERVAL), ("TCP_KEEPCNT", QUESTIONS), ("TCP_USER_TIMEOUT", SILENT * 1000),
    ):  # fmt: skip
        if hasattr(socket, name):  # Linux has all
            wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


async def _as_it_is(_: Any) -> None:
    """Nothing of ours stays in a session: no settings, cursors, locks or channels outlive their transaction."""
