"""Tries are counted in one step before their work, and given back."""

import asyncio
from contextvars import Context
from datetime import timedelta

import pytest

from courses.clock import now
from courses.database import writing
from courses.engine import ROWS
from courses.errors import TooMany
from courses.people.attempts import Counted, Tries, count_tries, count_try, forget_tries, give_back, out_of_tries
from courses.tables.people import Attempt

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases, pytest.mark.usefixtures("db")]
SECOND = timedelta(seconds=1)
WINDOW = timedelta(minutes=15)
A, B, C = (Tries(letter * 64, 3, WINDOW) for letter in "abc")


async def tries() -> dict[str, int]:
    return {row["subject"][0]: row["tries"] for row in await Attempt.select()}


async def test_tries_are_limited_within_their_window() -> None:
    for _ in range(3):
        await count_try(A)
    with pytest.raises(TooMany) as failure:
        await count_try(A)
    assert 890 <= failure.value.retry_after <= 901
    assert await tries() == {"a": 3}
    await count_try(B)
    await Attempt.update({Attempt.at: now() - WINDOW - SECOND}, force=True)
    await count_try(A)
    assert await tries() == {"a": 1, "b": 1}


async def test_tries_at_once_see_each_other() -> None:
    done = await asyncio.gather(*[count_try(A) for _ in range(20)], return_exceptions=True)
    assert sum(isinstance(each, TooMany) for each in done) == 17
    assert await tries() == {"a": 3}


async def test_try_counts_with_all_or_with_none() -> None:
    for _ in range(3):
        await count_try(B)
    with pytest.raises(TooMany):
        await count_try(A, B)
    assert await tries() == {"b": 3}
    first = await count_try(A)
    await give_back(first)
    assert await tries() == {"a": 0, "b": 3}


async def test_try_beside_another_may_have_none_left() -> None:
    for _ in range(3):
        first, beside = await count_tries(A, B, C)
        assert isinstance(beside, Counted)
        await give_back(first)
    first, beside = await count_tries(A, B, C)
    assert isinstance(beside, TooMany)
    assert await tries() == {"a": 1, "b": 3, "c": 3}
    await forget_tries([B])
    await count_tries(A, B, C)
    assert await tries() == {"a": 2, "b": 0, "c": 3}, "with all or with none"
    await count_try(A)
    with pytest.raises(TooMany):
        await count_tries(A, B)
    assert await tries() == {"a": 3, "b": 0, "c": 3}


async def test_who_has_no_try_left_hears_so_while_others_write() -> None:
    for _ in range(3):
        await count_try(A)
    async with asyncio.timeout(5), writing():
        with pytest.raises(TooMany):
            await asyncio.create_task(count_try(A), context=Context())


async def test_given_back_in_the_next_window_gives_nothing() -> None:
    late = await count_try(A)
    await Attempt.update({Attempt.at: now() - WINDOW - SECOND}, force=True)
    await count_try(A)
    await give_back(late)
    assert await tries() == {"a": 1}


async def test_out_of_tries_until_they_are_forgotten_or_over() -> None:
    assert await out_of_tries([]) == set()
    for _ in range(3):
        await count_try(A)
    await count_try(B)
    assert await out_of_tries([A, B]) == {A}
    await forget_tries([A])
    assert await out_of_tries([A, B]) == set()
    assert await tries() == {"b": 1}
    for _ in range(2):
        await count_try(B)
    assert await out_of_tries([A, B]) == {B}
    await Attempt.update({Attempt.at: now() - WINDOW - SECOND}, force=True)
    assert await out_of_tries([A, B]) == set()


async def test_those_of_a_whole_course_are_forgotten_with_turns_for_others_in_between() -> None:
    await count_try(B)
    turns, ended = 0, False

    async def other() -> None:
        nonlocal turns
        while not ended:
            turns += 1
            await asyncio.sleep(0)

    watching = asyncio.create_task(other())
    await forget_tries([Tries(f"{number:064x}", 3, WINDOW) for number in range(20 * ROWS)] + [B])
    ended = True
    await watching
    assert turns >= 20
    assert await tries() == {}
