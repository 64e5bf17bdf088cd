"""Print runs: links of their own, withdrawn as a whole, replaced one by one."""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import obstore
import pytest

from courses.audit import all_entries
from courses.catalogue.courses import course_of, create_course
from courses.clock import now
from courses.database import writing
from courses.errors import Conflict, Invalid, NotAllowed, NotFound
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.events.scan_log import ScanFilter, count_scans
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import card, class_links, links_of_lesson
from courses.lessons.values import LessonDraft
from courses.media.library import open_store
from courses.people.accounts import add_person
from courses.printing.ending import FILES_KEPT, sweep_prints, withdraw_run
from courses.printing.printable import SLIPS_MAX
from courses.printing.queue import retry_run
from courses.printing.runs import (
    links_in_run,
    run_of,
    runs_of,
    scans_of_links,
    scans_of_runs,
    slips_of_run,
)
from courses.printing.starting import RunRequest, pairs_for, reissue_slip, start_run
from courses.printing.values import PrintOptions, PrintRunInfo
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.courses import Membership
from courses.tables.events import RefusedScan
from courses.tables.links import Link
from courses.tables.printing import PrintRun

pytestmark = pytest.mark.anyio


@dataclass
class Class:
    """Alice's course of two lessons and three students."""

    alice: SignedIn
    course: UUID
    lessons: list[UUID]
    students: list[UUID]

    async def run(self, kind: str = "personal", **options: object) -> PrintRunInfo:
        pairs = await pairs_for(self.course, kind, self.lessons)
        wanted = RunRequest(kind, "a4-24", PrintOptions(**options), pairs)
        return await run_of(self.alice, await start_run(self.alice, self.course, wanted))


@pytest.fixture
async def room(db: str) -> Class:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Spring")
    lessons = [await create_shared_lesson(alice, course, LessonDraft("normal", title)) for title in ("Tea", "Milk")]
    await add_students(None, course, [Entry(str(n), name) for n, name in enumerate(("Ada", "Bo", "Cy"), start=1)])
    return Class(alice, course, lessons, [student.id for student in await students_of(course)])


async def test_run_has_links_of_its_own_in_the_order_of_its_kind(room: Class) -> None:
    before = await class_links(room.lessons)
    run = await room.run()
    assert (run.name, run.slips, run.state, run.created_by) == ("P1", 6, "queued", "Alice")
    slips = await slips_of_run(run.id)
    assert [(slip.serial, slip.student, slip.title) for slip in slips] == [
        (1, "Ada", "Tea"), (2, "Ada", "Milk"), (3, "Bo", "Tea"), (4, "Bo", "Milk"), (5, "Cy", "Tea"), (6, "Cy", "Milk"),
    ]  # fmt: skip
    assert slips[4].link.seat == (await students_of(room.course))[2].seat
    assert run.serial(17) == "P1-017"
    # A run's links are neither the class's nor among a lesson's own.
    handout = await room.run("handout")
    assert (handout.name, handout.slips) == ("P2", 2)
    assert await class_links(room.lessons) == before
    assert await links_of_lesson(room.lessons[0], printed=False) == [before[room.lessons[0]]]
    assert len(await links_of_lesson(room.lessons[0])) == 5
    copies = await room.run("copies", copies=30)
    assert (copies.slips, len(await slips_of_run(copies.id))) == (60, 2)
    assert [each.name for each in (await runs_of(room.course)).runs] == ["P3", "P2", "P1"]


async def test_catch_up_is_for_those_who_are_not_done(room: Class) -> None:
    for student, kind in zip(room.students, ("claim", "launch", "scan"), strict=True):
        report = Report(room.lessons[0], kind, "xiaohongshu", now(), now(), student=student)
        async with writing():
            await keep([report])
            await apply([report])
    pairs = await pairs_for(room.course, "catchup", room.lessons, by_lesson=True)
    names = {student: name for student, name in zip(room.students, "abc", strict=True)}
    assert [(room.lessons.index(pair.lesson), names[pair.student]) for pair in pairs] == [
        (0, "b"), (0, "c"), (1, "a"), (1, "b"), (1, "c"),
    ]  # fmt: skip


async def test_too_many_slips_and_none_are_refused_before_anything_is_written(room: Class) -> None:
    for kind, options in (("copies", PrintOptions(copies=SLIPS_MAX)), ("catchup", PrintOptions())):
        pairs = await pairs_for(room.course, kind, room.lessons) if kind == "copies" else []
        with pytest.raises((Invalid, Conflict)) as refused:
            await start_run(room.alice, room.course, RunRequest(kind, "a4-24", options, pairs))
        assert str(SLIPS_MAX) in str(refused.value) or "nothing to print" in str(refused.value)
    assert await PrintRun.count() == 0


async def test_links_are_issued_in_short_transactions(room: Class) -> None:
    pairs = [pair for _ in range(1_000) for pair in await pairs_for(room.course, "handout", room.lessons)]
    longest = 0.0

    async def others() -> None:
        nonlocal longest
        while True:
            start = time.perf_counter()
            async with writing():
                pass
            longest = max(longest, time.perf_counter() - start)
            await asyncio.sleep(0.001)

    task = asyncio.create_task(others())
    await start_run(room.alice, room.course, RunRequest("personal", "a4-24", PrintOptions(), pairs))
    task.cancel()
    assert await Link.count().where(Link.run.is_not_null()) == 2_000
    assert longest < 0.25


async def test_a_lost_sheet_is_withdrawn_as_a_whole(room: Class, tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/media")
    lost, kept = await room.run(), await room.run()
    codes = [slip.link.code for slip in await slips_of_run(lost.id)]
    (await card(codes[0])).check_open()
    await obstore.put_async(store, "prints/x.pdf", b"%PDF")
    await PrintRun.update({PrintRun.file: "prints/x.pdf", PrintRun.state: "done"}).where(PrintRun.id == lost.id)
    assert await withdraw_run(room.alice, store, await run_of(room.alice, lost.id)) == 6
    for code in codes:
        assert (await card(code)).link.state(now()) == "withdrawn"
    assert (await links_in_run(lost.id), await links_in_run(kept.id)) == ((6, 0), (6, 6))
    ended = await run_of(room.alice, lost.id)
    assert ended.withdrawn_at is not None
    assert ended.file == ""
    with pytest.raises(FileNotFoundError):
        await obstore.head_async(store, "prints/x.pdf")
    entry = (await all_entries(room.course))[0]
    assert (entry.action, entry.label, entry.detail) == ("print.withdraw", "P1", {"links": 6})


async def test_one_slip_is_replaced_by_one_with_its_place(room: Class) -> None:
    run = await room.run()
    slip = (await slips_of_run(run.id))[2]
    new = await run_of(room.alice, await reissue_slip(room.alice, run, slip))
    assert (new.slips, new.options.replaces) == (1, "P1-003")
    (other,) = await slips_of_run(new.id)
    assert (other.serial, other.student, other.title) == (3, slip.student, slip.title)
    assert (await card(slip.link.code)).link.state(now()) == "withdrawn"
    assert (await card(other.link.code)).link.state(now()) == "open"
    assert await links_in_run(run.id) == (6, 5)
    with pytest.raises(Conflict):
        await reissue_slip(room.alice, run, (await slips_of_run(run.id))[2])


async def test_scans_are_counted_per_run_and_link(room: Class) -> None:
    run, other = await room.run(), await room.run()
    slips = await slips_of_run(run.id)
    links = [slip.link for slip in slips]
    reports = [
        Report(link.lesson, kind, "xiaohongshu", now(), now(), student=link.student, link=link.id)
        for link, kind in ((links[0], "scan"), (links[0], "scan"), (links[3], "scan"), (links[3], "preview"))
    ]
    async with writing():
        await keep(reports)
    refused = RefusedScan(
        id=uuid4(), reason="expired", course=run.course, link=links[1].id, at=now(), received_at=now()
    )
    await RefusedScan.insert(refused)
    found = await scans_of_runs([run.id, other.id])
    assert [(key, scans.scans, len(scans.links)) for key, scans in found.items()] == [(run.id, 4, 3)]
    assert await scans_of_links([links[0].id, links[1].id]) == {links[0].id: 2, links[1].id: 1}
    assert await count_scans(run.course, ScanFilter(run=run.number)) == 4
    assert await count_scans(run.course, ScanFilter(run=run.number, serial=slips[0].serial)) == 2
    assert await count_scans(run.course, ScanFilter(run=other.number)) == 0


async def test_run_is_seen_by_members_and_changed_by_those_who_write(room: Class) -> None:
    run = await room.run()
    bob, vera = await add_person("bob@example.org", "Bob"), await add_person("vera@example.org", "Vera")
    await Membership.insert(Membership(course=room.course, person=vera.id, role="viewer", created_at=now()))
    assert (await run_of(vera, run.id)).id == run.id
    with pytest.raises(NotAllowed):
        await run_of(vera, run.id, "write")
    for person, asked in ((bob, run.id), (room.alice, uuid4())):
        with pytest.raises(NotFound):
            await run_of(person, asked)
    assert (await course_of(vera, room.course)).may("read")


async def test_sweep_forgets_old_files_and_half_made_runs(room: Class, tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/media")
    old, new, half = [await room.run("handout") for _ in range(3)]
    for run, age in ((old, FILES_KEPT + timedelta(days=1)), (new, timedelta(days=1))):
        await obstore.put_async(store, f"prints/{run.id}.pdf", b"%PDF")
        await PrintRun.update(
            {PrintRun.file: f"prints/{run.id}.pdf", PrintRun.state: "done", PrintRun.ended_at: now() - age}
        ).where(PrintRun.id == run.id)
    await PrintRun.update({PrintRun.state: "new", PrintRun.created_at: now() - timedelta(days=1)}).where(
        PrintRun.id == half.id
    )
    assert (await sweep_prints(store), await sweep_prints(store)) == (2, 0)
    assert [path.name for path in (tmp_path / "media" / "prints").iterdir()] == [f"{new.id}.pdf"]
    assert await Link.count().where(Link.run == half.id) == 0
    await retry_run(room.alice, await run_of(room.alice, old.id))
