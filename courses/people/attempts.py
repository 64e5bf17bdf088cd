"""Limits on guessing that hold across app processes: a try is counted before its work is done, and given back after a success."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from courses.clock import now
from courses.database import unit_of_work, writing
from courses.engine import ROWS
from courses.errors import TooMany
from courses.tables.people import Attempt

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Tries:
    """At most `limit` tries of `subject` (a keyed hash) in each `window`, which begins with the first and is at most a day."""

    subject: str
    limit: int
    window: timedelta


@dataclass(frozen=True)
class Counted:
    """A try that was counted: in which rows, and in which of their windows."""

    rows: tuple[tuple[UUID, datetime | str], ...]


async def count_try(*allowed: Tries) -> Counted:
    """Count one try, with all or with none. Of tries at the same moment, in any process, each sees the others.

    Raises TooMany, with the wait of the one that has no try left.
    """
    await _look(allowed)
    return await _count_all(allowed)


async def count_tries(allowed: Tries, *also: Tries) -> tuple[Counted, Counted | TooMany]:
    """The same for one limit, and at once for others beside it, which may have no try left. Raises TooMany for the first."""
    await _look([allowed])
    return await _count_beside(allowed, also)


@unit_of_work
async def _count_beside(allowed: Tries, also: Sequence[Tries]) -> tuple[Counted, Counted | TooMany]:
    async with writing():
        first = await _count_all([allowed])
        rows: list[tuple[UUID, datetime | str]] = []
        try:
            for each in _in_order(also):
                rows.append((_row(each), await _count(each)))
        except TooMany as error:
            await give_back(Counted(tuple(rows)))
            return first, error
    return first, Counted(tuple(rows))


async def _look(allowed: Collection[Tries]) -> None:
    """Whoever has no try left is told so without a transaction: a flood of tries must not become one of commits."""
    rows = {_row(each): each for each in allowed}
    # Raw: floods come this way, and building the query costs more than running it.
    known = await Attempt.raw(
        f"SELECT id, at, tries FROM attempt WHERE id IN ({', '.join(['{}'] * len(rows))})",  # noqa: S608 -- places
        *rows,
    )
    for row in known:
        if row["tries"] >= rows[row["id"]].limit:
            _still_in(rows[row["id"]], row["at"])


@unit_of_work
async def _count_all(allowed: Sequence[Tries]) -> Counted:
    async with writing():
        rows = [(_row(each), await _count(each)) for each in _in_order(allowed)]
    return Counted(tuple(rows))


def _in_order(allowed: Iterable[Tries]) -> list[Tries]:
    """One order everywhere, so that no two wait for each other."""
    return sorted(allowed, key=lambda each: each.subject)


@unit_of_work
async def give_back(*counted: Counted) -> None:
    """After a success, or when nothing was tried; a window that is over meanwhile keeps what it has."""
    async with writing():
        for row, began in sorted((row for each in counted for row in each.rows), key=lambda row: row[0]):
            await Attempt.raw(
                "UPDATE attempt SET tries = tries - 1 WHERE id = {} AND at = {} AND tries > 0", row, began
            )


async def out_of_tries(allowed: Collection[Tries]) -> set[Tries]:
    """Those of these, which have one limit and window, that have no try left."""
    some = next(iter(allowed), None)
    if some is None:
        return set()
    used = Attempt.tries >= some.limit, Attempt.at > now() - some.window
    subjects = set(await Attempt.select(Attempt.subject).where(*used).output(as_list=True))
    return {each for each in allowed if each.subject in subjects}


async def forget_tries(allowed: Iterable[Tries]) -> None:
    """As if these had never been tried; inside a transaction or not. Of a whole course others have their turn in between."""
    rest = iter(allowed)
    while rows := [_row(each) for each in islice(rest, ROWS)]:
        await Attempt.delete().where(Attempt.id.is_in(rows))
        await asyncio.sleep(0)


async def _count(each: Tries) -> datetime | str:
    """One statement, which the database lets no other of the same row into; when the window began, as the database says it."""
    moment = now()
    over = moment - each.window
    rows: Sequence[dict[str, datetime | str]] = await Attempt.raw(
        "INSERT INTO attempt (id, subject, at, tries) VALUES ({}, {}, {}, 1) ON CONFLICT (id) DO UPDATE SET"
        " tries = CASE WHEN attempt.at <= {} THEN 1 ELSE attempt.tries + 1 END,"
        " at = CASE WHEN attempt.at <= {} THEN excluded.at ELSE attempt.at END"
        " WHERE attempt.at <= {} OR attempt.tries < {} RETURNING at",
        _row(each), each.subject, moment, over, over, over, each.limit,
    )  # fmt: skip
    if rows:
        return rows[0]["at"]
    row = await Attempt.select(Attempt.at).where(Attempt.id == _row(each)).first()
    _still_in(each, row["at"] if row else moment)
    raise TooMany(1)


def _still_in(each: Tries, began: datetime) -> None:
    """Raises TooMany where the window that began then is not over."""
    left = began + each.window - now()
    if left > timedelta():
        raise TooMany(int(left.total_seconds()) + 1)


def _row(each: Tries) -> UUID:
    """A subject has one row: the first half of its hash is the key."""
    return UUID(each.subject[:32])
