"""Figures that nobody causes by a request are taken every few seconds: queues, stalls, connections, memory."""

import logging
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from courses.database import connections_in_use
from courses.events.journal import Commit, Journal
from courses.people.slow_hashes import SlowHashes
from courses.upkeep.queues import waiting_rows
from portal.background.loop import in_background, repeat
from portal.background.stalls import Stalls
from portal.metrics import (
    COMMIT,
    EVENTS,
    GROUP,
    JOURNAL,
    MEMORY,
    POOL,
    PROCESSES,
    QUEUE,
    REFUSED_COMMITS,
    STALL,
    WORK,
    WORKED,
)
from portal.workers.pool import work_now

logger = logging.getLogger("portal.metrics")

#: seconds between two looks: into the process, and into the database, which all processes do
NEAR, FAR = (5, 5), (20, 40)
PAGE = resource.getpagesize()


@asynccontextmanager
async def measuring(stalls: Stalls, journal: Journal, hashes: dict[str, SlowHashes]) -> AsyncIterator[None]:
    """While this is open, the figures are fresh."""
    PROCESSES.set(1)
    near = repeat(
        partial(look_near, stalls, journal, hashes), (0, 0), NEAR, logger, "the process could not be measured"
    )
    far = repeat(look_far, (1, 5), FAR, logger, "queues could not be counted")
    async with in_background(near, far, name="measuring"):
        yield


def measure_commit(commit: Commit) -> None:
    """What the journal tells of each group."""
    COMMIT.observe(commit.seconds)
    if commit.recorded is None:
        REFUSED_COMMITS.inc()
        return
    GROUP.observe(commit.events)
    EVENTS.labels("new").inc(commit.recorded)
    EVENTS.labels("known").inc(commit.events - commit.recorded)


async def look_near(stalls: Stalls, journal: Journal, hashes: dict[str, SlowHashes]) -> None:
    """What this process knows by itself."""
    late, worked = stalls.longest()
    STALL.set(late)
    WORKED.set(worked)
    JOURNAL.set(journal.waiting)
    MEMORY.set(int(Path("/proc/self/statm").read_text().split()[1]) * PAGE)
    work = {"worker": work_now()} | {kind: each.now() for kind, each in hashes.items()}
    for kind, (waiting, working) in work.items():
        WORK.labels(kind, "waiting").set(waiting)
        WORK.labels(kind, "working").set(working)
    for state, count in connections_in_use().items():
        POOL.labels(state).set(count)


async def look_far() -> None:
    """What waits in the database."""
    for queue, count in (await waiting_rows()).items():
        QUEUE.labels(queue).set(count)
