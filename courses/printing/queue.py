"""The queue of print runs: who draws which, how far it is, and what came of it. Any number of processes take from it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from courses.audit import record
from courses.clock import now
from courses.database import writing
from courses.errors import Conflict, Message
from courses.printing.runs import PrintRunInfo, ProblemRecord, ProofRecord, find_run
from courses.signed_in import SignedIn
from courses.tables.printing import PrintRun

#: a try without a sign of life for so long has died
SILENCE = timedelta(seconds=15)
#: tries that end with their process
TRIES = 3


async def take_run() -> PrintRunInfo | None:
    """The oldest run that waits, or whose process has died, is now this try's; None where there is none.

    One that has taken its process with it again and again fails instead.
    """
    while True:
        silent = (PrintRun.state == "working") & (PrintRun.beat_at < now() - SILENCE)
        waiting = (PrintRun.state == "queued") | silent
        rows = await PrintRun.select(PrintRun.id, PrintRun.tries).where(waiting).order_by(PrintRun.created_at).limit(1)
        if not rows:
            return None
        run, tries, attempt = rows[0]["id"], rows[0]["tries"] + 1, uuid4()
        values: dict[Any, Any] = {
            PrintRun.state: "working", PrintRun.attempt: attempt, PrintRun.tries: tries, PrintRun.beat_at: now(),
            PrintRun.done: 0,
        }  # fmt: skip
        if not await PrintRun.update(values).where(PrintRun.id == run, waiting).returning(PrintRun.id):
            continue
        if tries <= TRIES:
            return await find_run(run)
        await fail_run(run, attempt, Message("The portal was stopped {times} times while it drew this.", times=TRIES))


async def beat_run(run: UUID, attempt: UUID, done: int | None = None) -> bool:
    """A sign of life; False when the run was cancelled or is another try's."""
    values: dict[Any, Any] = {PrintRun.beat_at: now()} | ({} if done is None else {PrintRun.done: done})
    return await _set(run, attempt, values)


async def finish_run(run: UUID, attempt: UUID, *, file: str, slips: int, pages: int, proof: ProofRecord) -> bool:
    """It is whole; False when that came too late. Without a file it is there to say what could not be read."""
    return await _set(run, attempt, {
        PrintRun.state: "done" if file else "failed", PrintRun.file: file, PrintRun.slips: slips, PrintRun.done: slips,
        PrintRun.pages: pages, PrintRun.proof: msgspec.json.encode(proof).decode(), PrintRun.ended_at: now(),
    })  # fmt: skip


async def fail_run(run: UUID, attempt: UUID, reason: Message) -> bool:
    """It cannot be printed."""
    problem = ProblemRecord(reason.text, {name: _plain(value) for name, value in reason.values.items()})
    return await _set(run, attempt, {
        PrintRun.state: "failed", PrintRun.problem: msgspec.json.encode(problem).decode(), PrintRun.ended_at: now(),
    })  # fmt: skip


async def give_back(run: UUID, attempt: UUID) -> bool:
    """Its process ends, not by its fault: another one takes it."""
    return await _set(run, attempt, {PrintRun.state: "queued", PrintRun.tries: PrintRun.tries - 1})


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


async def _set(run: UUID, attempt: UUID, values: dict[Any, Any]) -> bool:
    rows = await PrintRun.update(values).where(
        PrintRun.id == run, PrintRun.attempt == attempt, PrintRun.state == "working"
    ).returning(PrintRun.id)  # fmt: skip
    return bool(rows)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else str(value)
