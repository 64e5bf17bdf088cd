"""The database named by DATABASE_URL; plays the part of Piccolo's configuration file."""

import contextlib
import functools
import io
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from piccolo.apps.migrations.commands.check import CheckMigrationManager
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresTransaction
from piccolo.engine.sqlite import SQLiteTransaction, TransactionType
from piccolo.table import Table

from courses.engine import KeptSQLiteEngine, urgent
from courses.places import HOME, ROOT
from courses.postgres import USUAL, KeptCockroachEngine, KeptPostgresEngine, Limits
from courses.races import came_second, lost, until_won

T = TypeVar("T")
P = ParamSpec("P")
AnyEngine = KeptSQLiteEngine | KeptPostgresEngine  # CockroachDB's is one of these
DEFAULT_URL = "sqlite:///var/portal.sqlite3"
#: the lock of who migrates, and for how many seconds others wait
MIGRATING, MIGRATION = 0x6D696772, 3_600.0


def engine_for(url: str, limits: Limits = USUAL) -> AnyEngine:
    """`sqlite:///relative/to/home`, `sqlite:////absolute`, `postgres://…` or `cockroach://…`. Raises ValueError."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return KeptSQLiteEngine(str(HOME / rest[1:]))
    if scheme in ("postgres", "postgresql") and rest:
        return KeptPostgresEngine(f"postgres://{rest}", limits)
    if scheme == "cockroach" and rest:
        return KeptCockroachEngine(f"postgres://{rest}", limits)
    raise ValueError("is not of the form sqlite:///PATH, postgres://… or cockroach://…")


def _engine_at_import() -> AnyEngine:
    """For Piccolo's own commands. A wrong value is reported by the settings, not by an import."""
    try:
        return engine_for(os.environ.get("DATABASE_URL") or DEFAULT_URL)
    except ValueError:
        return engine_for(DEFAULT_URL)


DB = _engine_at_import()
APP_REGISTRY = AppRegistry(apps=["courses.piccolo_app"])


def use_database(url: str, limits: Limits = USUAL) -> None:
    """Point the domain at a database; before its connections are opened. Raises ValueError.

    A process has one engine: a table that kept another would be outside its transactions.
    """
    global DB
    engine = engine_for(url, limits)
    if isinstance(DB, KeptSQLiteEngine) and isinstance(engine, KeptSQLiteEngine):
        DB.path = engine.path
    elif _named(DB) != _named(engine):
        DB = engine
    # Migrations have tables of their own, which keep an engine too.
    for table in (*_tables(), *Table.__subclasses__()):
        table._meta.db = DB


def _named(engine: AnyEngine) -> tuple[object, ...]:
    return type(engine), getattr(engine, "config", None), getattr(engine, "limits", None)


def _tables() -> list[type[Table]]:
    """Ours, and the one in which Piccolo keeps which migrations ran."""
    return [*APP_REGISTRY.get_table_classes("courses"), Migration]


@dataclass(eq=False)
class _Unit:
    """`kept` once something of it is committed."""

    kept: bool = False


_units: ContextVar[tuple[_Unit, ...]] = ContextVar("_units", default=())


def unit_of_work(work: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Makes a function that opens a transaction begin anew, where the database rolled that back for another's sake.

    So does one that wrote what another has written since it looked. Not inside a transaction, which is rolled back as a
    whole, and not once something was committed. So what is done outside the database belongs behind the transaction, and
    what is given to the function must be readable twice.
    """

    @functools.wraps(work)
    async def working(*arguments: P.args, **options: P.kwargs) -> T:
        if DB.current_transaction.get() is not None:
            return await work(*arguments, **options)
        unit = _Unit()
        before = _units.set((*_units.get(), unit))
        try:
            return await until_won(
                functools.partial(work, *arguments, **options),
                lambda error: not unit.kept and (lost(error) or came_second(error)),
            )
        finally:
            _units.reset(before)

    return working


@contextlib.asynccontextmanager
async def writing(*, first: bool = False) -> AsyncIterator[None]:
    """A transaction that may write, in a `unit_of_work`; `first` goes before all that others of the process wait to write.

    On SQLite it takes the write lock at once, so that what it read stays true.
    """
    outer, before = DB.current_transaction.get(), urgent.set(first)
    try:
        async with _transaction():
            yield
        if outer is None:
            for unit in _units.get():
                unit.kept = True
    finally:
        urgent.reset(before)
        # After a COMMIT that failed (a full disk) Piccolo leaves the dead transaction in the context.
        if outer is None and DB.current_transaction.get() is not None:
            DB.current_transaction.set(None)


def _transaction() -> SQLiteTransaction | PostgresTransaction:
    if isinstance(DB, KeptSQLiteEngine):
        return DB.transaction(transaction_type=TransactionType.immediate)
    return DB.transaction()


async def apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What `work` returns, which reads thousands of rows or makes much of them: on SQLite in a thread, as of one moment.

    It may not write. Within a transaction it reads what that sees. Raises what it raises.
    """
    if isinstance(DB, KeptSQLiteEngine) and DB.current_transaction.get() is None:
        return await DB.apart(work)
    return await work()


def reads_apart(read: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Makes every call of a function one that `apart` does."""

    @functools.wraps(read)
    async def reading(*arguments: P.args, **options: P.kwargs) -> T:
        return await apart(functools.partial(read, *arguments, **options))

    return reading


async def one_at_a_time(key: int) -> None:
    """Make transactions with this key wait for each other, where the engine does not do so by itself.

    Rows that do not exist yet cannot be locked. SQLite has one writer; CockroachDB serialises.
    """
    if DB.engine_type == "postgres":
        transaction = DB.current_transaction.get()
        if transaction is None:
            raise RuntimeError("outside a transaction the lock would be gone at once")
        await transaction.connection.execute("SELECT pg_advisory_xact_lock($1)", key)


async def open_database() -> None:
    """Open the connections; call once in the event loop that will use them. Raises RuntimeError for a table of another engine."""
    if strays := [table.__name__ for table in _tables() if table._meta.db is not DB]:
        raise RuntimeError(f"not of this process's database: {', '.join(strays)}")
    await DB.start_connection_pool()


def connections_in_use() -> dict[str, int]:
    """How many connections of PostgreSQL's pool are in use, are idle, and may be at most; {} with SQLite."""
    pool = None if isinstance(DB, KeptSQLiteEngine) else DB.pool
    if pool is None:
        return {}
    size, idle = pool.get_size(), pool.get_idle_size()
    return {"used": size - idle, "idle": idle, "most": pool.get_max_size()}


async def close_database() -> None:
    """Close the connections."""
    await DB.close_connection_pool()


@unit_of_work
async def migrate() -> list[str]:
    """Bring the tables up to date, all or nothing; returns what was done. Safe to call again, and in many processes at once."""
    if isinstance(DB, KeptSQLiteEngine):
        Path(DB.path).parent.mkdir(parents=True, exist_ok=True)
    with DB.patient(MIGRATION) if isinstance(DB, KeptSQLiteEngine) else contextlib.nullcontext():
        if not await pending_migrations():
            return []
        if DB.engine_type == "cockroach":
            # It neither indexes nor fills a column in the transaction that adds it: each migration has its own.
            return await _run_pending()
        async with writing():
            await one_at_a_time(MIGRATING)
            return await _run_pending()


async def _run_pending() -> list[str]:
    """Those that nobody has run meanwhile."""
    pending = await pending_migrations()
    if pending:
        with contextlib.redirect_stdout(io.StringIO()):
            await ForwardsMigrationManager(app_name="courses", migration_id="all").run()
    return pending


async def pending_migrations() -> list[str]:
    """Ids of the migrations that this database has not seen."""
    ran = set(await _ran())
    return [identity for identity in _known() if identity not in ran]


@functools.cache
def _known() -> list[str]:
    """Ids of all migrations, in their order; read once, as Piccolo puts their folder on sys.path each time."""
    manager = CheckMigrationManager(app_name="courses")
    return manager.get_migration_ids(manager.get_migration_modules(str(ROOT / "courses" / "piccolo_migrations")))


async def _ran() -> list[str]:
    if not await Migration.table_exists():
        return []
    return await Migration.get_migrations_which_ran(app_name="courses")
