"""Exports as tables: which columns in which order, a row for everyone, and what stands in the cells."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from courses.clock import now
from courses.csv_files import Value
from courses.errors import Invalid, NotFound
from courses.events.scan_log import ScanFilter
from courses.lessons.authoring import delete_lesson, lesson_of
from courses.lessons.links import class_links
from courses.printing.runs import slips_of_run
from courses.printing.starting import RunRequest, pairs_for, start_run
from courses.printing.values import PrintOptions
from courses.results.deciding import decide
from courses.results.export_tables import (
    COLUMNS,
    PER_LESSON,
    STUDENTS,
    USUAL,
    Part,
    check_columns,
    export,
    publication_rows,
)
from courses.results.marking import mark_cells
from courses.students.reading import Entry
from courses.students.roster import add_students, remove_student, students_of
from courses.tables.events import Event, RefusedScan
from courses.tables.lessons import Lesson
from tests.courses.classroom import Classroom, make_classroom

pytestmark = pytest.mark.anyio
NOTE = "https://www.xiaohongshu.com/explore/1"


@pytest.fixture
async def room(db: str) -> Classroom:
    return await make_classroom()


def flat(row: Iterable[Part]) -> list[Value]:
    """The cells of a row, from left to right."""
    return [cell for part in row for cell in part]


async def rows(room: Classroom, name: str, *keys: str, **wanted: Any) -> list[list[Value]]:
    """All lines of an export."""
    found = await export(room.course, name, keys, ScanFilter(**wanted))
    return [flat(row) async for chunk in found.chunks for row in chunk]


async def test_columns_stand_in_their_order_however_they_are_named() -> None:
    assert check_columns("completion", ["rung", "number", "rung", "done"]) == ["number", "done", "rung"]
    for name, usual in USUAL.items():
        assert check_columns(name, []) == list(usual)
        assert check_columns(name, COLUMNS[name]) == list(COLUMNS[name])


async def test_other_columns_and_exports_are_refused(room: Classroom) -> None:
    with pytest.raises(Invalid) as refused:
        await export(room.course, "scans", ["time", "password"])
    assert list(refused.value.fields) == ["columns"]
    with pytest.raises(NotFound):
        await export(room.course, "people")


@pytest.mark.parametrize("name", list(COLUMNS))
async def test_each_row_has_a_cell_for_each_column(room: Classroom, name: str) -> None:
    await room.report("Ada", "Tea", "scan", "launch", "link", detail={"url": NOTE})
    found = await export(room.course, name, COLUMNS[name])
    lines = [flat(row) async for chunk in found.chunks for row in chunk]
    assert lines
    assert {len(line) for line in lines} == {len(found.columns)}
    assert {column.key: column.kind for column in found.columns} == COLUMNS[name]


async def test_completion_has_columns_for_each_lesson_and_a_row_for_everyone(room: Classroom) -> None:
    await room.report("Bo", "Milk", "claim")
    found = await export(room.course, "completion", ["name", "done", "rung", "platform"])
    assert [(column.key, column.of, column.lesson) for column in found.columns] == [
        ("name", None, None), ("done", None, None), ("rung", "Tea", room.lessons["Tea"]),
        ("platform", "Tea", room.lessons["Tea"]), ("rung", "Milk", room.lessons["Milk"]),
        ("platform", "Milk", room.lessons["Milk"]),
    ]  # fmt: skip
    assert [flat(row) async for chunk in found.chunks for row in chunk] == [
        ["Ada", 0, "not_started", None, "not_started", None],
        ["Bo", 1, "not_started", None, "claimed", "xiaohongshu"],
        ["Cy", 0, "not_started", None, "not_started", None],
    ]


async def test_done_counts_lessons_of_which_the_student_says_so_or_more(room: Classroom) -> None:
    await room.report("Ada", "Tea", "claim")
    await room.report("Ada", "Milk", "link", detail={"url": NOTE})
    await room.report("Bo", "Tea", "launch")
    await decide(room.alice, room.lessons["Milk"], room.students["Bo"], "weibo", "confirm")
    assert await rows(room, "completion", "name", "done") == [["Ada", 2], ["Bo", 1], ["Cy", 0]]


async def test_completion_has_what_belongs_to_each_cell(room: Classroom) -> None:
    await room.report("Ada", "Tea", "link", detail={"url": NOTE})
    await room.report("Bo", "Tea", "fail", detail={"message": "no network"})
    await room.report("Bo", "Milk", "claim")
    await decide(room.alice, room.lessons["Milk"], room.students["Bo"], "xiaohongshu", "refuse", "No picture")
    await mark_cells(room.alice, room.course, [(room.students["Cy"], room.lessons["Tea"])], "excuse", "ill")
    await Lesson.update({Lesson.due_at: now() - timedelta(days=1)}).where(Lesson.id == room.lessons["Tea"])
    keys = ("state", "late", "note", "failure", "refusal", "excuse")
    assert await rows(room, "completion", "name", *keys) == [
        ["Ada", "done", True, NOTE, None, None, None, "not_begun", False, None, None, None, None],
        ["Bo", "stuck", True, None, "no network", None, None, "stuck", False, None, None, "No picture", None],
        ["Cy", "excused", False, None, None, None, "ill", "not_begun", False, None, None, None, None],
    ]
    at = (await room.cell("Ada", "Tea")).at
    assert [row[0] for row in await rows(room, "completion", "time")] == [at, (await room.cell("Bo", "Tea")).at, None]


async def test_a_lesson_that_went_while_the_file_was_written_leaves_its_cells_empty(room: Classroom) -> None:
    await room.report("Ada", "Tea", "claim")
    found = await export(room.course, "completion", ["name", "rung"])
    await delete_lesson(room.alice, await lesson_of(room.alice, room.lessons["Tea"]))
    lines = [flat(row) async for chunk in found.chunks for row in chunk]
    assert lines[0] == ["Ada", None, "not_started"]


async def test_publications_have_a_row_for_each_platform_on_which_something_is_known(room: Classroom) -> None:
    await room.report("Ada", "Tea", "scan", platform="weibo")
    await room.report("Ada", "Tea", "claim", platform="douyin")
    assert await rows(room, "publications", "name", "lesson", "platform", "rung") == [
        ["Ada", "Tea", "douyin", "claimed"], ["Ada", "Tea", "weibo", "scanned"], ["Ada", "Milk", None, "not_started"],
        ["Bo", "Tea", None, "not_started"], ["Bo", "Milk", None, "not_started"],
        ["Cy", "Tea", None, "not_started"], ["Cy", "Milk", None, "not_started"],
    ]  # fmt: skip


async def test_publications_count_what_phones_reported_of_each(room: Classroom) -> None:
    other = await make_classroom("Autumn")
    await room.report("Ada", "Tea", "scan", "scan", "launch", "fail", "launch", "launch", "preview")
    await room.report("Ada", "Tea", "scan", platform="weibo")
    await room.report("Bo", "Tea", "scan")
    await room.report(None, "Tea", "scan")
    await other.report("Ada", "Tea", "scan")
    counts = await rows(room, "publications", "name", "lesson", "platform", "scans", "launches", "failures")
    assert [row for row in counts if any(row[3:])] == [
        ["Ada", "Tea", "weibo", 1, 0, 0], ["Ada", "Tea", "xiaohongshu", 2, 3, 1], ["Bo", "Tea", "xiaohongshu", 1, 0, 0],
    ]  # fmt: skip
    assert len(counts) == 7


async def test_minutes_are_from_the_first_scan_to_the_first_word(room: Classroom) -> None:
    start = now() - timedelta(hours=1)
    for minutes, kind in ((0, "scan"), (5, "scan"), (7.25, "link"), (20, "claim")):
        await room.report("Ada", "Tea", kind, at=start + timedelta(minutes=minutes), detail={"url": NOTE})
    await room.report("Bo", "Tea", "claim")
    await room.report("Cy", "Tea", "scan")
    found = [row for row in await rows(room, "publications", "name", "lesson", "minutes") if row[1] == "Tea"]
    assert found == [["Ada", "Tea", 7.2], ["Bo", "Tea", None], ["Cy", "Tea", None]]


async def test_publications_have_the_time_of_each_evidence_and_of_the_rung(room: Classroom) -> None:
    await room.report("Ada", "Tea", "scan")
    await room.report("Ada", "Tea", "fail", detail={"message": "no network", "cause": "network"})
    await decide(room.alice, room.lessons["Tea"], room.students["Ada"], "xiaohongshu", "refuse", "No picture")
    keys = ("time", "note", "scanned_at", "failed_at", "failure", "cause", "claimed_at", "refused_at", "refusal")
    at, note, scanned, failed, failure, cause, claimed, refused, refusal = (await rows(room, "publications", *keys))[0]
    assert isinstance(at, datetime)
    assert at.utcoffset() == timedelta(0)
    assert scanned < at == failed < refused  # type: ignore[operator]
    assert (failure, cause, refusal) == ("no network", "network", "No picture")
    assert (note, claimed) == (None, None)
    # A row that a decision alone made stands on no rung, and so has no time of one.
    await decide(room.alice, room.lessons["Tea"], room.students["Bo"], "weibo", "refuse", "Nothing there")
    found = [row for row in await rows(room, "publications", "name", "lesson", "rung", "time") if row[0] == "Bo"]
    assert found[0] == ["Bo", "Tea", "not_started", None]


async def test_who_left_and_what_is_in_the_trash_is_in_neither(room: Classroom) -> None:
    for name in ("Ada", "Cy"):
        for lesson in ("Tea", "Milk"):
            await room.report(name, lesson, "claim")
    await remove_student(None, room.course, room.students["Cy"])
    await delete_lesson(room.alice, await lesson_of(room.alice, room.lessons["Milk"]))
    assert await rows(room, "completion", "name", "rung") == [["Ada", "claimed"], ["Bo", "not_started"]]
    assert await rows(room, "publications", "name", "lesson") == [["Ada", "Tea"], ["Bo", "Tea"]]


async def test_a_large_class_comes_in_chunks_and_whole(room: Classroom) -> None:
    await add_students(None, room.course, [Entry(str(place), f"S{place}") for place in range(10, 10 + STUDENTS)])
    found = await export(room.course, "publications", ["number"])
    sizes, numbers = [], []
    async for chunk in found.chunks:
        sizes.append(len(chunk))
        numbers += [flat(row)[0] for row in chunk]
    assert sizes == [2 * STUDENTS, 2 * 3]
    assert numbers == [student.number for student in await students_of(room.course) for _ in range(2)]


async def test_course_without_lessons_or_students_has_no_rows(room: Classroom) -> None:
    assert await publication_rows(room.course, []) == []
    for lesson in room.lessons.values():
        await delete_lesson(room.alice, await lesson_of(room.alice, lesson))
    assert await rows(room, "publications") == []
    assert await rows(room, "completion", "name", "rung") == [["Ada"], ["Bo"], ["Cy"]]


async def test_scans_are_those_that_opened_and_those_that_were_refused(room: Classroom) -> None:
    at = now() - timedelta(hours=1)
    await room.report("Ada", "Tea", "scan", at=at, device="a" * 16)
    await room.report(None, "Milk", "scan", at=at + timedelta(minutes=1), detail={"browser": "wechat"})
    await RefusedScan.insert(RefusedScan(reason="expired", course=room.course, lesson=room.lessons["Tea"],
                                         at=at + timedelta(minutes=2), received_at=at + timedelta(minutes=2)))  # fmt: skip
    await RefusedScan.insert(RefusedScan(reason="bad_token", at=at, received_at=at))
    await room.report("Ada", "Tea", "preview")
    keys = ("time", "received", "number", "name", "lesson", "outcome", "app", "phone")
    assert await rows(room, "scans", *keys) == [
        [at + timedelta(minutes=2)] * 2 + [None, None, "Tea", "expired", None, ""],
        [at + timedelta(minutes=1)] * 2 + [None, None, "Milk", "in_app", "wechat", ""],
        [at, at, "1", "Ada", "Tea", "opened", None, "aaaaaa"],
    ]
    assert await rows(room, "scans", "lesson", outcome="opened") == [["Tea"]]
    assert await rows(room, "scans", "name", student=room.students["Ada"]) == [["Ada"]]
    assert await rows(room, "scans", "outcome", since=at + timedelta(minutes=1), until=at + timedelta(minutes=2)) == [
        ["in_app"]
    ]


async def test_scan_of_a_slip_says_which_one(room: Classroom) -> None:
    pairs = await pairs_for(room.course, "personal", list(room.lessons.values()))
    run = await start_run(room.alice, room.course, RunRequest("personal", "a4-24", PrintOptions(), pairs))
    slip = (await slips_of_run(run))[2]
    shared = (await class_links([room.lessons["Tea"]]))[room.lessons["Tea"]]
    for link in (slip.link, shared):
        await Event.insert(
            Event(
                id=uuid4(), link=link.id, lesson=link.lesson, kind="scan", platform="weibo", at=now(), received_at=now()
            )
        )
    assert sorted(await rows(room, "scans", "slip", "run", "serial"), key=str) == [["", None, None], ["P1-003", 1, 3]]


def test_what_comes_once_for_each_lesson_is_told_from_what_comes_once() -> None:
    keys = list(COLUMNS["completion"])
    assert tuple(keys[keys.index("done") + 1 :]) == PER_LESSON
