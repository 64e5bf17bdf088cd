"""The lock of SQLite's writer."""

import asyncio

import pytest

from courses.writer_lock import WriterLock

pytestmark = pytest.mark.anyio


async def held(lock: WriterLock, order: list[str], *names: str) -> list[asyncio.Task[None]]:
    """Tasks that stand in line, of which those in capitals are urgent."""

    async def hold(name: str) -> None:
        await lock.acquire(urgent=name.isupper())
        order.append(name)
        await asyncio.sleep(0)
        lock.release()

    tasks = [asyncio.create_task(hold(name)) for name in names]
    await asyncio.sleep(0)
    return tasks


async def test_lock_goes_round_in_order_and_first_to_what_is_urgent() -> None:
    lock, order = WriterLock(), list[str]()
    await asyncio.gather(*await held(lock, order, "a", "b", "c", "D", "e", "F"))
    assert order == ["a", "D", "F", "b", "c", "e"]
    assert not lock.locked()


async def test_lock_passes_by_who_was_cancelled() -> None:
    lock, order = WriterLock(), list[str]()
    await lock.acquire()
    assert lock.waited() == 0
    tasks = await held(lock, order, "a", "b", "c")
    assert lock.waited() > 0
    tasks[0].cancel()
    lock.release()  # to b, which has not gone on yet
    tasks[1].cancel()
    async with asyncio.timeout(5):
        await asyncio.wait(tasks)
    assert order == ["c"]
    assert not lock.locked()
