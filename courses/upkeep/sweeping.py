"""The sweep: what is old enough to go. One process does it at a time; any part may be stopped, and run again."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from obstore.store import ObjectStore
from piccolo.table import Table

from courses.clock import now
from courses.exchange.runs import sweep_runs
from courses.lessons.revisions import RUN
from courses.lessons.trash import purge_expired
from courses.media.unneeded import BATCH, sweep_media
from courses.media.uploads import sweep_uploads
from courses.people.attempts import KEPT as ATTEMPTS_KEPT
from courses.people.sessions import ABSOLUTE as SESSION_LIFE
from courses.people.shown_secrets import KEPT as SHOWN_KEPT
from courses.pieces import PAUSE, delete_in_pieces, in_pieces
from courses.printing.ending import sweep_prints
from courses.privacy.erasing import erase_expired, forget_strays
from courses.privacy.scrubbing import rewrite_file, scrub
from courses.tables.lessons import Lesson, Revision
from courses.tables.people import Attempt, OneTimeLink, PasskeyChallenge, Session, ShownSecret
from courses.upkeep.turns import turn_to_sweep
from courses.webhooks.deliveries import forget_deliveries

#: how long every autosave is kept; after that a run of them is its last one
AUTOSAVES_KEPT = timedelta(days=7)
#: how long a one-use link and a session are kept after their end, to tell people what became of them
ENDED_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Swept:
    """How many of each went."""

    lessons: int
    revisions: int
    shown_secrets: int
    sessions: int
    one_time_links: int
    attempts: int
    passkey_challenges: int
    imports: int
    prints: int
    deliveries: int
    students: int
    refused_scans: int
    uploads: int
    media: int
    #: databases that were written anew
    rewritten_files: int

    @property
    def total(self) -> int:
        """All together."""
        return sum(vars(self).values())


async def sweep(store: ObjectStore, night: bool = False, yields: bool = False) -> Swept | None:
    """Take away what is old enough, in short transactions; None where another process is at it.

    At night an SQLite file is also written anew after erasures, with `yields` only while nobody waits to write. What fails
    does not keep the rest; raises ExceptionGroup.
    """
    async with turn_to_sweep() as mine:
        return await _sweep(store, night, yields) if mine else None


async def _sweep(store: ObjectStore, night: bool, yields: bool) -> Swept:
    parts: dict[str, Callable[[], Awaitable[int]]] = {
        "lessons": lambda: _until_none(lambda: purge_expired(store)),
        "revisions": thin_autosaves,
        "shown_secrets": lambda: delete_in_pieces(ShownSecret, ShownSecret.created_at < now() - SHOWN_KEPT),
        "sessions": forget_sessions,
        "one_time_links": lambda: delete_in_pieces(OneTimeLink, OneTimeLink.expires_at < now() - ENDED_KEPT),
        "attempts": lambda: delete_in_pieces(Attempt, Attempt.at < now() - ATTEMPTS_KEPT),
        "passkey_challenges": lambda: delete_in_pieces(PasskeyChallenge, PasskeyChallenge.expires_at < now()),
        "imports": lambda: sweep_runs(store),
        "prints": lambda: sweep_prints(store),
        "deliveries": forget_deliveries,
        "students": lambda: erase_expired(store),
        "refused_scans": forget_strays,
        "uploads": lambda: sweep_uploads(store),
        "media": lambda: sweep_media(store),
        "rewritten_files": lambda: _scrub(night, yields),
    }
    counts, failures = dict.fromkeys(parts, 0), []
    for name, part in parts.items():
        try:
            counts[name] = await part()
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("parts of the sweep failed", failures)
    return Swept(**counts)


async def _scrub(night: bool, yields: bool) -> int:
    """What was erased, out of an SQLite file."""
    if night:
        return await rewrite_file(yields)
    await scrub()
    return 0


async def thin_autosaves() -> int:
    """Of each old run of autosaves keep the last; the numbers of the others stay as they are. How many went."""
    removed, last = 0, UUID(int=0)
    while lessons := await Lesson.select(Lesson.id).where(Lesson.id > last, Lesson.version > 2).order_by(
        Lesson.id
    ).limit(BATCH).output(as_list=True):  # fmt: skip
        last = lessons[-1]
        for lesson in lessons:
            rows = await Revision.select(
                Revision.id, Revision.number, Revision.person, Revision.at, Revision.note, Revision.restored_from
            ).where(Revision.lesson == lesson).order_by(Revision.number)  # fmt: skip
            superfluous = _superfluous(rows, now() - AUTOSAVES_KEPT)
            await in_pieces(superfluous, lambda some: _delete(Revision, some))
            removed += len(superfluous)
            await asyncio.sleep(0)
    return removed


def _superfluous(rows: Sequence[dict[str, Any]], before: datetime) -> list[UUID]:
    """Autosaves that the same person's next one, within RUN, has followed; not those that were brought back once."""
    brought_back = {row["restored_from"] for row in rows}
    return [
        row["id"]
        for row, following in itertools.pairwise(rows)
        if row["at"] < before
        and row["note"] == following["note"] == "autosave"
        and row["person"] == following["person"]
        and following["at"] - row["at"] < RUN
        and row["number"] not in brought_back
    ]


async def forget_sessions() -> int:
    """Sessions that ended long ago, but for each person's last, which says when they were here."""
    rows = await Session.select(Session.id, Session.person, Session.created_at).order_by(Session.seen_at)
    newest = {row["person"]: row["id"] for row in rows}
    before = now() - SESSION_LIFE - ENDED_KEPT
    old = [row["id"] for row in rows if row["created_at"] < before and newest[row["person"]] != row["id"]]
    await in_pieces(old, lambda some: _delete(Session, some))
    return len(old)


async def _delete(table: type[Table], ids: Sequence[UUID]) -> None:
    key = table._meta.primary_key
    await table.delete().where(key.is_in(list(ids)))


async def _until_none(step: Callable[[], Awaitable[int]]) -> int:
    """Repeat a small step until it finds nothing; the sum."""
    total = 0
    while count := await step():
        total += count
        await asyncio.sleep(PAUSE)
    return total
