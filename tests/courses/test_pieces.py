"""Long work is done in transactions that are short on any disk, and others write between them."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from courses import pieces
from courses.clock import now
from courses.database import writing
from courses.pieces import delete_in_pieces, in_pieces
from courses.tables.people import Attempt

pytestmark = pytest.mark.anyio


async def test_transactions_become_as_large_as_they_are_short(db: str) -> None:
    done: list[list[int]] = []

    async def work(some: Sequence[int]) -> None:
        done.append(list(some))
        time.sleep(0.001 * len(some))  # noqa: ASYNC251 -- as a statement of SQLite does

    await in_pieces(range(200), work)
    assert [item for some in done for item in some] == list(range(200))
    assert len(done[0]) == pieces.FIRST
    assert all(pieces.LEAST <= len(some) <= 25 for some in done[1:-1])


async def test_heavy_ones_begin_one_by_one(db: str) -> None:
    sizes: list[int] = []

    async def work(some: Sequence[int]) -> None:
        sizes.append(len(some))
        time.sleep(0.015 * len(some))  # noqa: ASYNC251 -- as a statement of SQLite does

    await in_pieces(range(5), work, heavy=True)
    assert sizes == [1] * 5


@pytest.mark.sqlite_only("it has one writer; elsewhere others write at any time")
async def test_others_write_between_two_pieces(db: str) -> None:
    order: list[str] = []

    async def work(some: Sequence[int]) -> None:
        order.append("piece")

    async def phone() -> None:
        while order.count("piece") < 3:
            async with writing():
                order.append("phone")
            await asyncio.sleep(0.001)

    await asyncio.gather(in_pieces(range(7 * pieces.FIRST), work), phone())
    first = order.index("piece")
    assert "phone" in order[first : order.index("piece", first + 1)]


async def test_what_was_done_before_a_piece_failed_stays(db: str) -> None:
    async def work(some: Sequence[int]) -> None:
        await Attempt.insert(*(Attempt(subject=f"{n:064}", at=now()) for n in some))
        if pieces.FIRST in some:
            raise LookupError

    with pytest.raises(LookupError):
        await in_pieces(range(2 * pieces.FIRST), work)
    assert await Attempt.count() == pieces.FIRST


async def test_all_that_is_meant_is_deleted_and_nothing_else(db: str) -> None:
    await Attempt.insert(*(Attempt(subject=f"{n:064}", at=now(), tries=n % 2) for n in range(300)))
    assert await delete_in_pieces(Attempt, Attempt.tries == 1) == 150
    assert await Attempt.count() == await Attempt.count().where(Attempt.tries == 0) == 150
