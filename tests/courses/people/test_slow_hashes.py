"""Slow hashes: few at a time, short lines, and a turn for each network."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from courses.errors import Busy
from courses.people.slow_hashes import SlowHashes

T = TypeVar("T")
pytestmark = pytest.mark.anyio


class Gate:
    """Work that waits to be let through; `done` in the order in which it was begun."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.done: list[str] = []
        self.running = self.most = 0
        self._lock = threading.Lock()

    def work(self, name: str) -> str:
        with self._lock:
            self.done.append(name)
            self.running += 1
            self.most = max(self.most, self.running)
        self.open.wait(10)
        with self._lock:
            self.running -= 1
        return name


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def hashes() -> Iterator[SlowHashes]:
    made = SlowHashes(threads=1, line=3, places=5)
    yield made
    made.stop()


async def hashed(hashes: SlowHashes, work: Callable[..., T], *arguments: str) -> T:
    """In a turn of the network that is the first letter."""
    async with hashes.turn(arguments[0][0] if arguments else "a") as hashing:
        return await hashing(work, *arguments)


async def start(hashes: SlowHashes, gate: Gate, *names: str) -> list[asyncio.Task[str]]:
    tasks = [asyncio.create_task(hashed(hashes, gate.work, name)) for name in names]
    await asyncio.sleep(0.05)
    return tasks


async def test_networks_take_turns(hashes: SlowHashes, gate: Gate) -> None:
    tasks = await start(hashes, gate, "a1", "a2", "a3", "a4", "b1")
    gate.open.set()
    assert await asyncio.gather(*tasks) == ["a1", "a2", "a3", "a4", "b1"]
    assert gate.done == ["a1", "a2", "b1", "a3", "a4"]
    assert gate.most == 1


async def test_line_of_a_network_is_short(hashes: SlowHashes, gate: Gate) -> None:
    tasks = await start(hashes, gate, "a1", "a2", "a3", "a4", "a5")
    assert tasks[-1].done()
    with pytest.raises(Busy):
        await tasks[-1]
    gate.open.set()
    await asyncio.gather(*tasks[:-1])
    assert await hashed(hashes, gate.work, "a6") == "a6"


async def test_longest_line_makes_room(hashes: SlowHashes, gate: Gate) -> None:
    tasks = await start(hashes, gate, "a1", "a2", "a3", "a4", "b1", "b2", "c1")
    with pytest.raises(Busy):
        await tasks[3]
    # all places are taken by lines that are as long
    (late,) = await start(hashes, gate, "b3")
    with pytest.raises(Busy):
        await late
    gate.open.set()
    await asyncio.gather(*tasks[:3], *tasks[4:])
    assert gate.done == ["a1", "a2", "b1", "c1", "a3", "b2"]


async def test_who_goes_away_holds_nobody_up(hashes: SlowHashes, gate: Gate) -> None:
    """In the line and while the work is done: the thread is free when it really is."""
    tasks = await start(hashes, gate, "a1", "a2", "b1")
    for task in tasks[:2]:
        task.cancel()
    await asyncio.sleep(0.05)
    assert gate.done == ["a1"]
    gate.open.set()
    assert await tasks[2] == "b1"
    assert await hashed(hashes, gate.work, "a3") == "a3"
    assert gate.done == ["a1", "b1", "a3"]


async def test_failure_is_the_callers(hashes: SlowHashes) -> None:
    def fail() -> None:
        raise ValueError("no")

    for _ in range(3):
        with pytest.raises(ValueError, match="no"):
            await hashed(hashes, fail)
