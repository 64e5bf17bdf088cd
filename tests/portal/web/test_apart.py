"""Whatever reads or draws a whole class does so beside the event loop: there a large class costs what a small one does."""

import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from courses import database
from courses.catalogue.courses import course_of, create_course
from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.people.api_keys import create_api_key
from courses.people.sessions import open_session
from courses.results.closing_sheets import close
from courses.results.statistics import statistics
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.roster import Claim

SMALL, LARGE = 2, 80
#: what a page may cost the loop beyond that of a small class, in calls of Python: some five a student
MORE = 350
#: the size of a code is kept in mind, which is different for each course
WITH_CODES = ("/courses/{course}/codes", "/lessons/{lesson}")
#: drawn by workers, endless, or another test's
LEFT_OUT = re.compile(r"\.pdf|\.png|\.zip|/stream|/static|/schema|/uploads/")
#: forms that come back with the whole list behind them when something is wrong with them
WRONG = {
    "/courses/{course}/students/{student}": {"name": ""},
    "/courses/{course}/completion/marks": {"action": "nothing"},
    "/courses/{course}/statistics/figures": {"table": "x"},
    "/courses/{course}/roster": {"roster": "x" * 5_000},
    "/courses/{course}/privacy/traces": {"words": "Nobody"},
}  # fmt: skip


@dataclass(frozen=True)
class Class:
    course: UUID
    lesson: UUID
    student: UUID


class Work:
    """What the loop's thread does while this is open: calls, and thousands of steps of SQLite's machine."""

    def __init__(self) -> None:
        self.done = 0

    def __enter__(self) -> "Work":
        for connection in (database.DB._reader, database.DB._writer):
            connection.set_progress_handler(self._step, 1_000)
        sys.setprofile(self._call)
        return self

    def _step(self) -> None:
        self.done += 20  # about what so many steps take in calls

    def _call(self, frame: FrameType, event: str, argument: Any) -> None:
        self.done += event == "call"

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        for connection in (database.DB._reader, database.DB._writer):
            connection.set_progress_handler(None, 0)


@pytest.fixture
async def opened(app: Litestar, anyio_backend: str) -> AsyncIterator[httpx.AsyncClient]:
    """The portal in the loop of the test itself, without what it does in the background."""
    await database.open_database()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver.local") as client:
        yield client
    await database.close_database()


async def make(alice: SignedIn, size: int) -> Class:
    """A class in which everybody has begun both lessons, each with a phone."""
    course = await create_course(alice, "Tea")
    lessons = [await create_shared_lesson(alice, course, LessonDraft("normal", f"Tea {n}", "Body")) for n in range(2)]
    await add_students(alice, course, [Entry(f"{number}", f"Name {number}") for number in range(size)])
    students, at = await students_of(course), now() - timedelta(hours=1)
    reports = [
        Report(lesson, kind, "xiaohongshu", at, at, student=student.id, device=f"{student.seat:016x}")
        for lesson in lessons for student in students for kind in ("scan", "claim")
    ]  # fmt: skip
    async with writing():
        await keep(reports)
        await apply(reports)
        for start in range(0, size, 100):
            some = students[start : start + 100]
            await Claim.insert(*(Claim(course=course, student=each.id, device=f"{each.seat:016x}") for each in some))
    await close(alice, await course_of(alice, course), await statistics(course, ZoneInfo("UTC"), now()), now())
    return Class(course, lessons[0], students[0].id)


def addresses(app: Litestar) -> list[str]:
    """Every page of a course, a lesson and a student, with names where ids stand."""
    found = set()
    for route in app.routes:
        path = re.sub(r"\{(course|lesson|student)_id:uuid\}", r"{\1}", route.path)
        plain = not re.search(r"\{\w+:", path) and not LEFT_OUT.search(path)
        if isinstance(route, HTTPRoute) and plain and "{" in path and "GET" in route.methods:
            found.add(path)
    return sorted(found)


@pytest.mark.anyio
@pytest.mark.sqlite_only("it works in the loop's own thread")
async def test_large_class_costs_the_loop_no_more_than_a_small_one(app: Litestar, opened: httpx.AsyncClient) -> None:
    alice = await add_person("alice@example.org", "Alice")
    classes = {size: await make(alice, size) for size in (SMALL, LARGE)}
    key = {"authorization": f"Bearer {await create_api_key(alice, 'test')}"}
    browser = {"cookie": f"session={await open_session(alice)}"}
    answers: Counter[int] = Counter()

    async def cost(path: str, size: int) -> int:
        with Work() as work:
            parts = {name: str(value) for name, value in vars(classes[size]).items()}
            form = WRONG.get(path)
            answer = await opened.request(
                "POST" if form else "GET",
                path.format(**parts),
                data=form,
                headers=key if path.startswith("/api") else browser,
            )
        answers[answer.status_code] += 1
        return work.done

    paths = [*addresses(app), *WRONG]
    costly = {}
    for path in paths:
        for size in (SMALL, LARGE) if path in WITH_CODES else (SMALL,):
            await cost(path, size)  # compiles its template
        small, large = await cost(path, SMALL), await cost(path, LARGE)
        if large > small + MORE:
            costly[path] = small, large
    assert not costly
    assert len(paths) > 40
    assert answers[200] > 2.5 * len(addresses(app)), answers
    assert max(answers) < 500
