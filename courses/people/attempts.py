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


@unit_of_work
async def count_try(*allowed: Tries) -> Counted:
    """Count one try, with all or with none. Of tries at the same moment, in any process, each sees the others.

    Raises TooMany, with the wait of the one that has no try left.
    """
    async with writing():
        # In one order everywhere, so that no two wait for each other.
        rows = [(_row(each), await _count(each)) for each in sorted(allowed, key=lambda each: each.subject)]
    return Counted(tuple(rows))


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
    left = row["at"] + each.window - moment if row else timedelta()
    raise TooMany(max(int(left.total_seconds()), 0) + 1)


def _row(each: Tries) -> UUID:
    """A subject has one row: the first half of its hash is the key."""
    return UUID(each.subject[:32])
