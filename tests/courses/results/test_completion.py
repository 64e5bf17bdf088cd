"""Who reached what: everyone is in the list, every figure opens its rows."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from courses.clock import now
from courses.database import writing
from courses.errors import Invalid, NotFound
from courses.events.ladder import RUNGS, Report
from courses.events.publications import apply, keep
from courses.lessons.done_counts import Tally, tallies
from courses.results.completion import cell_events, completion, completion_table, reached
from courses.results.deciding import decide
from courses.results.values import Cell
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, remove_student, students_of
from courses.tables.courses import Course
from courses.tables.lessons import Lesson
from courses.tables.people import Person
from tests.queries import counted

pytestmark = pytest.mark.anyio
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
# What a phone reports on the way to each rung.
WAY = {
    "not_started": [],
    "scanned": ["scan"],
    "previewed": ["scan", "preview"],
    "launched": ["scan", "preview", "launch"],
    "failed": ["scan", "preview", "launch", "fail"],
    "claimed": ["scan", "launch", "return", "claim"],
    "linked": ["scan", "launch", "return", "claim", "link"],
    "confirmed": ["scan", "claim", "confirm"],
}


@dataclass
class Class:
    """A course with lessons and students by name."""

    course: UUID
    lessons: dict[str, UUID]
    students: dict[str, UUID]

    async def report(
        self, student: str, lesson: str, kinds: list[str], platform: str = "xiaohongshu", at: int = 0
    ) -> None:
        """One event a minute from minute `at` on."""
        details = {"link": {"url": "https://xhs.example/1", "note_id": "n1"}, "fail": {"message": "<b>=no</b>"}}
        reports = [
            Report(
                self.lessons[lesson], kind, platform, START + timedelta(minutes=at + place),
                START + timedelta(minutes=at + place, seconds=1), student=self.students[student],
                detail=details.get(kind, {}),
            )
            for place, kind in enumerate(kinds)
        ]  # fmt: skip
        if reports:
            async with writing():
                await keep(reports)
                await apply(reports)


async def make_class(lessons: int = 2, students: int = 3) -> Class:
    course = Course(title="Physics", created_at=now(), updated_at=now())
    await Course.insert(course)
    rows = [
        Lesson(
            course=course.id, kind="normal", title=f"Lesson {place}", body="", created_at=START + timedelta(days=place),
            updated_at=START,
        )
        for place in range(lessons)
    ]  # fmt: skip
    await Lesson.insert(*rows)
    await add_students(None, course.id, [Entry(str(number), f"S{number}") for number in range(students)])
    known = {student.name: student.id for student in await students_of(course.id)}
    return Class(course.id, {f"L{place}": row.id for place, row in enumerate(rows)}, known)


@pytest.fixture
async def room(db: object) -> Class:
    return await make_class()


@pytest.fixture
async def alice(db: object) -> SignedIn:
    person = Person(email="alice@example.org", name="Alice", created_at=now())
    await Person.insert(person)
    return SignedIn(person.id, person.email, person.name, admin=False, language=None)


async def test_everyone_enrolled_is_in_the_list(room: Class) -> None:
    found = await completion(room.course)
    assert [(row.student.name, row.cells) for row in found.rows] == [
        (name, {lesson: Cell() for lesson in room.lessons.values()}) for name in ("S0", "S1", "S2")
    ]
    assert [lesson.title for lesson in found.lessons] == ["Lesson 0", "Lesson 1"]
    assert found.overall == dict.fromkeys(RUNGS, 0) | {"not_started": 6}
    assert found.by_lesson == {lesson: dict.fromkeys(RUNGS, 0) | {"not_started": 3} for lesson in room.lessons.values()}


async def test_each_rung_is_counted_and_opens_its_rows(db: object) -> None:
    room = await make_class(lessons=1, students=len(RUNGS))
    for number, rung in enumerate(RUNGS):
        await room.report(f"S{number}", "L0", WAY[rung])
    lesson = room.lessons["L0"]
    found = await completion(room.course)
    assert [row.cells[lesson].rung for row in found.rows] == list(RUNGS)
    assert found.by_lesson[lesson] == dict(found.overall) == dict.fromkeys(RUNGS, 1)
    assert dict((await tallies(room.course))[lesson].rungs) == dict.fromkeys(RUNGS, 1)
    for number, rung in enumerate(RUNGS):
        filtered = await completion(room.course, rung, lesson)
        assert [row.student.name for row in filtered.rows] == [f"S{number}"]
        assert filtered.overall == found.overall
        events = await cell_events(room.course, lesson, room.students[f"S{number}"])
        assert [event.kind for event in events] == WAY[rung]


async def test_a_cell_shows_what_belongs_to_its_rung(room: Class) -> None:
    lesson = room.lessons["L0"]
    await room.report("S0", "L0", WAY["linked"])
    await room.report("S1", "L0", WAY["failed"])
    await room.report("S2", "L0", ["launch", "fail", "launch"])
    cells = {row.student.name: row.cells[lesson] for row in (await completion(room.course)).rows}
    at = START + timedelta(minutes=4)
    done = {"done_at": at - timedelta(minutes=1), "state": "done"}
    assert cells["S0"] == Cell("linked", "xiaohongshu", at, note_url="https://xhs.example/1", **done)
    assert (cells["S1"].rung, cells["S1"].failure, cells["S1"].note_url) == ("failed", "<b>=no</b>", None)
    assert (cells["S2"].rung, cells["S2"].failure) == ("launched", None)


async def test_a_refused_claim_falls_back_and_says_why(room: Class, alice: SignedIn) -> None:
    lesson = room.lessons["L0"]
    await room.report("S0", "L0", ["scan", "claim", "link"])
    await room.report("S1", "L0", ["claim"])
    for name in ("S0", "S1"):
        await decide(alice, lesson, room.students[name], "xiaohongshu", "refuse", "=not yours")
    cells = {row.student.name: row.cells[lesson] for row in (await completion(room.course)).rows}
    assert cells["S0"] == Cell("scanned", "xiaohongshu", START, refusal="=not yours", state="stuck")
    assert cells["S1"] == Cell(refusal="=not yours", state="stuck")
    assert dict((await tallies(room.course))[lesson].rungs) == {"not_started": 2, "scanned": 1}
    await decide(alice, lesson, room.students["S1"], "xiaohongshu", "confirm")
    cell = next(row for row in (await completion(room.course)).rows if row.student.name == "S1").cells[lesson]
    assert (cell.rung, cell.refusal) == ("confirmed", None)
    events = await cell_events(room.course, lesson, room.students["S1"])
    assert [(event.kind, event.person, event.detail) for event in events] == [
        ("claim", None, {}),
        ("refuse", "Alice", {"reason": "=not yours"}),
        ("confirm", "Alice", {}),
    ]


async def test_the_best_platform_counts_once(room: Class) -> None:
    lesson = room.lessons["L0"]
    await room.report("S0", "L0", ["scan"], "xiaohongshu")
    await room.report("S0", "L0", ["scan", "claim"], "douyin", at=10)
    await room.report("S1", "L0", ["scan"], "weibo", at=5)
    await room.report("S1", "L0", ["scan"], "bilibili", at=3)
    cells = {row.student.name: row.cells[lesson] for row in (await completion(room.course)).rows}
    assert (cells["S0"].rung, cells["S0"].platform) == ("claimed", "douyin")
    assert (cells["S1"].rung, cells["S1"].platform) == ("scanned", "bilibili")
    counts = (await tallies(room.course))[lesson].rungs
    assert counts == Counter(not_started=1, scanned=1, claimed=1)
    assert [reached(counts, rung) for rung in ("not_started", "scanned", "claimed", "linked")] == [3, 2, 1, 0]


async def test_deleted_lessons_and_students_who_left_do_not_count(room: Class) -> None:
    for name in ("S0", "S1"):
        for lesson in ("L0", "L1"):
            await room.report(name, lesson, ["scan"])
    await remove_student(None, room.course, room.students["S1"])
    await Lesson.update({Lesson.deleted_at: now()}).where(Lesson.id == room.lessons["L1"])
    found = await completion(room.course)
    assert [row.student.name for row in found.rows] == ["S0", "S2"]
    assert [lesson.id for lesson in found.lessons] == [room.lessons["L0"]]
    assert found.overall == dict.fromkeys(RUNGS, 0) | {"not_started": 1, "scanned": 1}
    assert await tallies(room.course) == {room.lessons["L0"]: Tally(rungs=Counter(not_started=1, scanned=1))}
    with pytest.raises(NotFound):
        await cell_events(room.course, room.lessons["L1"], room.students["S0"])
    assert len(await cell_events(room.course, room.lessons["L0"], room.students["S1"])) == 1


async def test_another_course_sees_and_counts_nothing_of_it(room: Class) -> None:
    other = await make_class()
    await room.report("S0", "L0", WAY["linked"])
    # A link of one course in the hands of another course's student.
    await Class(room.course, room.lessons, other.students).report("S0", "L0", WAY["linked"])
    assert (await completion(other.course)).overall["not_started"] == 6
    assert (await completion(room.course)).overall["linked"] == 1
    assert (await tallies(room.course))[room.lessons["L0"]].rungs == Counter(not_started=2, linked=1)
    for course, lesson, student in (
        (other.course, room.lessons["L0"], room.students["S0"]),
        (other.course, room.lessons["L0"], other.students["S0"]),
        (room.course, other.lessons["L0"], room.students["S0"]),
        (room.course, uuid4(), room.students["S0"]),
        (room.course, room.lessons["L0"], uuid4()),
    ):
        with pytest.raises(NotFound):
            await cell_events(course, lesson, student)
    with pytest.raises(NotFound):
        await completion(other.course, "linked", room.lessons["L0"])


@pytest.mark.parametrize("rung", ["", "published", "<script>", "' OR 1=1"])
async def test_an_unknown_rung_is_refused(room: Class, rung: str) -> None:
    with pytest.raises(Invalid):
        await completion(room.course, rung)


async def test_an_empty_course_has_an_empty_list(db: object) -> None:
    course = Course(title="Empty", created_at=now(), updated_at=now())
    await Course.insert(course)
    found = await completion(course.id)
    assert (found.lessons, found.rows, found.by_lesson, found.overall) == ((), (), {}, dict.fromkeys(RUNGS, 0))
    assert await tallies(course.id) == {}
    assert [[*sum(row, ())] for row in completion_table(found, str, lambda rules: "")] == [
        ["Number", "Name", "Lessons done ()"]
    ]


async def test_events_stand_in_the_order_they_happened(room: Class) -> None:
    await room.report("S0", "L0", ["claim"], at=30)
    late = Report(
        room.lessons["L0"], "scan", "xiaohongshu", START + timedelta(minutes=20), START + timedelta(minutes=45),
        student=room.students["S0"],
    )  # fmt: skip
    wrong = Report(
        room.lessons["L0"], "launch", "xiaohongshu", START + timedelta(days=900), START + timedelta(minutes=40),
        student=room.students["S0"],
    )  # fmt: skip
    await keep([late, wrong])
    events = await cell_events(room.course, room.lessons["L0"], room.students["S0"])
    assert [event.kind for event in events] == ["scan", "claim", "launch"]
    assert events[0].received_at == START + timedelta(minutes=45)


async def test_completion_table_has_titles_and_plain_values(room: Class) -> None:
    await room.report("S0", "L1", ["link"])
    await Lesson.update({Lesson.done_rung: "confirmed"}).where(Lesson.id == room.lessons["L0"])
    words = {
        "Number": "学号",
        "Name": "姓名",
        "linked": "已交链接",
        "not_started": "未开始",
        "note": "笔记",
        "done": "已完成",
    }
    table = completion_table(
        await completion(room.course, "linked"),
        lambda text: words.get(text, text),
        lambda rules: " + ".join(rule.rung for rule in rules),
    )
    assert [[*sum(row, ())] for row in table] == [
        ["学号", "姓名", *(f"Lesson {n}{part}" for n in (0, 1) for part in ("", " · time (UTC)", " · 笔记")),
         "Lessons done (confirmed + claimed)", "Lesson 0 · State (confirmed)", "Lesson 1 · State (claimed)"],
        ["0", "S0", "未开始", "", "", "已交链接", "2026-11-23 08:00:00", "https://xhs.example/1", "1", "not_begun", "已完成"],
    ]  # fmt: skip


@pytest.mark.parametrize(("lessons", "students"), [(1, 1), (5, 60)])
async def test_the_number_of_queries_does_not_grow(db: object, lessons: int, students: int) -> None:
    room = await make_class(lessons, students)
    for student in room.students:
        for lesson in room.lessons:
            await room.report(student, lesson, ["scan"])
    with counted() as queries:
        await completion(room.course)
        assert len(queries) == 4
        await tallies(room.course)
        assert len(queries) == 7
        await cell_events(room.course, room.lessons["L0"], room.students["S0"])
        assert len(queries) == 10


async def test_a_word_on_a_lesson_or_student_that_is_gone_is_refused(room: Class, alice: SignedIn) -> None:
    lesson, student = room.lessons["L0"], room.students["S0"]
    for wrong in ((uuid4(), student), (lesson, uuid4())):
        with pytest.raises(NotFound):
            await decide(alice, *wrong, "xiaohongshu", "confirm")
    assert await cell_events(room.course, lesson, student) == []
