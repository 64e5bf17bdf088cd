"""What tests of pages share: counting queries, and what other sites' pages send."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.lessons.authoring import create_lesson
from courses.lessons.values import LessonDraft
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.students.values import StudentInfo
from tests import queries

#: headers that browsers put on a form of another site
CROSS_SITE = ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"})


@pytest.fixture(params=CROSS_SITE, ids=lambda headers: next(iter(headers.values())))
def cross_site(request: pytest.FixtureRequest) -> dict[str, str]:
    return request.param


@pytest.fixture
def counted() -> Callable[[], AbstractContextManager[list[str]]]:
    """`with counted() as queries:` collects the statements that reach the database."""
    return queries.counted


@pytest.fixture
def enrol(run: Callable[..., Any], course: UUID) -> Callable[..., list[StudentInfo]]:
    """enrol("王小明", "Bo") puts them on Alice's roster as 1, 2, …; returns the whole roster."""

    def enrol(*names: str) -> list[StudentInfo]:
        taken = len(run(students_of, course, True))
        run(add_students, None, course, [Entry(str(taken + place), name) for place, name in enumerate(names, start=1)])
        return run(students_of, course)

    return enrol


@pytest.fixture
def lesson(run: Callable[..., Any], course: UUID) -> UUID:
    """A lesson of Alice's course."""
    return run(create_lesson, None, course, LessonDraft("normal", "Breakfast 早餐", "Body"))


@pytest.fixture
def report(run: Callable[..., Any], lesson: UUID) -> Callable[..., None]:
    """report(student, "scan", "claim", fail={"message": "…"}) records events of a phone, a minute apart."""

    def report(student: UUID, *kinds: str, **details: dict[str, Any]) -> None:
        start = now() - timedelta(hours=1)
        reports = [
            Report(
                lesson, kind, "xiaohongshu", start + timedelta(minutes=place), start + timedelta(minutes=place + 2),
                student=student, detail=details.get(kind, {}),
            )
            for place, kind in enumerate([*kinds, *(set(details) - set(kinds))])
        ]  # fmt: skip

        async def record() -> None:
            async with writing():
                await keep(reports)
                await apply(reports)

        run(record)

    return report
