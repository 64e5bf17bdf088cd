"""Print runs, drawn in the background of every application process: one run at a time, two parts of it at once."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import obstore
from obstore.store import ObjectStore

from courses.disk import is_full
from courses.errors import CourseError, Message, NoRoom
from courses.printing.ending import FOLDER, drop_file
from courses.printing.printable import check_amount
from courses.printing.queue import beat_run, fail_run, finish_run, give_back, take_run
from courses.printing.values import PrintRunInfo, ProofRecord
from portal.background.leftovers import tidy
from portal.background.loop import in_background, repeat
from portal.printing.logos import logo_bytes
from portal.printing.parts import SLIPS, Part, parts_of
from portal.printing.proofs import with_part
from portal.printing.run_slips import look_of, slips_of
from portal.settings import Settings
from portal.workers.asker import working_for
from portal.workers.joining import join_parts
from portal.workers.pool import WorkFailed, in_worker
from portal.workers.refusals import message_of
from portal.workers.run_parts import draw_part
from print.layouts import SheetRefused
from print.proof import SAMPLE

logger = logging.getLogger("portal.prints")
T = TypeVar("T")

#: how long to wait before looking for runs that nobody here has started, in seconds; spread over the processes
FIRST = (2, 4)
AGAIN = (4, 6)
#: between two signs of life, in seconds
BEAT = 3.0
AT_ONCE = 2
#: of the folders in which parts wait for each other
PREFIX = "lessonlink-print-"
OURS = Message("Something went wrong on our side. Nothing was lost; please try again.")


class Stopped(Exception):
    """Cancelled, or taken over by another process."""


@asynccontextmanager
async def printing(settings: Settings, store: ObjectStore, queued: asyncio.Event) -> AsyncIterator[None]:
    """While this is open, runs are drawn, at once when `queued` is set; one under way at the end goes back to the queue."""
    async with in_background(_print_on(settings, store, queued), name="printing"):
        yield


async def _print_on(settings: Settings, store: ObjectStore, queued: asyncio.Event) -> None:
    async def work() -> None:
        while run := await take_run():
            await draw_run(settings, store, run)

    await asyncio.to_thread(tidy, PREFIX)
    failure = "print runs could not be taken; it is tried again in a moment"
    await repeat(work, FIRST, AGAIN, logger, failure, queued)


async def draw_run(settings: Settings, store: ObjectStore, run: PrintRunInfo) -> None:
    """Draw a run that was taken, to its end: whole or failed with a reason; what raises is only the end of the process."""
    try:
        async with in_background(_beat_on(run), name="beating"):
            await _draw(settings, store, run)
    except Stopped:
        logger.info("%s of %s was stopped", run.name, run.course)
    except asyncio.CancelledError:
        await asyncio.shield(give_back(run.id, run.attempt))
        raise
    except Exception as error:
        await fail_run(run.id, run.attempt, _reason(error))
    else:
        return
    await drop_file(store, _key(run))


async def _beat_on(run: PrintRunInfo) -> None:
    while True:
        await asyncio.sleep(BEAT)
        with suppress(Exception):  # a database that is busy now may not be so at the next beat
            await beat_run(run.id, run.attempt)


async def _draw(settings: Settings, store: ObjectStore, run: PrintRunInfo) -> None:
    working_for(run.course)
    look = look_of(run)
    if "logo" in run.options.parts:
        look = replace(look, options=replace(look.options, logo=await logo_bytes(store, run.course)))
    parts = parts_of(run.slips, look.layout.per_page, run.options.skip, SLIPS)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        folder, done, pages = Path(name), 0, 0
        waiting, drawn, proof = iter(enumerate(parts)), {}, ProofRecord()
        # All codes of a short run are read back, also where a slip has two; of a longer one some of each part.
        wanted = None if run.slips <= SAMPLE else -(-SAMPLE // len(parts))

        async def draw(number: int, part: Part) -> None:
            nonlocal done, pages, proof
            slips = await slips_of(settings, store, run, part)
            if slips:
                path, printed = folder / f"{number}.pdf", [slip for _, slip in slips]
                came = await _twice(lambda: in_worker(draw_part, printed, look, part.skip, path, wanted))
                drawn[number] = path
                done, pages, proof = done + len(slips), pages + came.pages, with_part(proof, came, printed)
            if not await beat_run(run.id, run.attempt, done):
                raise Stopped

        async def draw_on() -> None:
            for number, part in waiting:
                await draw(number, part)

        await _all(*(draw_on() for _ in range(AT_ONCE)))
        check_amount(done)
        if proof.unread:
            await finish_run(run.id, run.attempt, file="", slips=done, pages=pages, proof=proof)
            return
        whole, files = folder / "whole.pdf", [drawn[number] for number in sorted(drawn)]
        if len(files) > 1:
            await _twice(lambda: in_worker(join_parts, files, whole, look.options.tagged))
        await obstore.put_async(store, _key(run), whole if len(files) > 1 else files[0])
        if not await finish_run(run.id, run.attempt, file=_key(run), slips=done, pages=pages, proof=proof):
            raise Stopped


async def _all(*works: Coroutine[Any, Any, None]) -> None:
    """All at once; the first that fails stops the others and is what fails."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures


async def _twice(work: Callable[[], Awaitable[T]]) -> T:
    """Again if a worker died: it may have been no fault of this work."""
    try:
        return await work()
    except WorkFailed:
        return await work()


def _key(run: PrintRunInfo) -> str:
    """Of this try alone, so that one that was thought dead does not write over another's."""
    return f"{FOLDER}/{run.id}-{run.attempt}.pdf"


def _reason(error: Exception) -> Message:
    if isinstance(error, SheetRefused):
        return message_of(error)
    if isinstance(error, CourseError):
        return error.message
    if is_full(error):
        return NoRoom().message
    logger.error("a print run failed", exc_info=error)
    return OURS
