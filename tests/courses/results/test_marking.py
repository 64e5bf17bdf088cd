"""Marking many cells at once: what each action applies to, all of it at one moment, and nothing where one cell is wrong."""

from uuid import UUID, uuid4

import pytest

from courses.audit import Entry, Filter, all_entries
from courses.errors import Invalid, NotFound
from courses.events.ladder import FAILURE_LENGTH
from courses.lessons.authoring import delete_lesson, lesson_of
from courses.results.deciding import decide
from courses.results.marking import BATCH, CELLS_MAX, mark_cells
from courses.results.unmarking import undo_marks
from courses.students.reading import Entry as Written
from courses.students.roster import add_students, remove_student, students_of
from courses.tables.events import Event, Publication
from courses.tables.roster import Excuse
from tests.courses.classroom import Classroom, make_classroom

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(db: str) -> Classroom:
    return await make_classroom()


def cells(room: Classroom, *names: str, lesson: str = "Tea") -> list[tuple[UUID, UUID]]:
    return [(room.students[name], room.lessons[lesson]) for name in names]


async def logged(room: Classroom) -> list[Entry]:
    return await all_entries(room.course, Filter(noun="publication"))


async def rungs(room: Classroom, lesson: str = "Tea") -> list[str]:
    return [(await room.cell(name, lesson)).rung for name in ("Ada", "Bo", "Cy")]


async def test_confirming_passes_over_what_is_confirmed_and_takes_the_platform_of_the_rung(room: Classroom) -> None:
    await room.report("Ada", "Tea", "claim", platform="douyin")
    await decide(room.alice, room.lessons["Tea"], room.students["Cy"], "weibo", "confirm")
    marked = await mark_cells(room.alice, room.course, cells(room, "Ada", "Bo", "Cy", "Ada"), "confirm")
    assert (marked.count, marked.passed_over) == (2, 1)
    assert await rungs(room) == ["confirmed", "confirmed", "confirmed"]
    # Who has done nothing is confirmed on the lesson's first platform.
    assert [(await room.cell(name, "Tea")).platform for name in ("Ada", "Bo")] == ["douyin", "weibo"]
    assert await rungs(room, "Milk") == ["not_started"] * 3
    mine = await Event.select(Event.student, Event.person, Event.at).where(Event.received_at == marked.at)
    assert {(row["student"], row["person"], row["at"]) for row in mine} == {
        (room.students[name], room.alice.id, marked.at) for name in ("Ada", "Bo")
    }


async def test_refusing_is_for_what_is_done_and_on_every_platform_where_it_is(room: Classroom) -> None:
    for platform in ("weibo", "douyin"):
        await room.report("Ada", "Tea", "claim", platform=platform)
    await room.report("Ada", "Tea", "scan", platform="xiaohongshu")
    await room.report("Bo", "Tea", "launch")
    marked = await mark_cells(room.alice, room.course, cells(room, "Ada", "Bo", "Cy"), "refuse", "No picture")
    assert (marked.count, marked.passed_over) == (1, 2)
    cell = await room.cell("Ada", "Tea")
    assert (cell.rung, cell.state, cell.refusal) == ("scanned", "begun", None)
    refused = await Publication.select(Publication.platform, Publication.refusal).where(
        Publication.refused_at.is_not_null()
    ).order_by(Publication.platform)  # fmt: skip
    assert [(row["platform"], row["refusal"]) for row in refused] == [("douyin", "No picture"), ("weibo", "No picture")]
    (entry,) = await logged(room)
    assert (entry.action, entry.label, entry.object, entry.at) == (
        "publication.refuse", "Ada", room.students["Ada"], marked.at,
    )  # fmt: skip
    about = {"lesson": str(room.lessons["Tea"]), "title": "Tea", "reason": "No picture"}
    assert entry.detail == about | {"platform": entry.detail["platform"]}
    assert set(entry.detail["platform"].split(", ")) == {"weibo", "douyin"}


async def test_excusing_is_for_what_is_not_done_and_not_excused_yet(room: Classroom) -> None:
    await room.report("Ada", "Tea", "claim")
    await room.report("Bo", "Tea", "fail", detail={"message": "no"})
    first = await mark_cells(room.alice, room.course, cells(room, "Ada", "Bo", "Cy"), "excuse", "ill")
    again = await mark_cells(room.alice, room.course, cells(room, "Ada", "Bo", "Cy"), "excuse", "away")
    assert [(one.count, one.passed_over) for one in (first, again)] == [(2, 1), (0, 3)]
    found = [await room.cell(name, "Tea") for name in ("Ada", "Bo", "Cy")]
    assert [(cell.state, cell.excuse) for cell in found] == [("done", None), ("excused", "ill"), ("excused", "ill")]
    assert {entry.detail["reason"] for entry in await logged(room)} == {"ill"}
    assert await Excuse.select(Excuse.at).output(as_list=True) == [first.at] * 2
    # Nothing was reported by it.
    assert await rungs(room) == ["claimed", "failed", "not_started"]
    assert await Event.count() == 2


async def test_an_excuse_is_taken_back_where_there_is_one_and_can_be_given_anew(room: Classroom) -> None:
    await mark_cells(room.alice, room.course, cells(room, "Ada"), "excuse")
    await mark_cells(room.alice, room.course, cells(room, "Ada", lesson="Milk"), "excuse", "ill")
    marked = await mark_cells(room.alice, room.course, cells(room, "Ada", "Bo"), "unexcuse")
    assert (marked.count, marked.passed_over) == (1, 1)
    assert [(await room.cell("Ada", lesson)).excuse for lesson in ("Tea", "Milk")] == [None, "ill"]
    assert (await mark_cells(room.alice, room.course, cells(room, "Ada"), "excuse", "late bus")).count == 1
    assert (await room.cell("Ada", "Tea")).excuse == "late bus"
    # Each was taken back once.
    again = await mark_cells(room.alice, room.course, cells(room, "Ada"), "unexcuse")
    undone = await Excuse.select(Excuse.undone_at).where(Excuse.lesson == room.lessons["Tea"]).order_by(Excuse.at)
    assert [row["undone_at"] for row in undone] == [marked.at, again.at]


async def test_an_empty_excuse_is_one_too(room: Classroom) -> None:
    await mark_cells(room.alice, room.course, cells(room, "Ada"), "excuse")
    cell = await room.cell("Ada", "Tea")
    assert (cell.state, cell.excuse) == ("excused", "")
    assert "reason" not in (await logged(room))[0].detail


async def test_one_cell_that_is_not_of_the_course_stops_all(room: Classroom) -> None:
    other = await make_classroom("Autumn")
    await remove_student(None, room.course, room.students["Cy"])
    await delete_lesson(room.alice, await lesson_of(room.alice, room.lessons["Milk"]))
    good = cells(room, "Ada")
    for wrong in (
        cells(other, "Ada"),
        [(room.students["Ada"], other.lessons["Tea"])],
        [(other.students["Ada"], room.lessons["Tea"])],
        [(uuid4(), room.lessons["Tea"])],
        cells(room, "Cy"),
        cells(room, "Bo", lesson="Milk"),
    ):
        with pytest.raises(NotFound):
            await mark_cells(room.alice, room.course, [*good, *wrong], "confirm")
    assert (await rungs(other), await logged(room), await Event.count()) == (["not_started"] * 3, [], 0)


@pytest.mark.parametrize(
    ("count", "action", "reason", "field"),
    [
        (1, "delete", "", "action"),
        (0, "confirm", "", "cells"),
        (CELLS_MAX + 1, "confirm", "", "cells"),
        (1, "refuse", " \n", "reason"),
        (1, "excuse", "字" * (FAILURE_LENGTH + 1), "reason"),
    ],
)
async def test_what_cannot_be_done_is_refused_by_its_field(
    room: Classroom, count: int, action: str, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await mark_cells(room.alice, room.course, cells(room, "Ada") * count, action, reason)
    assert list(refused.value.fields) == [field]
    assert await logged(room) == []


async def test_longest_reason_is_kept_whole(room: Classroom) -> None:
    await room.report("Ada", "Tea", "claim")
    await mark_cells(room.alice, room.course, cells(room, "Ada"), "refuse", "字" * FAILURE_LENGTH)
    assert (await room.cell("Ada", "Tea")).refusal == "字" * FAILURE_LENGTH


async def test_more_than_goes_into_one_transaction_is_one_mark_and_undone_as_one(room: Classroom) -> None:
    await add_students(None, room.course, [Written(str(place), f"S{place}") for place in range(10, BATCH + 10)])
    all_cells = [(student.id, room.lessons["Tea"]) for student in await students_of(room.course)]
    marked = await mark_cells(room.alice, room.course, all_cells, "confirm")
    assert (marked.count, len(await logged(room))) == (BATCH + 3, BATCH + 3)
    assert {entry.at for entry in await logged(room)} == {marked.at}
    assert await Publication.count().where(Publication.rung == "confirmed") == BATCH + 3
    assert await undo_marks(room.alice, room.course, marked.at) == BATCH + 3
    assert await Publication.count().where(Publication.rung == "confirmed") == 0
