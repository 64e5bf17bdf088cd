"""Heavy work in threads: one thread a person, whatever they send."""

import asyncio
import threading
from collections import Counter
from uuid import UUID, uuid4

import pytest

from portal.workers.asker import new_asker, working_for
from portal.workers.threads import in_thread

pytestmark = pytest.mark.anyio


async def test_threads_are_one_a_person_and_go_round() -> None:
    alice, mallory = uuid4(), uuid4()
    now, most = Counter[UUID](), Counter[UUID]()
    goes_on = threading.Event()

    def work(who: UUID) -> UUID:
        now[who] += 1
        most[who] = max(most[who], now[who])
        assert goes_on.wait(10)
        now[who] -= 1
        return who

    async def ask(who: UUID) -> UUID:
        new_asker()
        working_for(who)
        return await in_thread(work, who)

    asking = [asyncio.create_task(ask(who)) for who in (*[mallory] * 8, alice)]
    while now.total() < 2:  # noqa: ASYNC110 - threads set no event of the loop
        await asyncio.sleep(0.001)
    assert now == {alice: 1, mallory: 1}
    goes_on.set()
    assert await asyncio.gather(*asking) == [*[mallory] * 8, alice]
    assert most == {alice: 1, mallory: 1}


async def test_thread_raises_what_its_work_raises_and_makes_room() -> None:
    def fail() -> None:
        raise KeyError("mine")

    for _ in range(3):
        with pytest.raises(KeyError, match="mine"):
            await in_thread(fail)
    assert await in_thread(threading.get_ident) != threading.get_ident()
