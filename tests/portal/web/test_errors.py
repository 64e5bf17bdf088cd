"""What went wrong is answered as what it is."""

import sqlite3

import asyncpg
import pytest
from litestar import Litestar, get
from litestar.params import FromPath
from litestar.testing import TestClient

from portal.web.errors import HANDLERS


@get("/api/twice", sync_to_thread=False)
def twice() -> None:
    """What stands is written again."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE TABLE seat (number INTEGER UNIQUE, name TEXT NOT NULL)")
    for _ in range(2):
        table.execute("INSERT INTO seat VALUES (1, 'Alice')")


@get("/api/none", sync_to_thread=False)
def none() -> None:
    """Another rule of a table is broken, which is a mistake of ours."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE TABLE seat (number INTEGER UNIQUE, name TEXT NOT NULL)")
    table.execute("INSERT INTO seat VALUES (1, NULL)")


@get("/api/raises/{name:str}", sync_to_thread=False)
def raises(name: FromPath[str]) -> None:
    """What PostgreSQL says."""
    raise getattr(asyncpg, name)("no words of ours")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("twice", 409, "conflict"), ("none", 500, "internal"), ("raises/UniqueViolationError", 409, "conflict"),
     ("raises/DeadlockDetectedError", 503, "unavailable"), ("raises/CannotConnectNowError", 503, "unavailable"),
     ("raises/ReadOnlySQLTransactionError", 503, "unavailable"), ("raises/DiskFullError", 507, "no_room"),
     ("raises/UndefinedTableError", 500, "internal")],
)  # fmt: skip
def test_failure_has_its_answer(path: str, status: int, code: str) -> None:
    app = Litestar(route_handlers=[twice, none, raises], exception_handlers=HANDLERS)
    answer = TestClient(app).get(f"/api/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert ("retry-after" in answer.headers) == (status == 503)
    assert "no words of ours" not in answer.text
