"""Worker processes: they step back for whoever scans, and are no more than two however much there is to draw."""

import asyncio
import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anyio import to_process

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.errors import Busy
from courses.events.journal import Journal, Recorded
from courses.events.ladder import Report
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from portal.workers.pool import MEMORY, NICE, WORKERS, WorkFailed, in_worker
from portal.workers.run_parts import Look, draw_preview
from print.layouts import LAYOUTS
from print.options import AS_IT_IS, EVERYTHING
from print.sheets import Slip


def test_worker_is_nicer_than_the_server(run: Callable[..., Any]) -> None:
    assert run(in_worker, os.getpriority, os.PRIO_PROCESS, 0) == NICE
    assert os.getpriority(os.PRIO_PROCESS, 0) < NICE


@pytest.mark.anyio
async def test_fifty_sheets_at_once_wait_for_two_workers_and_a_scan_does_not(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    lesson = await create_shared_lesson(alice, await create_course(alice, "Spring"), LessonDraft("normal", "Tea 茶"))
    link = (await class_links([lesson]))[lesson].id
    journal = Journal()
    await journal.start()
    slips = [Slip("https://CLASS.EXAMPLE.COM/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULB", "Tea 茶")]
    look, before = Look(LAYOUTS["a4-24"], "Spring", "zh", EVERYTHING, AS_IT_IS), children()
    sheets = [asyncio.create_task(in_worker(draw_preview, slips, look, frozenset(), 200)) for _ in range(50)]
    await asyncio.wait(sheets, return_when=asyncio.FIRST_COMPLETED)
    scan = Report(
        lesson=lesson, link=link, student=None, platform="xiaohongshu", kind="scan", at=now(), received_at=now()
    )
    assert await journal.record([scan]) == Recorded(1, 0)
    assert sum(sheet.done() for sheet in sheets) < 25, "the scan was answered while most sheets still waited"
    assert len(children() - before) <= WORKERS
    assert {sheet[:4] for sheet in await asyncio.gather(*sheets)} == {b"\x89PNG"}
    assert len(children() - before) <= WORKERS
    await journal.stop()


@pytest.mark.anyio
async def test_worker_that_cannot_be_started_is_no_mistake_of_ours() -> None:
    used, (soft, hard) = len(os.listdir("/proc/self/fd")), resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (used, hard))
    try:
        with pytest.raises(Busy):
            await in_worker(os.getpid)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert await in_worker(os.getpid) != os.getpid()


@pytest.mark.anyio
async def test_worker_takes_what_memory_the_system_allows_where_that_is_less() -> None:
    less = (MEMORY // 2, MEMORY // 2)
    await in_worker(resource.setrlimit, resource.RLIMIT_AS, less)
    worker = await in_worker(os.getpid)
    assert resource.prlimit(worker, resource.RLIMIT_AS) == less
    os.kill(worker, signal.SIGKILL)


@pytest.mark.anyio
async def test_failure_of_a_worker_without_memory_is_one_of_memory_whatever_a_library_says() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await in_worker(int, "x")
    worker = await in_worker(os.getpid)
    resource.prlimit(worker, resource.RLIMIT_AS, (1 << 20, 1 << 20))
    with pytest.raises(WorkFailed, match="more memory than there is"):
        await in_worker(int, "x")
    os.kill(worker, signal.SIGKILL)


@pytest.mark.anyio
async def test_waiting_takes_no_time_off_on_a_machine_of_one_processor() -> None:
    await asyncio.gather(*(in_worker(os.getpid) for _ in range(WORKERS)))  # to start them takes time, too
    to_process.current_default_process_limiter().total_tokens = 1
    await asyncio.gather(*(in_worker(time.sleep, 2, seconds=3) for _ in range(WORKERS)))


@pytest.mark.anyio
async def test_work_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(WorkFailed, match="longer than"):
        await in_worker(time.sleep, 30, seconds=0.2)
    assert await in_worker(os.getpid) != os.getpid()


def children() -> set[int]:
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}
