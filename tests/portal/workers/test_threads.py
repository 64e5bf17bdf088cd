"""Heavy work in threads: one thread a person, whatever they send."""

import ast
import asyncio
import gc
import threading
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from portal.workers.asker import new_asker, working_for
from portal.workers.threads import OFTEN, RARELY, in_thread, thread_place

ROOT = Path(__file__).parent.parent.parent.parent
#: what takes threads by itself, and why nobody's requests can fill them with heavy work
BY_ITSELF = {
    "portal/api/v1/completion.py": "a part of a large answer, in its turn",
    "portal/background": "one at a time, of nobody",
    "portal/lessons/long_bodies.py": "for phones, which keep nobody waiting; what it finds is kept",
    "portal/mail/sending.py": "waits for the mail's server",
    "portal/pages/health.py": "the portal's own figures",
    "portal/pages/results/completion.py": "a part of a large answer, in its turn",
    "portal/pages/sharing/wall.py": "of a class that goes on, whose wall waits for nobody",
    "portal/rehearsal/fetching.py": "two at a time, where nothing is real",
    "portal/results/export_files.py": "a part of a large answer, in its turn",
    "portal/web/apart.py": "in a place of these",
    "portal/web/multipart.py": "writes to the disk",
    "portal/web/tracing.py": "sends what is left when the server ends",
    "portal/workers/threads.py": "these places themselves",
}
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


async def test_objects_are_rarely_looked_through_while_much_is_read() -> None:
    def after() -> int:
        return gc.get_threshold()[2]

    first, second = asyncio.Event(), asyncio.Event()

    async def read(ends: asyncio.Event) -> None:
        new_asker()
        working_for(uuid4())
        async with thread_place("page"):
            await ends.wait()

    assert after() == OFTEN
    reading = [asyncio.create_task(read(ends)) for ends in (first, second)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert after() == RARELY
    first.set()
    await reading[0]
    assert after() == RARELY
    second.set()
    await reading[1]
    assert after() == OFTEN


def test_work_for_somebody_takes_no_thread_but_in_its_turn() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "portal").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "to_thread"
    }
    assert {path for path in found if path not in BY_ITSELF and str(Path(path).parent) not in BY_ITSELF} == set()
