"""For random histories the scan log, completion and publications agree with a recount from the events themselves."""

import random
from collections import Counter
from datetime import timedelta
from functools import reduce
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import writing
from courses.events.ladder import RUNGS, Progress, Report, advance, rung
from courses.events.publications import apply, keep
from courses.events.rebuilding import rebuild
from courses.events.refused_scans import REASONS
from courses.events.scan_log import OUTCOMES, ScanFilter, count_scans, every_scan, outcome_counts, scans
from courses.lessons.creating import create_shared_lesson
from courses.lessons.done_counts import tallies
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.results.completion import completion
from courses.results.export_tables import COLUMNS, export
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.events import Event, Publication, RefusedScan

pytestmark = pytest.mark.anyio
KINDS = ("scan", "scan", "preview", "launch", "fail", "claim", "link", "confirm", "refuse", "reopen")
PLATFORMS = ("xiaohongshu", "douyin")


async def history(chance: random.Random) -> tuple[UUID, list[Any], list[UUID]]:
    """A course in which a few students do anything in any order, some reports come twice, and some scans are refused."""
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Random")
    await add_students(None, course, [Entry(str(place), f"Student {place}") for place in range(chance.randrange(1, 6))])
    lessons = [
        await create_shared_lesson(alice, course, LessonDraft("normal", f"Lesson {place}"))
        for place in range(chance.randrange(1, 4))
    ]
    students, start, reports = await students_of(course), now() - timedelta(days=1), []
    for _ in range(chance.randrange(60)):
        at = start + timedelta(minutes=chance.randrange(600))
        kind = chance.choice(KINDS)
        detail = {
            "fail": {"message": "x"},
            "link": {"url": "https://x.example", "note_id": "1"},
            "refuse": {"reason": "x"},
        }
        detail["scan"] = chance.choice(({}, {"browser": "wechat"}))
        student = chance.choice([*students, None])
        reports.append(
            Report(chance.choice(lessons), kind, chance.choice(PLATFORMS), at, at + timedelta(minutes=chance.randrange(5)),
                   student=student.id if student else None, detail=detail.get(kind, {}))
        )  # fmt: skip
    chance.shuffle(reports)
    for some in (reports[::2], reports[1::2], reports[:5]):
        if some:
            async with writing():
                new = await keep(some)
                await apply(report for report in some if report.id in new)
    for _ in range(chance.randrange(8)):
        at = start + timedelta(minutes=chance.randrange(600))
        await RefusedScan.insert(RefusedScan(id=uuid4(), reason=chance.choice(sorted({*REASONS} - {"in_app"})), course=course,
                                             lesson=chance.choice(lessons), at=at, received_at=at))  # fmt: skip
    return course, students, lessons


async def recount(lessons: list[UUID]) -> dict[tuple[UUID, UUID, str], tuple[str, Counter[str]]]:
    """From the events alone: by student, lesson and platform the rung, and how many events of each kind."""
    events: dict[tuple[UUID, UUID, str], list[Report]] = {}
    for row in await Event.select().where(Event.lesson.is_in(lessons), Event.student.is_not_null()):
        report = Report(row["lesson"], row["kind"], row["platform"], row["at"], row["received_at"], student=row["student"],
                        detail=msgspec.json.decode(row["detail"]))  # fmt: skip
        events.setdefault((row["student"], row["lesson"], row["platform"]), []).append(report)
    return {
        key: (rung(reduce(advance, reports, Progress()))[0], Counter(report.kind for report in reports))
        for key, reports in events.items()
    }


@pytest.mark.parametrize("seed", range(8))
async def test_every_list_agrees_with_a_recount(db: object, seed: int) -> None:
    course, students, lessons = await history(random.Random(seed))
    counted = await recount(lessons)
    best = {
        (student.id, lesson): max(
            (counted[student.id, lesson, slug][0] for slug in PLATFORMS if (student.id, lesson, slug) in counted),
            key=RUNGS.index, default=RUNGS[0],
        )
        for student in students
        for lesson in lessons
    }  # fmt: skip

    whole = await completion(course)
    assert {(row.student.id, lesson): cell.rung for row in whole.rows for lesson, cell in row.cells.items()} == best
    assert {name: count for name, count in whole.overall.items() if count} == Counter(best.values())
    for lesson, counts in (await tallies(course)).items():
        assert +counts.rungs == Counter(found for (_, each), found in best.items() if each == lesson)

    rows = [
        sum(row, ())
        async for chunk in (await export(course, "completion", COLUMNS["completion"])).chunks
        for row in chunk
    ]
    columns = (await export(course, "completion", COLUMNS["completion"])).columns
    for student, row in zip(students, rows, strict=True):
        found = {column.lesson: cell for column, cell in zip(columns, row, strict=True) if column.key == "rung"}
        assert found == {lesson: best[student.id, lesson] for lesson in lessons}

    keys = ["name", "lesson", "platform", "rung", "scans", "launches", "failures"]
    lines = [
        tuple(sum(row, ())) async for chunk in (await export(course, "publications", keys)).chunks for row in chunk
    ]
    titles = {lesson: f"Lesson {place}" for place, lesson in enumerate(lessons)}
    expected = []
    for student in students:
        for lesson in lessons:
            known = [
                (slug, *counted[student.id, lesson, slug])
                for slug in sorted(PLATFORMS)
                if (student.id, lesson, slug) in counted
            ]
            expected += [
                (student.name, titles[lesson], slug, name, kinds["scan"], kinds["launch"], kinds["fail"])
                for slug, name, kinds in known or [(None, RUNGS[0], Counter())]
            ]
    assert lines == expected


@pytest.mark.parametrize("seed", range(8, 12))
async def test_the_scan_log_agrees_with_a_recount(db: object, seed: int) -> None:
    course, _, lessons = await history(random.Random(seed))
    events = await Event.select().where(Event.kind == "scan", Event.lesson.is_in(lessons))
    found = Counter("in_app" if "browser" in row["detail"] else "opened" for row in events)
    found += Counter(await RefusedScan.select(RefusedScan.reason).output(as_list=True))
    assert await outcome_counts(course) == found
    whole = [scan async for chunk in every_scan(course) for scan in chunk]
    assert Counter(scan.outcome for scan in whole) == found
    assert await count_scans(course) == len(whole)
    paged, before = [], None
    while some := await scans(course, before=before, limit=7):
        paged += some
        before = some[-1].received_at, some[-1].id
    assert paged == whole
    for outcome in OUTCOMES:
        wanted = len(whole) - found["opened"] if outcome == "refused" else found[outcome]
        assert await count_scans(course, ScanFilter(outcome=outcome)) == wanted
        assert len(await scans(course, ScanFilter(outcome=outcome), limit=500)) == wanted


@pytest.mark.parametrize("seed", range(12, 15))
async def test_publications_made_anew_are_those_that_were_there(db: object, seed: int) -> None:
    chance = random.Random(seed)
    _, students, lessons = await history(chance)
    columns = [column for column in Publication.all_columns() if column._meta.name != "changed_at"]
    before = await Publication.select(*columns).order_by(Publication.id)
    async with writing():
        for student in students:
            await rebuild(student.id)
    assert await Publication.select(*columns).order_by(Publication.id) == before
    # and where events turn out to be nobody's, those that a recount finds
    events = await Event.select(Event.id).where(Event.student.is_not_null()).output(as_list=True)
    async with writing():
        if gone := [each for each in events if chance.random() < 0.5]:
            await Event.update({Event.student: None}).where(Event.id.is_in(gone))
        for student in students:
            await rebuild(student.id)
    found = {(row["student"], row["lesson"], row["platform"]): row["rung"] for row in await Publication.select()}
    assert found == {key: name for key, (name, _) in (await recount(lessons)).items()}
