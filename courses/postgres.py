"""PostgreSQL with bounded waits, and with every connection given back.

Piccolo's own transaction keeps the connection of a BEGIN or COMMIT that failed, ten of which stop the process, and waits
for a free one for ever.
"""

from typing import Any

from piccolo.engine import CockroachEngine, PostgresEngine
from piccolo.engine.cockroach import CockroachTransaction
from piccolo.engine.postgres import PostgresTransaction

#: seconds: to connect, for one statement, and for one of the pool's connections to be free
CONNECT, COMMAND, ACQUIRE = 5.0, 60.0, 10.0
#: connections of one process: at rest, and at most
LEAST, MOST = 1, 10


class _GivenBack(PostgresTransaction):
    """Piccolo's transaction, which ends with its connection in the pool whatever happened."""

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        self.connection = await self.get_connection()
        try:
            self.transaction = self.connection.transaction()
            await self.transaction.start()
        except BaseException:
            await self._give_back()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def get_connection(self) -> Any:
        if self.engine.pool:
            return await self.engine.pool.acquire(timeout=ACQUIRE)
        return await self.engine.get_new_connection()

    async def __aexit__(self, _type: Any, exception: Any, _traceback: Any) -> bool:
        if self._parent:
            return exception is None
        try:
            if exception and not self._rolled_back:
                await self.transaction.rollback()
            elif not exception and not self._committed and not self._rolled_back:
                await self.transaction.commit()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        return exception is None

    async def _give_back(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


class _GivenBackCockroach(_GivenBack, CockroachTransaction):
    pass


class KeptPostgresEngine(PostgresEngine):
    """Piccolo's engine with these limits and this transaction."""

    async def start_connection_pool(self, **more: Any) -> None:
        """Open the pool."""
        await super().start_connection_pool(
            **{"min_size": LEAST, "max_size": MOST, "timeout": CONNECT, "command_timeout": COMMAND} | more
        )

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:
        """One that gives its connection back."""
        return _GivenBack(self, allow_nested)

    async def _run_in_pool(self, query: str, args: Any = None) -> Any:
        if self.pool is None:
            raise RuntimeError("the pool is closed")
        async with self.pool.acquire(timeout=ACQUIRE) as connection:
            return await connection.fetch(query, *(args or ()))


class KeptCockroachEngine(KeptPostgresEngine, CockroachEngine):
    """The same for CockroachDB."""

    def transaction(self, allow_nested: bool = True) -> CockroachTransaction:
        """One that gives its connection back."""
        return _GivenBackCockroach(self, allow_nested)
