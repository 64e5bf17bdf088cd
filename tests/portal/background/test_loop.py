"""The background loop: it waits as it is told, goes on after a failure, and ends at once with the application."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

import pytest

from portal.background.loop import in_background, repeat

pytestmark = pytest.mark.anyio
logger = logging.getLogger("portal.loop")
NONE, LONG = (0.0, 0.0), (60.0, 60.0)


class Work:
    """Notes when it is done, and fails as often as `failures` says."""

    def __init__(self, failures: int = 0) -> None:
        self.at: list[float] = []
        self.failures = failures

    async def __call__(self) -> None:
        self.at.append(time.monotonic())
        if len(self.at) <= self.failures:
            raise OSError("no disk")

    async def done(self, times: int) -> list[float]:
        """The moments of so many works, when they are done."""
        async with asyncio.timeout(10):
            while len(self.at) < times:  # noqa: ASYNC110 -- looks from outside
                await asyncio.sleep(0.005)
        return self.at[:times]


async def test_failure_is_logged_and_the_loop_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(failures=2)
    async with in_background(repeat(work, NONE, NONE, logger, "no luck; again soon"), name="loop"):
        await work.done(4)
    logged = [(record.name, record.levelname, record.getMessage()) for record in caplog.records]
    assert logged == [("portal.loop", "ERROR", "no luck; again soon")] * 2
    assert caplog.text.count("OSError: no disk") == 2


async def test_first_wait_and_the_next_ones_are_as_given() -> None:
    work, start = Work(), time.monotonic()
    async with in_background(repeat(work, (0.3, 0.4), NONE, logger, ""), name="loop"):
        at = await work.done(20)
    assert at[0] - start >= 0.3
    assert at[-1] - at[0] < 20 * 0.3
    work = Work()
    async with in_background(repeat(work, NONE, LONG, logger, ""), name="loop"):
        await work.done(1)
    work = Work()
    async with in_background(repeat(work, NONE, (0.2, 0.3), logger, ""), name="loop"):
        at = await work.done(3)
    assert min(at[1] - at[0], at[2] - at[1]) >= 0.2


async def test_wake_ends_a_wait_and_is_not_lost_during_the_work() -> None:
    wake, work = asyncio.Event(), Work()

    async def work_and_wake() -> None:
        await work()
        if len(work.at) == 1:
            wake.set()

    async with in_background(repeat(work_and_wake, LONG, LONG, logger, "", wake), name="loop"):
        wake.set()
        await work.done(2)
        await asyncio.sleep(0.05)
        assert len(work.at) == 2
        wake.set()
        await work.done(3)


@pytest.mark.parametrize("first", [NONE, LONG], ids=["at work", "waiting"])
async def test_end_cancels_at_once_and_leaves_nothing_behind(first: tuple[float, float]) -> None:
    tasks, begun, ended = asyncio.all_tasks(), asyncio.Event(), []

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    start = time.monotonic()
    loop: Callable[[], object] = partial(repeat, endless, first, LONG, logger, "")
    async with in_background(loop(), loop(), name="loop"):
        if first == NONE:
            await asyncio.wait_for(begun.wait(), 5)
            await asyncio.sleep(0.01)
        else:
            await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == tasks
    assert len(ended) == (2 if first == NONE else 0)
    assert time.monotonic() - start < 5


async def test_cancel_ends_what_is_around_it_too() -> None:
    async def application() -> None:
        async with in_background(repeat(Work(), LONG, LONG, logger, ""), name="loop"):
            await asyncio.Event().wait()

    tasks, task = asyncio.all_tasks(), asyncio.create_task(application())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert asyncio.all_tasks() == tasks


async def test_work_that_ended_with_a_failure_says_so_at_the_end() -> None:
    async def broken() -> None:
        raise OSError("no disk")

    ended = []
    with pytest.raises(OSError, match="no disk"):
        async with in_background(broken(), repeat(Work(), NONE, NONE, logger, ""), name="loop"):
            await asyncio.sleep(0.01)
            ended.append(True)
    assert ended == [True]
