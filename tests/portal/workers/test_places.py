"""Places for work: whose turn it is, and what a heap of work of one person leaves to all others."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import pytest

from courses.errors import Busy
from portal.workers.places import WAITING, Places

ALICE, BOB, CHARLIE = uuid4(), uuid4(), uuid4()


class Office:
    """Pieces of work that last until they are told to end; `begun` says in which order they began."""

    def __init__(self, count: int = 3) -> None:
        self.places, self.begun = Places(count), []
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def bring(self, name: str, who: UUID | None, kind: str = "draw", long: bool = False) -> None:
        self._ends[name] = asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._work(name, who, kind, long))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _work(self, name: str, who: UUID | None, kind: str, long: bool) -> None:
        async with self.places.one(who, kind, long):
            self.begun.append(name)
            await self._ends[name].wait()

    async def end(self, *names: str) -> None:
        for name in names:
            self._ends[name].set()
            await self._tasks[name]
            await asyncio.sleep(0)

    async def give_up(self, name: str) -> None:
        self._tasks[name].cancel()
        await asyncio.gather(self._tasks[name], return_exceptions=True)
        await asyncio.sleep(0)


@pytest.mark.anyio
async def test_one_place_is_always_left_to_another_person() -> None:
    office = Office()
    for name in ("a1", "a2", "a3"):
        await office.bring(name, ALICE)
    assert office.begun == ["a1", "a2"]
    await office.bring("b1", BOB)
    assert office.begun == ["a1", "a2", "b1"]


@pytest.mark.anyio
async def test_long_work_leaves_a_place_whoever_brings_it() -> None:
    office = Office()
    for name, who in (("a", ALICE), ("b", BOB), ("c", CHARLIE)):
        await office.bring(name, who, "read_file", long=True)
    assert office.begun == ["a", "b"]
    await office.bring("picture", CHARLIE, "prepare")
    assert office.begun == ["a", "b", "picture"]
    await office.end("a")
    assert office.begun[-1] == "c"


@pytest.mark.anyio
async def test_one_person_has_one_piece_of_long_work_at_a_time() -> None:
    office = Office()
    await office.bring("a1", ALICE, "read_file", long=True)
    await office.bring("a2", ALICE, "read_file", long=True)
    await office.bring("b1", BOB, "read_file", long=True)
    assert office.begun == ["a1", "b1"]


async def _begun_in_turn(office: Office, names: Sequence[str]) -> list[str]:
    """The order in which what waits begins, when each piece ends as the next may begin."""
    ended = 0
    while len(office.begun) < len(names):
        await office.end(office.begun[ended])
        ended += 1
    return office.begun


@pytest.mark.anyio
async def test_people_take_turns_however_much_one_of_them_brings() -> None:
    office = Office(2)
    alices = [f"a{number}" for number in range(8)]
    for name in alices:
        await office.bring(name, ALICE)
    await office.bring("c0", CHARLIE)
    for name in ("b0", "b1", "c1"):
        await office.bring(name, BOB if name[0] == "b" else CHARLIE)
    order = await _begun_in_turn(office, [*alices, "b0", "b1", "c0", "c1"])
    assert max(order.index(name) for name in ("b0", "b1", "c0", "c1")) <= 6, order
    assert [name for name in order if name in alices] == alices, "first come, first served within one person's work"


@pytest.mark.anyio
async def test_kinds_of_work_take_turns_within_one_persons() -> None:
    office = Office()
    for name in ("p0", "p1", "p2", "p3"):
        await office.bring(name, ALICE, "prepare")
    await office.bring("code", ALICE, "draw_codes")
    await office.end("p0")
    assert office.begun == ["p0", "p1", "code"]


@pytest.mark.anyio
async def test_who_gives_up_waiting_or_working_leaves_the_place() -> None:
    office = Office(2)
    await office.bring("a1", ALICE)
    await office.bring("a2", ALICE)
    await office.bring("a3", ALICE)
    await office.give_up("a2")
    await office.give_up("a1")
    assert office.begun == ["a1", "a3"]
    await office.end("a3")
    await office.bring("b1", BOB)
    assert office.begun == ["a1", "a3", "b1"]


@pytest.mark.anyio
async def test_so_much_of_one_person_waits_and_no_more() -> None:
    office = Office()
    async with AsyncExitStack() as works:
        for number in range(2 + WAITING):
            await office.bring(str(number), ALICE)
        with pytest.raises(Busy):
            await works.enter_async_context(office.places.one(ALICE, "draw", False))
        await office.bring("b", BOB)
        assert "b" in office.begun
