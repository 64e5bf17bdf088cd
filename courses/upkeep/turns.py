"""The sweep is one process's at a time: another would do the same once more, and say so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

from courses.leases import Lease, Queue
from courses.tables.upkeep import Chore

SWEEP = UUID("6b0f1c8e-6a52-4a0e-9d0c-5a2f4f6f7b11")
#: seconds between two signs of life; who gives none for so long has died
BEAT, SILENCE = 60.0, timedelta(minutes=10)
QUEUE = Queue(
    table=Chore, held=Chore.holder.is_not_null(), waiting=Chore.holder.is_null(), holder=Chore.holder, at=Chore.beat_at,
    silence=SILENCE,
)  # fmt: skip


@asynccontextmanager
async def turn_to_sweep() -> AsyncIterator[bool]:
    """Whether it is this process's turn, which ends with the context."""
    await Chore.insert(Chore(id=SWEEP, name="sweep")).on_conflict(target=Chore.id, action="DO NOTHING")
    lease = await QUEUE.claim(SWEEP)
    if lease is None:
        yield False
        return
    beating = asyncio.create_task(_beat(lease))
    try:
        yield True
    finally:
        beating.cancel()
        await QUEUE.finish(lease, {Chore.holder: None})


async def _beat(lease: Lease) -> None:
    while True:
        await asyncio.sleep(BEAT)
        with suppress(Exception):  # the next one makes up for it
            await QUEUE.beat(lease)
