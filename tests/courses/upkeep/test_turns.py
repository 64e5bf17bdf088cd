"""The sweep is one process's at a time: nothing is done or said twice, and a process that dies holds nobody up."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from courses.clock import now
from courses.media.library import open_store
from courses.people.attempts import KEPT
from courses.tables.people import Attempt
from courses.tables.upkeep import Chore
from courses.upkeep.sweeping import sweep
from courses.upkeep.turns import SILENCE, turn_to_sweep

pytestmark = pytest.mark.anyio


async def test_of_three_sweeps_at_once_one_says_what_went(db: str, tmp_path: Path) -> None:
    await Attempt.insert(*(Attempt(subject=str(n) * 64, at=now() - KEPT - timedelta(days=1)) for n in range(9)))
    store = open_store(f"file://{tmp_path}/media")
    told = [swept for swept in await asyncio.gather(*(sweep(store) for _ in range(3))) if swept]
    assert [swept.attempts for swept in told] == [9]
    again = await sweep(store)
    assert again is not None
    assert again.total == 0


async def test_turn_of_who_died_is_taken_and_is_not_ended_by_who_was_thought_dead(db: str) -> None:
    async with turn_to_sweep() as first:
        async with turn_to_sweep() as second:
            assert (first, second) == (True, False)
        await Chore.update({Chore.beat_at: now() - SILENCE - timedelta(seconds=1)}, force=True)
        slow = turn_to_sweep()
        assert await slow.__aenter__()
    async with turn_to_sweep() as third:
        assert not third
    await slow.__aexit__(None, None, None)
    async with turn_to_sweep() as fourth:
        assert fourth
