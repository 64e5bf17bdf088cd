"""The journal: events of concurrent requests share one transaction, and each is answered after its commit.

One durable commit serves as many requests as arrived while the one before it was under way, so a full lecture hall
costs the disk little. What failed is told to exactly those who waited for it. A request of many events is written a piece
at a time, and one such piece goes with whatever is small, so that nobody with one event waits for another's hundreds.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from courses.database import unit_of_work, writing
from courses.disk import is_full
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.outages import is_outage
from courses.tables.upkeep import Chore

GROUP = 500
#: events of a piece, and of a request that goes with every group; a phone reports one or two at a time
PIECE, SMALL = 20, 5
#: seconds between two tries, while the database takes no writes and nobody reports
AGAIN = 1.0
#: the row that is written then
TRIED = UUID("0a2d8f1e-94c3-4b7a-a1c5-3d5e6f708192")


@dataclass(frozen=True)
class Recorded:
    """How many events are new and how many were known already."""

    recorded: int
    known: int


@dataclass(frozen=True)
class Commit:
    """One group: its events, how many of them were new, and seconds; `recorded` is None where the database refused it."""

    events: int
    recorded: int | None
    seconds: float


class Journal:
    """One per process; `start` and `stop` in the application's event loop. Each commit is told to `watch`.

    `refused` is why the database or its disk took the last one not, until it takes one again.
    """

    def __init__(self, watch: Callable[[Commit], None] = lambda _: None) -> None:
        self.refused: Exception | None = None
        self._watch = watch
        self._waiting: list[tuple[Sequence[Report], asyncio.Future[Recorded]]] = []
        self._news = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._ending = False

    async def start(self) -> None:
        """Begin to write."""
        self._ending = False
        self._writer = asyncio.create_task(self._write_on())

    async def stop(self) -> None:
        """Write what waits, then end."""
        if self._writer is not None:
            self._ending = True
            self._news.set()
            await self._writer

    async def record(self, reports: Sequence[Report]) -> Recorded:
        """Keep reports; returns after the commit. An id that is known changes nothing. Raises what the database raises.

        Where that happens some of them may be kept: who sends all again counts nothing twice.
        """
        kept = [await self._keep(reports[start : start + PIECE]) for start in range(0, len(reports), PIECE)]
        return Recorded(sum(each.recorded for each in kept), sum(each.known for each in kept))

    async def _keep(self, reports: Sequence[Report]) -> Recorded:
        future: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self._waiting.append((reports, future))
        self._news.set()
        return await future

    @property
    def waiting(self) -> int:
        """Requests that wait for a commit which has not begun."""
        return len(self._waiting)

    async def _write_on(self) -> None:
        while self._waiting or not self._ending:
            try:
                async with asyncio.timeout(AGAIN if self.refused else None):
                    await self._news.wait()
            except TimeoutError:
                await self._try()
                continue
            self._news.clear()
            while self._waiting:
                await self._write(self._take())

    async def _try(self) -> None:
        try:
            await _touch()
        except Exception as error:
            self.refused = error
        else:
            self.refused = None

    def _take(self) -> list[tuple[Sequence[Report], asyncio.Future[Recorded]]]:
        """The oldest that waits, and as many small ones as make a group."""
        oldest, *others = self._waiting
        group, self._waiting = [oldest], []
        size = len(oldest[0])
        for request in others:
            if len(request[0]) <= SMALL and size + len(request[0]) <= GROUP:
                size += len(request[0])
                group.append(request)
            else:
                self._waiting.append(request)
        return group

    async def _write(self, group: list[tuple[Sequence[Report], asyncio.Future[Recorded]]]) -> None:
        events = [report for reports, _ in group for report in reports]
        began = time.perf_counter()
        try:
            new = await _commit(events)
        except Exception as error:
            self._watch(Commit(len(events), None, time.perf_counter() - began))
            if is_outage(error) or is_full(error):
                self.refused = error
            if len(group) > 1 and not is_outage(error):
                # One request's bad row must not fail its neighbours: each on its own.
                for request in group:
                    await self._write([request])
                return
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        self.refused = None
        self._watch(Commit(len(events), len(new), time.perf_counter() - began))
        for reports, future in group:
            recorded = 0
            for report in reports:
                if report.id in new:
                    new.discard(report.id)
                    recorded += 1
            if not future.done():
                future.set_result(Recorded(recorded, len(reports) - recorded))


@unit_of_work
async def _commit(reports: list[Report]) -> set[UUID]:
    """Write one group in one transaction; returns the ids that are new."""
    async with writing(first=True):
        new = await keep(reports)
        first = {report.id: report for report in reversed(reports)}
        await apply(report for identity, report in first.items() if identity in new)
    return new


@unit_of_work
async def _touch() -> None:
    """Commit something that is nobody's."""
    row = Chore(id=TRIED, name="journal")
    async with writing():
        await Chore.insert(row).on_conflict(target=Chore.id, action="DO UPDATE", values=[Chore.name])
