"""The queue of print runs: who draws which, how far it is, and what came of it. Any number of processes take from it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import msgspec

from courses.audit import record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Message
from courses.leases import Lease, Queue
from courses.printing.runs import find_run
from courses.printing.values import PrintRunInfo, ProblemRecord, ProofRecord
from courses.signed_in import SignedIn
from courses.tables.printing import PrintRun

#: a try without a sign of life for so long has died
SILENCE = timedelta(seconds=15)
#: tries that end with their process
TRIES = 3
QUEUE = Queue(
    table=PrintRun, waiting=PrintRun.state == "queued", held=PrintRun.state == "working", holder=PrintRun.attempt,
    at=PrintRun.beat_at, silence=SILENCE, tries=PrintRun.tries, most=TRIES, owner=PrintRun.created_by,
)  # fmt: skip


async def take_run() -> PrintRunInfo | None:
    """The oldest run that waits of whose turn it is, or whose process has died, is now this try's; None where there is none.

    One that has taken its process with it again and again fails instead.
    """
    begun: Changes = {PrintRun.state: "working", PrintRun.done: 0}
    while lease := await QUEUE.claim_next(PrintRun.created_at, values=begun):
        if not QUEUE.spent(lease):
            # Under the name of this try, whoever has taken the run since.
            return replace(await find_run(lease.row), attempt=lease.holder)
        await _fail(lease, Message("The portal was stopped {times} times while it drew this.", times=TRIES))
    return None


# A run that nobody holds has no attempt, and without one nothing is changed.


async def beat_run(run: UUID, attempt: UUID | None, done: int | None = None) -> bool:
    """A sign of life; False when the run was cancelled or is another try's."""
    return await QUEUE.beat(Lease(run, attempt), {} if done is None else {PrintRun.done: done}) is not None


async def finish_run(run: UUID, attempt: UUID | None, *, file: str, slips: int, pages: int, proof: ProofRecord) -> bool:
    """It is whole; False when that came too late. Without a file it is there to say what could not be read."""
    return await QUEUE.finish(Lease(run, attempt), {
        PrintRun.state: "done" if file else "failed", PrintRun.file: file, PrintRun.slips: slips, PrintRun.done: slips,
        PrintRun.pages: pages, PrintRun.proof: msgspec.json.encode(proof).decode(), PrintRun.ended_at: now(),
    })  # fmt: skip


async def fail_run(run: UUID, attempt: UUID | None, reason: Message) -> bool:
    """It cannot be printed."""
    return await _fail(Lease(run, attempt), reason)


async def give_back(run: UUID, attempt: UUID | None) -> bool:
    """Its process ends, not by its fault: another one takes it."""
    return await QUEUE.release(Lease(run, attempt), {PrintRun.state: "queued"})


@unit_of_work
async def retry_run(by: SignedIn, run: PrintRunInfo) -> None:
    """Draw it again with the links that it has: one that failed, or whose file is no longer kept. Raises Conflict."""
    again = (PrintRun.state == "failed") | ((PrintRun.state == "done") & (PrintRun.file == ""))
    async with writing():
        rows = await PrintRun.update({
            PrintRun.state: "queued", PrintRun.problem: "{}", PrintRun.proof: "{}", PrintRun.done: 0,
            PrintRun.tries: 0, PrintRun.ended_at: None,
        }).where(PrintRun.id == run.id, again, PrintRun.withdrawn_at.is_null()).returning(PrintRun.id)  # fmt: skip
        if not rows:
            raise Conflict(Message("This run is under way, or its file is still there."))
        await record("print.again", by, course=run.course, object=run.id, label=run.name)


async def _fail(lease: Lease, reason: Message) -> bool:
    problem = ProblemRecord(reason.text, {name: _plain(value) for name, value in reason.values.items()})
    return await QUEUE.finish(lease, {
        PrintRun.state: "failed", PrintRun.problem: msgspec.json.encode(problem).decode(), PrintRun.ended_at: now(),
    })  # fmt: skip


def _plain(value: object) -> str | int | float:
    return value if isinstance(value, str | int | float) else str(value)
