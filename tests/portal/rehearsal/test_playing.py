"""A played class: its phones walk the lesson through the journal, it ends by itself or when it is stopped, once per course."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from litestar.testing import TestClient

from courses.errors import Conflict
from courses.events.journal import Journal
from courses.events.simulated import has_real_phones
from courses.lessons.links import class_links
from courses.results.wall import wall
from courses.students.roster import students_of
from portal.rehearsal.playing import SECONDS, Plays
from tests.courses.classroom import Classroom, make_classroom


@asynccontextmanager
async def plays(sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[Plays]:
    journal = Journal()
    await journal.start()
    made = Plays(journal, sleep)
    try:
        yield made
    finally:
        await made.stop()
        await journal.stop()


async def start(made: Plays, room: Classroom) -> None:
    link = (await class_links([room.lessons["Tea"]]))[room.lessons["Tea"]]
    made.start(room.course, link, await students_of(room.course))


@pytest.mark.anyio
async def test_class_walks_the_lesson_within_two_minutes_and_ends(db: str) -> None:
    room, waits = await make_classroom(), []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    async with plays(sleep) as made:
        await start(made, room)
        with pytest.raises(Conflict):
            await start(made, room)
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "play"))
        assert not made.goes_on(room.course)
        assert sum(waits) == pytest.approx(SECONDS)
        states = (await wall(room.course, room.lessons["Tea"])).states
        assert states["waiting"] < len(room.students)
        assert not await has_real_phones(room.course)
        await start(made, room)  # again, after its end
    await room.report("Ada", "Tea", "scan", device="00d0c0b0a0900080")
    assert await has_real_phones(room.course)


@pytest.mark.anyio
async def test_class_that_is_stopped_reports_no_more(db: str) -> None:
    room = await make_classroom()
    async with plays(lambda _: asyncio.Event().wait()) as made:
        await start(made, room)
        await asyncio.sleep(0)
        await made.stop(room.course)
        assert not made.goes_on(room.course)
    assert (await wall(room.course, room.lessons["Tea"])).states["waiting"] == len(room.students)


def test_button_plays_where_no_real_phone_was_unless_it_is_marked(classroom: Any, alice: TestClient) -> None:
    address = f"/lessons/{classroom.lesson}/rehearsal"
    assert 'value="start"' in alice.get(address).text
    done = alice.post(f"{address}/play", data={"act": "start"})
    assert done.headers["location"].endswith("done=playing")
    page = alice.get(done.headers["location"]).text
    assert "The class has begun." in page
    assert 'value="stop"' in page
    assert alice.post(f"{address}/play", data={"act": "start"}).status_code == 409
    for said in ("stopped", "not_here"):  # the second time nothing is there to stop, and nothing says that it was
        done = alice.post(f"{address}/play", data={"act": "stop"})
        assert done.headers["location"].endswith(f"done={said}")
    assert "No class was stopped" in alice.get(done.headers["location"]).text
    assert 'value="start"' in alice.get(address).text
    log = re.sub(r"<[^>]+>", "", alice.get(f"/courses/{classroom.course}/log").text)
    assert len(re.findall(r"Alice\s+played a class at the link of “Tea", log)) == 1
    assert len(re.findall(r"Alice\s+stopped the class that was played at the link of “Tea", log)) == 1
