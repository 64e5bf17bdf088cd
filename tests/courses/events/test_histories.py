"""Random histories: what is reported in any order, late or twice, comes to the same as a recount of the events."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from courses.clock import now
from courses.events.journal import Journal
from courses.events.ladder import (
    BY_PLATFORM,
    DECISIONS,
    PROGRESS_FIELDS,
    RUNGS,
    Progress,
    Report,
    advance,
    rung,
)
from courses.lessons.done_counts import tallies
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.courses import Course
from courses.tables.events import Event, Publication
from courses.tables.lessons import Lesson
from tests.courses.events.test_ladder import PHONE_KINDS

pytestmark = pytest.mark.anyio
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
PLATFORMS = ("xiaohongshu", "douyin")
#: what a platform that lies says of a hand-over
LIE = {"success": True, "status": "published", "message": "ok", "note_id": "n1", "by": "rehearsal"}
STUDENTS, EVENTS, HISTORIES = 4, 60, 8
#: what a phone and an instructor can say; (kind, platform, minute, seconds until it arrives, note, how often it is sent)
SAID = st.tuples(
    st.sampled_from(sorted(PHONE_KINDS | DECISIONS)),
    st.sampled_from(PLATFORMS),
    st.integers(0, 300),
    st.sampled_from([0, 1, 90]) | st.integers(0, 7 * 86_400),
    st.sampled_from([("https://xhslink.com/a", None), ("https://x.example/n1", "n1"), ("https://x.example/n2", "n2")]),
    st.integers(1, 3),
)


@st.composite
def sent_in_any_order(draw: st.DrawFn) -> tuple[list[tuple], list[int]]:
    """What is said, and the places of what is sent in the order in which it arrives."""
    said = draw(st.lists(SAID, max_size=30) | st.lists(SAID, min_size=12, max_size=30))
    return said, draw(st.permutations([place for place, (*_, times) in enumerate(said) for _ in range(times)]))


def history(chance: random.Random, students: list[UUID], lessons: list[UUID]) -> list[Report]:
    """Events of every kind, on every phone, up to seven days late; short links are looked up."""
    reports = []
    for _ in range(EVENTS):
        kind = chance.choice(sorted(PHONE_KINDS | DECISIONS))
        at = START + timedelta(minutes=chance.randrange(300))
        late = chance.choice(
            [timedelta(0), timedelta(minutes=chance.randrange(90)), timedelta(days=7 * chance.random())]
        )
        note = chance.choice(["n1", "n2", None])
        detail = {
            "link": {"url": f"https://xhslink.com/{note or chance.choice('ab')}", "note_id": note},
            "fail": {"message": chance.choice(["签名校验失败", "timeout", ""])},
            "refuse": {"reason": chance.choice(["no note", "private"])},
            "confirm": chance.choice([{}, {"by": BY_PLATFORM}]),
        }.get(kind, LIE)
        reports.append(
            Report(chance.choice(lessons), kind, chance.choice(PLATFORMS), at, at + late, student=chance.choice(students),
                   detail=detail)
        )  # fmt: skip
        if kind == "link" and note is None and chance.random() < 0.5:
            found = {"url": detail["url"], "note_id": "n3", "linked_at": (at + late).isoformat()}
            later = at + late + timedelta(seconds=3)
            reports.append(replace(reports[-1], id=uuid4(), kind="resolve", at=later, received_at=later, detail=found))
    return reports


async def deliver(chance: random.Random, reports: list[Report]) -> None:
    """In any order, in batches of any size, some of them twice."""
    journal = Journal()
    await journal.start()
    waiting = reports + chance.sample(reports, len(reports) // 2)
    chance.shuffle(waiting)
    while waiting:
        size = chance.randint(1, 9)
        await journal.record(waiting[:size])
        waiting = waiting[size:]
    await journal.stop()


async def recount(students: list[UUID]) -> dict[tuple[UUID, UUID, str], Progress]:
    """From the events alone, in the order of their ids."""
    rows = await Event.select().where(Event.student.is_in(students)).order_by(Event.id)
    found: dict[tuple[UUID, UUID, str], list[Report]] = {}
    for row in rows:
        report = Report(
            row["lesson"], row["kind"], row["platform"], row["at"], row["received_at"], student=row["student"],
            detail=msgspec.json.decode(row["detail"]), doubtful=row["at_doubtful"],
        )  # fmt: skip
        found.setdefault((row["student"], row["lesson"], row["platform"]), []).append(report)
    return {key: reduce(advance, reports, Progress()) for key, reports in found.items()}


async def stored(students: list[UUID]) -> dict[tuple[UUID, UUID, str], tuple[str, Progress]]:
    rows = await Publication.select().where(Publication.student.is_in(students))
    assert all(row["changed_at"] is not None for row in rows)
    return {
        (row["student"], row["lesson"], row["platform"]): (
            row["rung"], Progress(**{name: row[name] for name in PROGRESS_FIELDS}),
        )
        for row in rows
    }  # fmt: skip


async def test_rungs_and_counts_are_those_of_a_recount_in_any_order(db: object) -> None:
    chance = random.Random(2026)
    for _ in range(HISTORIES):
        course = Course(title="Physics", created_at=now(), updated_at=now())
        await Course.insert(course)
        rows = [
            Lesson(course=course.id, kind="normal", title=n, body="", created_at=START, updated_at=START) for n in "ab"
        ]
        await Lesson.insert(*rows)
        lessons = [row.id for row in rows]
        await add_students(None, course.id, [Entry(str(n), f"S{n}") for n in range(2 * STUDENTS)])
        everyone = [student.id for student in await students_of(course.id)]
        first, second = everyone[:STUDENTS], everyone[STUDENTS:]
        same = dict(zip(first, second, strict=True))
        reports = history(chance, first, lessons)
        await deliver(chance, reports)
        await deliver(chance, [replace(report, id=uuid4(), student=same[report.student]) for report in reports])

        kept, counted = await stored(everyone), await recount(everyone)
        for key, progress in counted.items():
            assert kept.get(key, ("not_started", Progress())) == (rung(progress)[0], progress)
            assert kept.get((same.get(key[0], key[0]), *key[1:])) == kept.get(key)
        best: Counter[tuple[UUID, int]] = Counter()
        for lesson in lessons:
            for student in everyone:
                ranks = [
                    RUNGS.index(rung(p)[0]) for (who, of, _), p in counted.items() if (who, of) == (student, lesson)
                ]
                best[lesson, max(ranks, default=0)] += 1
        counts = await tallies(course.id)
        assert {(lesson, rank): number for (lesson, rank), number in best.items()} == {
            (lesson, RUNGS.index(name)): number
            for lesson, by_rung in counts.items()
            for name, number in by_rung.rungs.items()
            if number
        }


# A history that fails is not made shorter: each try is a database's work, and that takes minutes.
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(history=sent_in_any_order(), sizes=st.lists(st.integers(1, 7), min_size=1, max_size=5))
async def test_each_report_counts_once_whatever_its_order_delay_and_repetition(
    db: object, history: tuple[list[tuple], list[int]], sizes: list[int]
) -> None:
    """Through the journal, several requests at once, against the same reports merged one by one as they happened."""
    lesson, course = Lesson(kind="normal", title="L", body="", created_at=START, updated_at=START), Course(title="C")
    course.created_at = course.updated_at = START
    await Course.insert(course)
    lesson.course = course.id
    await Lesson.insert(lesson)
    await add_students(None, course.id, [Entry("1", "Ada")])
    (ada,) = await students_of(course.id)
    (said, order), reports = history, []
    for kind, platform, minute, delay, (url, note), _ in said:
        at = START + timedelta(minutes=minute)
        detail = {"url": url, "note_id": note, "message": url, "reason": url}
        received = at + timedelta(seconds=delay)
        reports.append(Report(lesson.id, kind, platform, at, received, student=ada.id, detail=detail))
    sent = [reports[place] for place in order]
    half, journal, answers = len(sent) // 2, Journal(), []
    await journal.start()
    for wave in (sent[:half], sent[half:]):  # what is repeated is known from a transaction before, or from the same
        requests = []
        while wave:
            size = sizes[len(requests) % len(sizes)]
            requests.append(journal.record(wave[:size]))
            wave = wave[size:]
        answers += await asyncio.gather(*requests)
    await journal.stop()

    assert (
        sum(answer.recorded for answer in answers)
        == len(reports)
        == await Event.count().where(Event.lesson == lesson.id)
    )
    assert sum(answer.known for answer in answers) == sum(times - 1 for *_, times in said)
    merged: dict[str, Progress] = {}
    for report in sorted(reports, key=lambda report: report.at):
        merged[report.platform] = advance(merged.get(report.platform, Progress()), report)
    kept = await stored([ada.id])
    assert kept == {(ada.id, lesson.id, slug): (rung(found)[0], found) for slug, found in merged.items()}
    best = max((rung(found)[0] for found in merged.values()), key=RUNGS.index, default=RUNGS[0])
    counts = await tallies(course.id)
    assert {name: number for name, number in counts[lesson.id].rungs.items() if number} == {best: 1}


def test_platform_that_lies_raises_no_rung() -> None:
    chance = random.Random(7)
    for _ in range(300):
        kinds = chance.choices(["scan", "preview", "launch", "return", "fail"], k=chance.randint(1, 8))
        honest, lied = Progress(), Progress()
        for place, kind in enumerate(kinds):
            at = START + timedelta(minutes=place)
            told = {"message": LIE["message"]} if kind == "fail" else {}
            honest = advance(honest, Report(UUID(int=1), kind, "xiaohongshu", at, at, detail=told))
            lied = advance(lied, Report(UUID(int=1), kind, "xiaohongshu", at, at, detail=LIE))
        assert rung(lied) == rung(honest)
        assert RUNGS.index(rung(lied)[0]) < RUNGS.index("claimed")
