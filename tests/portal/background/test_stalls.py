"""The probe of the event loop: what held it is told, and whether its own work did."""

import asyncio
import time

import pytest
from litestar.testing import TestClient

from portal.background.stalls import BEAT, Stalls, watching


@pytest.mark.anyio
async def test_what_holds_the_loop_is_told_with_its_length() -> None:
    stalls = Stalls()
    async with watching(stalls):
        await asyncio.sleep(3 * BEAT)
        time.sleep(0.3)  # noqa: ASYNC251 -- holds the loop, as what is looked for does
        await asyncio.sleep(3 * BEAT)
    assert stalls.longest().late >= 0.3 - 2 * BEAT
    assert stalls.longest().worked < stalls.longest().late, "it slept, so its thread did not work"


@pytest.mark.anyio
async def test_loop_that_works_is_told_from_a_machine_that_is_busy() -> None:
    stalls = Stalls()
    async with watching(stalls):
        await asyncio.sleep(3 * BEAT)
        end = time.thread_time() + 0.2
        while time.thread_time() < end:
            pass
        await asyncio.sleep(3 * BEAT)
    assert stalls.longest().worked >= 0.2


def test_nothing_is_told_where_nobody_watched() -> None:
    assert Stalls().longest() == (0.0, 0.0)


def test_liveness_tells_the_longest_stall(client: TestClient) -> None:
    told = client.get("/healthz").json()
    assert told["status"] == "ok"
    assert told["loop"].keys() == {"longest_stall_ms", "worked_ms"}
    assert all(isinstance(value, int) and value >= 0 for value in told["loop"].values())
