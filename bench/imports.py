"""What students wait for while a list of 1,000 lessons is imported: events through the journal, from the other side of the lock.

.venv/bin/python bench/imports.py [--lessons 1000]
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

ROOT = Path(__file__).parent.parent
#: seconds between two events
EVERY = 0.01


def main() -> None:
    """Print the waits: alone, while the list is imported, and while that is undone."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lessons", type=int, default=1000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        asyncio.run(measure(given.lessons, folder))


async def measure(lessons: int, folder: str) -> None:
    """One import in the process that takes the events, as `portal serve` does it."""
    from courses.catalogue.courses import create_course
    from courses.database import close_database, migrate, open_database
    from courses.events.journal import Journal
    from courses.exchange import runs
    from courses.exchange.applying import undo
    from courses.lessons.creating import create_shared_lesson
    from courses.lessons.values import LessonDraft
    from courses.media.library import open_store
    from courses.people.accounts import add_person
    from portal.exchange.importing import ImportChoice, choose, do_import

    await migrate()
    await open_database()
    teacher, store, journal = await add_person("bench@example.org", "Bench"), open_store(f"file://{folder}"), Journal()
    course = await create_course(teacher, "Bench")
    lesson = await create_shared_lesson(teacher, course, LessonDraft("normal", "Scanned"))
    await journal.start()
    contents, path = listed(lessons, folder)
    run_id = await runs.open_run(store, teacher, course, "lessons.csv", "csv", path, contents)
    run = await runs.import_run(teacher, run_id)
    attempt = await runs.begin(run, lessons)
    print(f"{lessons} lessons, load {os.getloadavg()[0]:.1f}")
    print(f"{'':14}{'seconds':>9}{'events':>8}{'p50 ms':>9}{'p95 ms':>9}{'longest ms':>12}")
    await told("alone", journal, lesson, asyncio.sleep(2))
    chosen = choose(contents, [], ImportChoice({}))
    await told("import", journal, lesson, do_import(store, teacher, run, attempt, contents, chosen, False))
    await told("undo", journal, lesson, undo(teacher, await runs.import_run(teacher, run_id)))
    await journal.stop()
    await close_database()


def listed(lessons: int, folder: str) -> tuple[Any, Path]:
    """A list of lessons, read."""
    from zoneinfo import ZoneInfo

    from courses.exchange.reading.lesson import Rules
    from courses.exchange.reading.lesson_csv import read_csv

    rows = [f"Lesson {n},{'Some text of it. ' * 30},#tea #topic{n % 20}" for n in range(lessons)]
    path = Path(folder) / "lessons.csv"
    path.write_text("\n".join(["title,body,topics", *rows]))
    return read_csv(path.read_bytes(), "lessons.csv", Rules(("xiaohongshu",), ZoneInfo("UTC"))), path


async def told(name: str, journal: Any, lesson: UUID, work: Any) -> None:
    """Do the work, send events all the while, and print how long each waited."""
    waits: list[float] = []
    start, task, events = time.perf_counter(), asyncio.ensure_future(work), set()
    while not task.done():
        event = asyncio.create_task(send(journal, lesson, waits))
        events.add(event)
        event.add_done_callback(events.discard)
        await asyncio.sleep(EVERY)
    taken = time.perf_counter() - start
    await task
    await asyncio.gather(*events)
    p95 = statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else waits[0]
    print(f"{name:14}{taken:9.2f}{len(waits):8}{statistics.median(waits):9.1f}{p95:9.1f}{max(waits):12.1f}")


async def send(journal: Any, lesson: UUID, waits: list[float]) -> None:
    """One event of one phone."""
    from courses.clock import now
    from courses.events.ladder import Report

    moment, start = now(), time.perf_counter()
    await journal.record([Report(lesson, "scan", "xiaohongshu", moment, moment, device=uuid4().hex[:16])])
    waits.append((time.perf_counter() - start) * 1000)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
