"""Look-ups that are shared and kept for a moment: never longer, never an error, never what was forgotten."""

import asyncio

import pytest

from courses.loading_cache import LoadingCache


class Shelf:
    """Answers "a1", "a2", … for "a", slowly; `problem` is raised instead while there is one."""

    def __init__(self) -> None:
        self.loads: list[str] = []
        self.problem: Exception | None = None

    async def load(self, key: str) -> str:
        self.loads.append(key)
        number = self.loads.count(key)
        await asyncio.sleep(0.01)
        if self.problem:
            raise self.problem
        return f"{key}{number}"


@pytest.mark.anyio
async def test_who_asks_at_once_or_soon_gets_one_look_up() -> None:
    shelf = Shelf()
    cache = LoadingCache(shelf.load, seconds=60, size=10)
    assert await asyncio.gather(*(cache.get(key) for key in "aabaab")) == ["a1", "a1", "b1", "a1", "a1", "b1"]
    assert await cache.get("a") == "a1"
    assert shelf.loads == ["a", "b"]


@pytest.mark.anyio
async def test_answer_is_looked_up_again_when_its_time_is_over() -> None:
    cache = LoadingCache(Shelf().load, seconds=0.05, size=10)
    assert await cache.get("a") == "a1"
    await asyncio.sleep(0.06)
    assert await cache.get("a") == "a2"


@pytest.mark.anyio
async def test_forgotten_key_is_looked_up_again_also_while_it_is_under_way() -> None:
    cache = LoadingCache(Shelf().load, seconds=60, size=10)
    before = asyncio.create_task(cache.get("a"))
    await asyncio.sleep(0)
    cache.forget("a")
    assert (await cache.get("a"), await before) == ("a2", "a1")
    assert (await cache.get("a"), await cache.get("b")) == ("a2", "b1")
    cache.forget("a")
    cache.forget("never asked for")
    assert (await cache.get("a"), await cache.get("b")) == ("a3", "b1")
    cache.clear()
    assert (await cache.get("a"), await cache.get("b")) == ("a4", "b2")


@pytest.mark.anyio
async def test_failure_reaches_all_who_wait_and_nobody_after_them() -> None:
    shelf = Shelf()
    shelf.problem = ValueError("the disk is away")
    cache = LoadingCache(shelf.load, seconds=60, size=10)
    assert await asyncio.gather(cache.get("a"), cache.get("a"), return_exceptions=True) == [shelf.problem] * 2
    shelf.problem = None
    assert await cache.get("a") == "a2"


@pytest.mark.anyio
async def test_who_hangs_up_does_not_take_the_look_up_from_the_others() -> None:
    shelf = Shelf()
    cache = LoadingCache(shelf.load, seconds=60, size=10)
    first, second = (asyncio.create_task(cache.get("a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == "a1"
    with pytest.raises(asyncio.CancelledError):
        await first
    assert shelf.loads == ["a"]


@pytest.mark.anyio
async def test_no_more_keys_are_kept_than_there_is_room_for() -> None:
    shelf = Shelf()
    cache = LoadingCache(shelf.load, seconds=60, size=2)
    for key in "abc":
        await cache.get(key)
    assert [await cache.get(key) for key in "cba"] == ["c1", "b1", "a2"]


def test_look_up_that_an_ended_event_loop_left_behind_is_made_anew() -> None:
    cache = LoadingCache(Shelf().load, seconds=60, size=10)
    left = asyncio.new_event_loop()
    waiting = left.create_task(cache.get("a"))
    left.run_until_complete(asyncio.sleep(0))
    assert asyncio.run(asyncio.wait_for(cache.get("a"), 5)) == "a2"
    assert left.run_until_complete(waiting) == "a1"
    left.close()
