"""Ending print runs: cancelling one, withdrawing a lost sheet, forgetting files that are old."""

from datetime import timedelta

import obstore
from obstore.store import ObjectStore

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Message
from courses.lessons.links import forget_cards
from courses.objects import drop_object
from courses.pieces import delete_in_pieces
from courses.printing.values import PrintRunInfo
from courses.signed_in import SignedIn
from courses.tables.links import Link
from courses.tables.printing import PrintRun

#: how long a finished file can be downloaded; it has names in it
FILES_KEPT = timedelta(days=30)
#: where the files are in the object store
FOLDER = "prints"
#: a run that has not all its links after this time was left half made
_MAKING = timedelta(hours=1)


@unit_of_work
async def cancel_run(by: SignedIn, run: PrintRunInfo) -> None:
    """Stop a run that waits or is under way; nobody has its links, so they end. Raises Conflict."""
    async with writing():
        stopped = await PrintRun.update({PrintRun.state: "cancelled", PrintRun.ended_at: now()}).where(
            PrintRun.id == run.id, PrintRun.state.is_in(["queued", "working"])
        ).returning(PrintRun.id)  # fmt: skip
        if not stopped:
            raise Conflict(Message("This run has ended already."))
        await Link.update({Link.withdrawn_at: now()}).where(Link.run == run.id, Link.withdrawn_at.is_null())
        await record("print.cancel", by, course=run.course, object=run.id, label=run.name)


@unit_of_work
async def withdraw_run(by: SignedIn, store: ObjectStore, run: PrintRunInfo) -> int:
    """End all links of a run at once, within CARD_LIFE in all processes, and take its file away; how many links."""
    moment, alive = now(), (Link.run == run.id, Link.withdrawn_at.is_null())
    async with writing():
        ended: int = await Link.count().where(*alive)
        await Link.update({Link.withdrawn_at: moment}).where(*alive)
        await PrintRun.update({PrintRun.withdrawn_at: moment, PrintRun.file: ""}).where(
            PrintRun.id == run.id, PrintRun.withdrawn_at.is_null()
        )  # fmt: skip
        await PrintRun.update({PrintRun.state: "cancelled", PrintRun.ended_at: moment}).where(
            PrintRun.id == run.id, PrintRun.state.is_in(["queued", "working"])
        )  # fmt: skip
        await record("print.withdraw", by, course=run.course, object=run.id, label=run.name, detail={"links": ended})
    forget_cards()
    await drop_file(store, run.file)
    return ended


async def sweep_prints(store: ObjectStore) -> int:
    """Forget files that are old or whose course is gone, and runs that were left half made; how many."""
    old = await PrintRun.select(PrintRun.id, PrintRun.file).where(
        PrintRun.file != "", PrintRun.ended_at < now() - FILES_KEPT
    )  # fmt: skip
    for row in old:
        await PrintRun.update({PrintRun.file: ""}).where(PrintRun.id == row["id"])
        await drop_file(store, row["file"])
    left = PrintRun.state == "new", PrintRun.created_at < now() - _MAKING
    half = await PrintRun.select(PrintRun.id).where(*left).output(as_list=True)
    if half:
        await delete_in_pieces(Link, Link.run.is_in(half))
        await delete_in_pieces(PrintRun, PrintRun.id.is_in(half), *left)
    return len(old) + len(half) + await _sweep_files(store)


async def _sweep_files(store: ObjectStore) -> int:
    known = set(await PrintRun.select(PrintRun.file).where(PrintRun.file != "").output(as_list=True))
    lost = []
    async for some in obstore.list(store, prefix=FOLDER):
        lost += [each["path"] for each in some if each["path"] not in known and each["last_modified"] < now() - _MAKING]
    for key in lost:
        await drop_file(store, key)
    return len(lost)


async def drop_file(store: ObjectStore, key: str) -> None:
    """Take an object away that may be gone."""
    if key:
        await drop_object(store, key)
