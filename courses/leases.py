"""Rows that many processes look for and one at a time works on: claimed, kept by signs of life, given back, finished.

A claim leaves its mark in the row, and only who left the last mark may write. Whoever was thought dead and is not finds
that the row is another's, so a wrong guess about who is dead costs work and never a result. A claim that is over and that
nobody has taken is still its holder's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from piccolo.columns import Column
from piccolo.custom_types import Combinable
from piccolo.query.functions.aggregate import Max, Min
from piccolo.table import Table

from courses.changes import Changes
from courses.clock import now

#: clocks of two machines differ by less; a time further ahead is of a clock that was set back since
SKEW = timedelta(minutes=1)


def _no_term(_: int) -> timedelta:
    return timedelta()


@dataclass(frozen=True)
class Lease:
    """A claim of a row; `tries` counts it. A queue with holders knows it by `holder`, another by `tries` and `until`."""

    row: UUID
    holder: UUID | None = None
    tries: int = 0
    until: datetime | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Queue:
    """The columns and rules by which rows of a table are claimed."""

    table: type[Table]
    #: rows that somebody works on, if that one is alive
    held: Combinable
    #: rows that wait for somebody whatever the time
    waiting: Combinable | None = None
    #: who holds a row: another name for each claim
    holder: Column | None = None
    #: the last sign of life; a claim is over when it is so old
    at: Column
    silence: timedelta = timedelta()
    #: what is added to `at`, after so many tries, where there are no signs of life
    term: Callable[[int], timedelta] = _no_term
    #: claims of a row so far, and after how many it is given up
    tries: Column | None = None
    most: int | None = None
    #: whose a row is, where they take turns: a heap of one keeps no other waiting
    owner: Column | None = None

    def free(self, moment: datetime) -> Combinable:
        """Rows that may be claimed: nobody holds them, or who does is dead."""
        dead = self.held & (self.overdue(moment) | self.ahead(moment) | self.at.is_null())
        return dead if self.waiting is None else self.waiting | dead

    def overdue(self, moment: datetime) -> Combinable:
        """Rows that were silent for too long."""
        return self.at <= moment - self.silence

    def ahead(self, moment: datetime) -> Combinable:
        """Rows whose time no claim of today can have set: the clock was set back."""
        return self.at > moment + self._furthest

    def is_dead(self, at: datetime | None, moment: datetime) -> bool:
        """Whether the holder of a row with this time is dead; as `free` says it to the database."""
        return at is None or at <= moment - self.silence or at > moment + self._furthest

    @property
    def _furthest(self) -> timedelta:
        return SKEW + max(self.term(tries) for tries in range(1, (self.most or 1) + 1))

    async def claim(self, row: UUID, *seen: Combinable, tries: int = 0, values: Changes | None = None) -> Lease | None:
        """Claim a free row that was tried so often and is as it was `seen`; None when somebody was faster."""
        moment = now()
        lease = Lease(row, uuid4(), tries + 1, moment + self.term(tries + 1))
        mark: Changes = {self.at: lease.until}
        if self.holder is not None:
            mark[self.holder] = lease.holder
        if self.tries is not None:
            mark[self.tries], seen = lease.tries, (*seen, self.tries == tries)
        rows = await self.table.update((values or {}) | mark).where(
            self._key == row, self.free(moment), *seen
        ).returning(self._key)  # fmt: skip
        return lease if rows else None

    async def claim_next(self, order: Column, *among: Combinable, values: Changes | None = None) -> Lease | None:
        """Claim the first free row in this order, of whose turn it is; None when there is none.

        It may be spent: then give it up.
        """
        columns = [self._key] if self.tries is None else [self._key, self.tries]
        while True:
            whose = await self._turn(order, *among)
            rows = await self.table.select(*columns).where(self.free(now()), *among, *whose).order_by(order).limit(1)
            if not rows:
                return None
            row = rows[0][self._key._meta.name]
            tries = 0 if self.tries is None else rows[0][self.tries._meta.name]
            if lease := await self.claim(row, *among, tries=tries, values=values):
                return lease

    async def _turn(self, order: Column, *among: Combinable) -> list[Combinable]:
        """Of several who wait it is the one's who had none for longest, by the last sign of life, or never had one."""
        if self.owner is None:
            return []
        name = self.owner._meta.name
        waits = await self.table.select(self.owner, Min(order, alias="since")).where(
            self.free(now()), *among
        ).group_by(self.owner)  # fmt: skip
        if len(waits) < 2:
            return []
        had = (
            await self.table.select(self.owner, Max(self.at, alias="last"))
            .where(self.at.is_not_null())
            .group_by(self.owner)
        )
        last = {row[name]: row["last"] for row in had}
        first = min(waits, key=lambda row: (row[name] in last, last.get(row[name], row["since"])))
        return [self.owner.is_null() if first[name] is None else self.owner == first[name]]

    def spent(self, lease: Lease) -> bool:
        """Whether the tries before this one were enough, and it ended all of its processes."""
        return self.most is not None and lease.tries > self.most

    def mine(self, lease: Lease) -> Combinable:
        """The row of a claim, as long as nobody has claimed it since or finished it."""
        row = (self._key == lease.row) & self.held
        if self.holder is not None:
            return row & (self.holder == lease.holder)
        same = row & (self.at == lease.until)
        return same if self.tries is None else same & (self.tries == lease.tries)

    async def beat(self, lease: Lease, values: Changes | None = None) -> Lease | None:
        """A sign of life; the claim as it goes on, None when it is another's or was finished."""
        longer = replace(lease, until=now() + self.term(lease.tries))
        return longer if await self.finish(lease, (values or {}) | {self.at: longer.until}) else None

    async def finish(self, lease: Lease, values: Changes) -> bool:
        """Write what came of it, with what ends `held` or says when to try again; False when that is another's to say."""
        rows = await self.table.update(values).where(self.mine(lease)).returning(self._key)
        return bool(rows)

    async def release(self, lease: Lease, values: Changes) -> bool:
        """Give it back, with what makes it wait: its process ends by no fault of the row, so the try does not count."""
        tries: Any = self.tries  # an Integer, which Column does not say
        return await self.finish(lease, values if tries is None else values | {tries: tries - 1})

    @property
    def _key(self) -> Column:
        return self.table._meta.primary_key
