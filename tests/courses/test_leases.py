"""The queues in the database, all by the same table of tests: whoever looks, dies, comes late or sets the clock."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import pytest
from obstore.store import MemoryStore

from courses import clock
from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import close_database, open_database
from courses.errors import Conflict
from courses.exchange import runs
from courses.exchange.runs import Outcome
from courses.leases import SKEW, Lease, Queue
from courses.media import conversions
from courses.people.accounts import add_person
from courses.printing import queue as printing
from courses.printing.values import ProofRecord
from courses.signed_in import SignedIn
from courses.tables.classes import Delivery, Webhook
from courses.tables.courses import Course
from courses.tables.imports import ImportRun
from courses.tables.media import Media, Upload
from courses.tables.people import Person
from courses.tables.printing import PrintRun
from courses.webhooks import deliveries
from courses.webhooks.deliveries import Due

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.anyio
DAYS = timedelta(days=3)


class Kind(Protocol):
    """A queue through the functions of its own module; a claim is what these return."""

    queue: Queue

    async def add(self) -> UUID: ...
    async def take(self) -> list[Any]:
        """Claims of what is free, as many as it takes at once."""

    async def beat(self, claim: Any) -> Any:
        """The claim as it goes on, None where it is another's."""

    async def give_back(self, claim: Any) -> bool: ...
    async def finish(self, claim: Any) -> bool: ...
    async def state(self, row: UUID) -> str:
        """ "done", "given up" or "open"."""


class Prints:
    queue = printing.QUEUE

    async def add(self) -> UUID:
        course, person = await course_and_person()
        row = PrintRun(course=course, created_by=person, number=await PrintRun.count() + 1, created_at=now(), kind="handout",
                       layout="a4-24", state="queued", slips=1)  # fmt: skip
        await PrintRun.insert(row)
        return row.id

    async def take(self) -> list[Lease]:
        run = await printing.take_run()
        return [Lease(run.id, run.attempt, run.tries)] if run else []

    async def beat(self, claim: Lease) -> Lease | None:
        return claim if await printing.beat_run(claim.row, claim.holder, 1) else None

    async def give_back(self, claim: Lease) -> bool:
        return await printing.give_back(claim.row, claim.holder)

    async def finish(self, claim: Lease) -> bool:
        return await printing.finish_run(claim.row, claim.holder, file="a", slips=1, pages=1, proof=ProofRecord())

    async def state(self, row: UUID) -> str:
        found = await PrintRun.select(PrintRun.state).where(PrintRun.id == row).first()
        return {"done": "done", "failed": "given up"}.get(found["state"], "open")


class Imports:
    queue = runs.QUEUE

    async def add(self) -> UUID:
        course, person = await course_and_person()
        moment = now()
        row = ImportRun(person=person, course=course, kind="csv", created_at=moment, expires_at=moment + 99 * DAYS)
        await ImportRun.insert(row)
        return row.id

    async def take(self) -> list[Lease]:
        """Nobody looks for imports: people begin them, here whoever sees one that is free."""
        alice = await Person.select().first()
        by = SignedIn(alice["id"], alice["email"], alice["name"], admin=False, language=None)
        for row in await ImportRun.select(ImportRun.id).order_by(ImportRun.created_at):
            run = await runs.import_run(by, row["id"])
            try:
                return [Lease(run.id, await runs.begin(run, 1))]
            except Conflict:
                continue
        return []

    async def beat(self, claim: Lease) -> Lease | None:
        try:
            await runs.beat(claim.row, claim.holder, 1)
        except Conflict:
            return None
        return claim

    async def give_back(self, claim: Lease) -> bool:
        return await self.queue.release(claim, {ImportRun.state: "ready"})

    async def finish(self, claim: Lease) -> bool:
        try:
            await runs.end(claim.row, claim.holder, "done", Outcome())
        except Conflict:
            return False
        return True

    async def state(self, row: UUID) -> str:
        found = await ImportRun.select(ImportRun.state).where(ImportRun.id == row).first()
        return {"done": "done"}.get(found["state"], "open")


class Deliveries:
    queue = deliveries.QUEUE

    async def add(self) -> UUID:
        course, _ = await course_and_person()
        moment = now()
        webhook = Webhook(course=course, url="https://example.org", secret="s", created_at=moment)
        await Webhook.insert(webhook)
        row = Delivery(id=uuid4(), webhook=webhook.id, created_at=moment, next_at=moment)
        await Delivery.insert(row)
        return row.id

    async def take(self) -> list[Due]:
        return await deliveries.take_due()

    async def beat(self, claim: Due) -> Due | None:
        lease = await self.queue.beat(claim.lease)
        return lease and replace(claim, lease=lease)

    async def give_back(self, claim: Due) -> bool:
        return await self.queue.release(claim.lease, {Delivery.next_at: now()})

    async def finish(self, claim: Due) -> bool:
        words = str(uuid4())
        await deliveries.settle([(claim, 200, words)])
        return await Delivery.exists().where(Delivery.id == claim.lease.row, Delivery.answer == words)

    async def state(self, row: UUID) -> str:
        found = await Delivery.select(Delivery.next_at, Delivery.delivered_at).where(Delivery.id == row).first()
        if found["next_at"] is not None:
            return "open"
        return "done" if found["delivered_at"] else "given up"


class Conversions:
    queue = conversions.QUEUE
    store = MemoryStore()

    async def add(self) -> UUID:
        course, person = await course_and_person()
        moment = now()
        row = Upload(course=course, person=person, purpose="media", length=1, received=1, created_at=moment,
                     expires_at=moment + 99 * DAYS, finished_at=moment, state="queued")  # fmt: skip
        await Upload.insert(row)
        return row.id

    async def take(self) -> list[Lease]:
        taken = await conversions.take_conversion(self.store)
        return [Lease(taken[0].id, taken[0].attempt)] if taken else []

    async def beat(self, claim: Lease) -> Lease | None:
        return claim if await conversions.beat_conversion(claim.row, claim.holder, 1) else None

    async def give_back(self, claim: Lease) -> bool:
        return await conversions.give_back(claim.row, claim.holder)

    async def finish(self, claim: Lease) -> bool:
        course, _ = await course_and_person()
        film = Media(
            course=course, kind="video", sha256="0" * 64, format="mp4", width=1, height=1, size=1, created_at=now()
        )
        await Media.insert(film)
        return await conversions.finish_conversion(self.store, claim.row, claim.holder, film.id, film.id)

    async def state(self, row: UUID) -> str:
        found = await Upload.select(Upload.state).where(Upload.id == row).first()
        return {"done": "done", "failed": "given up"}.get(found["state"], "open")


KINDS: dict[str, Kind] = {
    "prints": Prints(), "imports": Imports(), "deliveries": Deliveries(), "conversions": Conversions(),
}  # fmt: skip


async def course_and_person() -> tuple[UUID, UUID]:
    return (await Course.select(Course.id).first())["id"], (await Person.select(Person.id).first())["id"]


def row_of(claim: Any) -> UUID:
    return claim.lease.row if isinstance(claim, Due) else claim.row


@dataclass
class Clock:
    """The clock of this process, which can be set."""

    ahead: timedelta = timedelta()

    def set(self, by: timedelta) -> None:
        self.ahead += by

    def now(self, zone: tzinfo) -> datetime:
        return datetime.now(zone) + self.ahead


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clock, "datetime", found)
    return found


@pytest.fixture
async def course(db: str) -> UUID:
    return await create_course(await add_person("alice@example.org", "Alice"), "Spring")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, course: UUID) -> Kind:
    return KINDS[request.param]


@pytest.fixture
def length(kind: Kind) -> timedelta:
    """How long the first claim of a row lasts without a sign of life."""
    return kind.queue.silence + kind.queue.term(1)


@dataclass
class Claimer:
    """Another process on the same database; it says what it claims, a row a line."""

    process: subprocess.Popen[str]

    def go(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def row(self) -> UUID:
        return UUID(self.process.stdout.readline().strip())

    def rows(self) -> list[UUID]:
        return [UUID(line) for line in self.process.communicate(timeout=60)[0].split()]


@pytest.fixture
def another(request: pytest.FixtureRequest, db: str) -> Iterator[Any]:
    """`another(kind, most)` is a process that is ready to claim that many."""
    started: list[subprocess.Popen[str]] = []

    def start(kind: Kind, most: int) -> Claimer:
        name = next(name for name, known in KINDS.items() if known is kind)
        process = subprocess.Popen(
            [sys.executable, __file__, name, str(most)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env=os.environ | {"DATABASE_URL": db, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return Claimer(process)

    yield start
    for process in started:
        process.kill()
        process.communicate()


async def claim_in_this_process(kind: Kind, most: int) -> None:
    """What `another` runs: claim so many at once when told to, say which, and stay with them."""
    await open_database()
    print("ready", flush=True)
    sys.stdin.readline()
    while most and await kind.queue.table.exists().where(kind.queue.free(now())):
        for claim in await kind.take():
            print(row_of(claim), flush=True)
            most -= 1
    if not most:
        sys.stdin.readline()
    await close_database()


async def test_claimers_at_once_get_a_row_once(kind: Kind) -> None:
    row = await kind.add()
    claims = await asyncio.gather(*(kind.take() for _ in range(8)))
    assert [row_of(claim) for some in claims for claim in some] == [row]
    assert not await kind.take()


async def test_processes_at_once_get_each_row_once(kind: Kind, another: Any) -> None:
    added = [await kind.add() for _ in range(20)]
    others = [another(kind, 100) for _ in range(2)]
    for other in others:
        other.go()
    found = [row for other in others for row in await asyncio.to_thread(other.rows)]
    assert sorted(found) == sorted(added)


async def test_row_of_a_dead_process_is_claimed_again(kind: Kind, another: Any, time: Clock, length: timedelta) -> None:
    row, other = await kind.add(), another(kind, 1)
    other.go()
    assert await asyncio.to_thread(other.row) == row
    os.kill(other.process.pid, signal.SIGKILL)
    assert not await kind.take()
    time.set(length - timedelta(seconds=5))
    assert not await kind.take()
    time.set(timedelta(seconds=6))
    (claim,) = await kind.take()
    assert row_of(claim) == row
    assert await kind.finish(claim)
    assert await kind.state(row) == "done"


async def test_sign_of_life_keeps_a_row(kind: Kind, time: Clock, length: timedelta) -> None:
    await kind.add()
    (claim,) = await kind.take()
    for _ in range(5):
        time.set(length * 0.8)
        claim = await kind.beat(claim)
        assert claim
        assert not await kind.take()
    assert await kind.finish(claim)


async def test_claim_that_another_has_taken_is_over(kind: Kind, time: Clock, length: timedelta) -> None:
    row = await kind.add()
    (old,) = await kind.take()
    time.set(length * 2)
    (new,) = await kind.take()
    assert await kind.beat(old) is None
    assert not await kind.give_back(old)
    assert not await kind.finish(old)
    assert await kind.state(row) == "open"
    new = await kind.beat(new)
    assert await kind.finish(new)
    for late in (old, new):
        assert await kind.beat(late) is None
        assert not await kind.give_back(late)
        assert not await kind.finish(late)
    assert await kind.state(row) == "done"
    time.set(DAYS)
    assert not await kind.take()


async def test_late_holder_whose_row_nobody_took_finishes_it(kind: Kind, time: Clock, length: timedelta) -> None:
    row = await kind.add()
    (claim,) = await kind.take()
    time.set(length * 3)
    assert await kind.finish(claim)
    assert await kind.state(row) == "done"
    assert not await kind.take()


async def test_clock_set_forward_loses_and_doubles_nothing(kind: Kind, time: Clock) -> None:
    kept, taken = await kind.add(), await kind.add()
    claims = {row_of(claim): claim for claim in [*await kind.take(), *await kind.take()]}
    time.set(DAYS)
    # Who says first that it lives keeps its row; whose row was taken meanwhile writes nothing.
    mine = await kind.beat(claims[kept])
    (other,) = await kind.take()
    assert row_of(other) == taken
    assert not await kind.take()
    assert [await kind.finish(claim) for claim in (claims[taken], mine, other)] == [False, True, True]
    assert {await kind.state(row) for row in (kept, taken)} == {"done"}


async def test_clock_set_back_loses_and_doubles_nothing(kind: Kind, time: Clock) -> None:
    row = await kind.add()
    (old,) = await kind.take()
    time.set(-SKEW / 2)  # no more than clocks of two machines differ
    assert not await kind.take()
    time.set(-DAYS)
    mine = await kind.beat(old)
    assert not await kind.take()
    time.set(-DAYS)  # and this time nobody lives who would say so
    (other,) = await kind.take()
    assert row_of(other) == row
    assert not await kind.take()
    assert [await kind.finish(claim) for claim in (mine, other)] == [False, True]
    assert await kind.state(row) == "done"


async def test_row_that_waits_is_found_whatever_the_clock(kind: Kind, time: Clock) -> None:
    for by in (-DAYS, 2 * DAYS):
        row = await kind.add()
        time.set(by)
        (claim,) = await kind.take()
        assert row_of(claim) == row
        assert await kind.finish(claim)


async def test_tries_are_counted_and_end(kind: Kind, time: Clock) -> None:
    row, most = await kind.add(), kind.queue.most
    for tries in range(1, (most or 20) + 1):
        (claim,) = await kind.take()
        assert row_of(claim) == row
        if kind.queue.tries is not None:
            assert await kind.queue.table.select(kind.queue.tries) == [{"tries": tries}]
        time.set(DAYS)
    assert bool(await kind.take()) == (most is None)
    assert await kind.state(row) == ("open" if most is None else "given up")
    time.set(DAYS)
    assert bool(await kind.take()) == (most is None)


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.queue.owner is not None], indirect=True)
async def test_heap_of_one_person_keeps_no_other_waiting(kind: Kind) -> None:
    queue = kind.queue
    heap = [await kind.add() for _ in range(3)]
    bobs, bob = await kind.add(), await add_person("bob@example.org", "Bob")
    await queue.table.update({queue.owner: bob.id}).where(queue._key == bobs)
    order = []
    for _ in range(4):
        (claim,) = await kind.take()
        order.append(row_of(claim))
        await kind.finish(claim)
    assert order == [heap[0], bobs, *heap[1:]]


async def test_row_that_is_given_back_waits_again_and_its_try_is_not_counted(kind: Kind) -> None:
    row = await kind.add()
    for _ in range(20):
        (claim,) = await kind.take()
        assert row_of(claim) == row
        assert await kind.give_back(claim)
    (claim,) = await kind.take()
    assert await kind.finish(claim)
    assert await kind.state(row) == "done"


if __name__ == "__main__":
    asyncio.run(claim_in_this_process(KINDS[sys.argv[1]], int(sys.argv[2])))
