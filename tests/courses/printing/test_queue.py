"""The queue of print runs: taken oldest first, under the name of a try, and ended by that try alone in one of its states."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from courses.audit import all_entries
from courses.clock import now
from courses.errors import Conflict, Message
from courses.lessons.links import links_of_lesson
from courses.media.library import open_store
from courses.printing.ending import cancel_run, withdraw_run
from courses.printing.queue import SILENCE, TRIES, beat_run, fail_run, finish_run, give_back, retry_run, take_run
from courses.printing.runs import find_run, links_in_run, run_of, runs_on_sheet
from courses.printing.starting import RunRequest, pairs_for, start_run
from courses.printing.values import PrintOptions, PrintRunInfo, ProblemRecord, ProofRecord, UnreadRecord
from courses.tables.printing import PrintRun
from tests.courses.classroom import Classroom, make_classroom

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(db: str) -> Classroom:
    return await make_classroom()


async def new_run(room: Classroom, kind: str = "handout") -> PrintRunInfo:
    pairs = await pairs_for(room.course, kind, list(room.lessons.values()))
    identity = await start_run(room.alice, room.course, RunRequest(kind, "a4-24", PrintOptions(), pairs))
    return await run_of(room.alice, identity)


async def taken_run(room: Classroom) -> PrintRunInfo:
    await new_run(room)
    run = await take_run()
    assert run is not None
    return run


async def die(run: PrintRunInfo) -> None:
    """Its process gives no more signs of life."""
    await PrintRun.update({PrintRun.beat_at: now() - SILENCE}).where(PrintRun.id == run.id)


async def done(run: PrintRunInfo, file: str = "prints/a", proof: ProofRecord | None = None) -> bool:
    return await finish_run(run.id, run.attempt, file=file, slips=2, pages=1, proof=proof or ProofRecord(2, 2, 2))


async def test_runs_of_all_courses_are_taken_in_the_order_of_their_making(room: Classroom) -> None:
    other = await make_classroom("Autumn")
    runs = [await new_run(place) for place in (room, other, room)]
    found = [await take_run() for _ in range(4)]
    assert [run.id if run else None for run in found] == [*(run.id for run in runs), None]
    assert {(run.state, run.tries, run.done) for run in found if run} == {("working", 1, 0)}


async def test_a_run_is_taken_once_in_order_and_again_when_its_process_died(room: Classroom) -> None:
    runs = [await new_run(room) for _ in range(3)]
    taken = await asyncio.gather(*(take_run() for _ in range(5)))
    assert sorted(run.number for run in taken if run) == [1, 2, 3]
    first = next(run for run in taken if run and run.number == 1)
    assert await beat_run(first.id, first.attempt, 1)
    await die(first)
    again = await take_run()
    assert again is not None
    assert (again.id, again.done, again.tries) == (runs[0].id, 0, 2)
    # The try that was thought dead can do nothing any more.
    assert not await beat_run(first.id, first.attempt, 2)
    assert not await done(first)
    assert not await fail_run(first.id, first.attempt, Message("no"))
    assert not await give_back(first.id, first.attempt)
    assert (await find_run(again.id)).state == "working"


async def test_a_run_that_takes_its_process_with_it_fails_in_the_end(room: Classroom) -> None:
    run = await new_run(room)
    for _ in range(TRIES):
        taken = await take_run()
        assert taken is not None
        await die(taken)
    assert await take_run() is None
    failed = await find_run(run.id)
    assert (failed.state, str(failed.failure)) == (
        "failed", f"The portal was stopped {TRIES} times while it drew this.",
    )  # fmt: skip
    assert failed.ended_at is not None


async def test_what_is_given_back_is_taken_by_another_as_if_for_the_first_time(room: Classroom) -> None:
    await new_run(room)
    for _ in range(TRIES + 1):
        run = await take_run()
        assert run is not None
        assert run.tries == 1
        assert await give_back(run.id, run.attempt)
        assert not await beat_run(run.id, run.attempt)


async def test_a_run_that_has_not_all_its_links_is_not_taken(room: Classroom) -> None:
    run = await new_run(room)
    await PrintRun.update({PrintRun.state: "new"}).where(PrintRun.id == run.id)
    assert await take_run() is None


async def test_sign_of_life_says_how_far_it_is(room: Classroom) -> None:
    run = await taken_run(room)
    assert await beat_run(run.id, run.attempt, 1)
    assert (await find_run(run.id)).done == 1
    assert await beat_run(run.id, run.attempt)
    assert (await find_run(run.id)).done == 1
    assert not await beat_run(run.id, uuid4(), 2)
    assert not await beat_run(run.id, None, 2)


async def test_finished_run_has_its_file_and_what_was_read_back(room: Classroom) -> None:
    run = await taken_run(room)
    assert await done(run)
    (found,) = await runs_on_sheet(room.course, "a4-24")
    assert (found.state, found.file, found.done, found.pages, found.proof.read) == ("done", "prints/a", 2, 1, 2)
    assert found.ended_at is not None
    assert not await done(run)
    assert await take_run() is None


async def test_run_without_a_file_failed_and_says_what_could_not_be_read(room: Classroom) -> None:
    run = await taken_run(room)
    unread = UnreadRecord("P1-002", "Milk", ProblemRecord("Too small: {mm} mm.", {"mm": 0.3}))
    assert await done(run, file="", proof=ProofRecord(1, 2, 2, (unread,)))
    found = await find_run(run.id)
    assert (found.state, found.file, found.failure) == ("failed", "", None)
    assert [(one.serial, str(one.message)) for one in found.proof.unread] == [("P1-002", "Too small: 0.3 mm.")]


async def test_reason_of_a_failure_is_kept_with_its_values(room: Classroom) -> None:
    run = await taken_run(room)
    reason = Message(
        "{count} of {all}, {share} at {when}: {what}.", count=1, all=2, share=0.5, when=Path("a/b"), what="x"
    )
    assert await fail_run(run.id, run.attempt, reason)
    found = await find_run(run.id)
    assert (found.state, str(found.failure)) == ("failed", "1 of 2, 0.5 at a/b: x.")
    assert found.failure is not None
    assert found.failure.values["count"] == 1
    assert not await fail_run(run.id, run.attempt, Message("again"))


async def test_what_is_cancelled_can_no_longer_be_finished_or_taken(room: Classroom) -> None:
    run = await taken_run(room)
    await cancel_run(room.alice, run)
    assert not await done(run)
    assert not await beat_run(run.id, run.attempt)
    await die(run)
    assert await take_run() is None
    assert await links_in_run(run.id) == (2, 0)
    for change in (cancel_run, retry_run):
        with pytest.raises(Conflict):
            await change(room.alice, await find_run(run.id))


async def test_failed_run_is_drawn_again_with_its_links_as_if_for_the_first_time(room: Classroom) -> None:
    run = await taken_run(room)
    await beat_run(run.id, run.attempt, 1)
    await fail_run(run.id, run.attempt, Message("No {what}.", what="paper"))
    links = await links_of_lesson(room.lessons["Tea"])
    await retry_run(room.alice, await find_run(run.id))
    waiting = await find_run(run.id)
    assert (waiting.state, waiting.failure, waiting.done, waiting.ended_at) == ("queued", None, 0, None)
    again = await take_run()
    assert again is not None
    assert (again.id, again.tries) == (run.id, 1)
    assert await links_of_lesson(room.lessons["Tea"]) == links
    entry = (await all_entries(room.course))[0]
    assert (entry.action, entry.label, entry.object, entry.person_name) == ("print.again", "P1", run.id, "Alice")


async def test_finished_run_is_drawn_again_only_when_its_file_is_gone(room: Classroom) -> None:
    run = await taken_run(room)
    assert await done(run, proof=ProofRecord(1, 2, 2))
    with pytest.raises(Conflict):
        await retry_run(room.alice, run)
    await PrintRun.update({PrintRun.file: ""}).where(PrintRun.id == run.id)
    await retry_run(room.alice, run)
    found = await find_run(run.id)
    assert (found.state, found.proof) == ("queued", ProofRecord())


async def test_run_that_waits_or_is_under_way_is_not_drawn_again(room: Classroom) -> None:
    run = await new_run(room)
    with pytest.raises(Conflict):
        await retry_run(room.alice, run)
    await take_run()
    with pytest.raises(Conflict):
        await retry_run(room.alice, run)
    assert (await all_entries(room.course))[0].action == "print.start"


async def test_withdrawn_run_is_never_drawn_again(room: Classroom, tmp_path: Path) -> None:
    run = await taken_run(room)
    await fail_run(run.id, run.attempt, Message("no"))
    await withdraw_run(room.alice, open_store(f"file://{tmp_path}/media"), await find_run(run.id))
    with pytest.raises(Conflict):
        await retry_run(room.alice, await find_run(run.id))
    assert await take_run() is None


async def test_a_try_that_was_a_little_silent_keeps_its_run(room: Classroom) -> None:
    run = await taken_run(room)
    await PrintRun.update({PrintRun.beat_at: now() - SILENCE + timedelta(seconds=5)}).where(PrintRun.id == run.id)
    assert await take_run() is None
    assert await done(run)
