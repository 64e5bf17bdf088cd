"""Places in worker processes, given fairly: by person first, then by kind of work, so that no heap of one keeps all waiting."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from anyio.lowlevel import RunVar

from courses.errors import Busy

#: pieces of work of one person that may wait
WAITING = 100


@dataclass(frozen=True, eq=False)
class _Ticket:
    who: UUID | None
    kind: str
    long: bool
    number: int
    called: asyncio.Future[None]


@dataclass
class Places:
    """Of `count` places one is always for another person, and one for work that is not long.

    Of one person only one piece of long work goes on at a time.
    """

    count: int
    _waiting: list[_Ticket] = field(default_factory=list)
    _working: list[_Ticket] = field(default_factory=list)
    #: when each person who waits or works had a turn last
    _turns: dict[UUID | None, int] = field(default_factory=dict)
    _number: int = 0

    @asynccontextmanager
    async def one(self, who: UUID | None, kind: str, long: bool) -> AsyncIterator[None]:
        """Wait for a place, and keep it. Raises Busy where this person has too much waiting."""
        if sum(ticket.who == who for ticket in self._waiting) >= WAITING:
            raise Busy
        self._number += 1
        ticket = _Ticket(who, kind, long, self._number, asyncio.get_running_loop().create_future())
        self._waiting.append(ticket)
        self._call()
        try:
            await ticket.called
            yield
        finally:
            (self._working if ticket in self._working else self._waiting).remove(ticket)
            self._call()

    def now(self) -> tuple[int, int]:
        """How many pieces wait, and how many are worked at."""
        return len(self._waiting), len(self._working)

    def _call(self) -> None:
        """Give every place that is free to whose turn it is."""
        while len(self._working) < self.count and (ready := [each for each in self._waiting if self._may(each)]):
            people = Counter(ticket.who for ticket in self._working)
            kinds = Counter(ticket.kind for ticket in self._working)
            ticket = min(
                ready, key=lambda each: (people[each.who], self._turns.get(each.who, 0), kinds[each.kind], each.number)
            )
            self._waiting.remove(ticket)
            self._working.append(ticket)
            self._number += 1
            self._turns[ticket.who] = self._number
            if not ticket.called.done():
                ticket.called.set_result(None)
        known = {ticket.who for ticket in (*self._waiting, *self._working)}
        self._turns = {who: turn for who, turn in self._turns.items() if who in known}

    def _may(self, ticket: _Ticket) -> bool:
        most = self.count - 1
        if sum(each.who == ticket.who for each in self._working) >= most:
            return False
        long = [each.who for each in self._working if each.long]
        return not ticket.long or (len(long) < most and ticket.who not in long)


def places_of_loop(kept: RunVar[Places], count: int) -> Places:
    """Those that are kept for the event loop that runs, made when they are asked for first."""
    try:
        return kept.get()
    except LookupError:
        kept.set(Places(count))
        return kept.get()
