"""A course in figures: what the plots count is what the completion list counts."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.lessons.authoring import create_lesson
from courses.lessons.values import LessonDraft
from courses.people.accounts import accept_invitation, invite
from courses.results.completion import completion, reached
from courses.results.narrowing import CompletionFilter, narrow
from courses.results.statistics import MOST, STEPS, WIDTHS, causes, climb, statistics
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, remove_student, students_of
from tests.queries import counted

ZONE = ZoneInfo("Asia/Shanghai")
KINDS = ("scan", "preview", "launch", "fail", "claim", "link", "refuse", "confirm")


def publication(rung: str, **times: datetime) -> dict[str, Any]:
    names = ("scanned", "previewed", "launched", "failed", "claimed", "linked", "confirmed")
    return {"student": uuid4(), "lesson": uuid4(), "rung": rung, "cause": None, "failure": None} | {
        f"{n}_at": times.get(n) for n in names
    }


async def a_course(lessons: int, students: int) -> tuple[SignedIn, UUID, list[UUID], list[UUID]]:
    alice = await accept_invitation(await invite("alice@example.org"), "Alice", "nine copper windmills hum")
    course = await create_course(alice, "Tea")
    made = [await create_lesson(None, course, LessonDraft("normal", f"Lesson {n}", "Body")) for n in range(lessons)]
    await add_students(None, course, [Entry(str(n), f"Student {n}") for n in range(students)])
    return alice, course, made, [student.id for student in await students_of(course)]


async def report(reports: list[Report]) -> None:
    async with writing():
        await keep(reports)
        await apply(reports)


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(4))
async def test_plots_end_where_the_completion_list_stands(db: Any, seed: int) -> None:
    """For random histories: the last point of each step, and each funnel, are the list's own counts."""
    chance = random.Random(seed)
    _, course, lessons, students = await a_course(3, 7)
    start = now() - timedelta(days=chance.choice([0, 2, 30]), hours=2)
    await report([
        Report(lesson, kind, platform, at, at, student=student, detail={"message": "x"})
        for student in students for lesson in lessons for platform in ("xiaohongshu", "douyin")
        for kind in chance.sample(KINDS, chance.randrange(6))
        for at in [start + timedelta(minutes=chance.randrange(110))]
    ])  # fmt: skip
    await remove_student(None, course, students[0])
    list_, found = await completion(course), await statistics(course, ZONE, now())
    for funnel in found.funnels:
        assert funnel.counts == list_.by_lesson[funnel.lesson]
        assert funnel.reached == {step: reached(funnel.counts, step) for step in STEPS}
    assert found.enrolled == 6
    assert {step: values[-1] for step, values in found.climb.steps.items()} == {
        step: reached(list_.overall, step) for step in STEPS
    }
    for values in found.climb.steps.values():
        assert list(values) == sorted(values)
    for cause in found.causes:
        assert narrow(list_, CompletionFilter(cause=cause.cause)).cells == cause.publications
        assert narrow(list_, CompletionFilter(cause=cause.cause, rung="failed")).cells == cause.still
    for funnel in found.funnels:
        opened = {step: narrow(list_, CompletionFilter(least=step, lesson=funnel.lesson)).cells for step in STEPS}
        assert opened == funnel.reached


def test_step_is_reached_when_it_or_a_higher_one_is() -> None:
    start = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)
    minute = timedelta(minutes=1)
    rows = [
        # a webhook knew it before the phone could say that it was scanned
        publication("confirmed", confirmed=start + 5 * minute, scanned=start + 50 * minute),
        # what was refused is no claim
        publication("launched", scanned=start, launched=start + minute, claimed=start + 2 * minute),
    ]
    found = climb(rows, ZONE, start + timedelta(hours=1))
    assert found.width == WIDTHS[0]
    assert found.ends[0] == start + 10 * minute
    assert {step: values[0] for step, values in found.steps.items()} == {
        "scanned": 2, "previewed": 2, "launched": 2, "claimed": 1, "linked": 1, "confirmed": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("span", "width"),
    [(timedelta(minutes=1), WIDTHS[0]), (timedelta(days=3), WIDTHS[1]), (timedelta(days=30), WIDTHS[2]),
     (timedelta(days=500), WIDTHS[3])],
)  # fmt: skip
def test_intervals_are_few_and_on_round_times(span: timedelta, width: timedelta) -> None:
    start = datetime(2026, 3, 1, 1, 7, tzinfo=UTC)
    found = climb([publication("scanned", scanned=start)], ZoneInfo("Europe/Berlin"), start + span)
    assert found.width == width
    assert 1 <= len(found.ends) <= MOST + 1
    assert found.ends[-1] == start + span
    for at in found.ends[:-1]:
        local = at.astimezone(ZoneInfo("Europe/Berlin"))
        assert (local.minute % 10, local.second) == (0, 0)
        assert width < timedelta(days=1) or (local.hour, local.minute) == (0, 0), "summer time moves no day"
    assert climb([], ZONE, start).ends == ()


def test_causes_are_counted_with_those_that_stand_there_still() -> None:
    at = now()
    both = {"student": uuid4(), "lesson": uuid4(), "cause": "sdk"}
    rows = [publication("failed", failed=at) | {"cause": "sdk"}, publication("linked", failed=at) | {"cause": "sdk"},
            publication("failed", failed=at), publication("failed", failed=at) | {"failure": "签名错误"},
            publication("failed", failed=at) | both, publication("claimed", failed=at) | both,
            publication("scanned", scanned=at)]  # fmt: skip
    assert [(it.cause, it.publications, it.still) for it in causes(rows)] == [
        ("sdk", 3, 1), ("signature", 1, 1), ("unknown", 1, 1),
    ]  # fmt: skip


@pytest.mark.anyio
async def test_figures_take_as_many_queries_for_many_as_for_few(db: str) -> None:
    _, course, _, _ = await a_course(5, 5)
    with counted() as queries:
        await statistics(course, ZONE, now())
    assert len(queries) == 6
