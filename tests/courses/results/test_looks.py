"""Deciding on what was seen: the second of two is told, and so is who decides on what the student has replaced since."""

import asyncio

import pytest

from courses.errors import Conflict, Invalid
from courses.results.looks import look_of
from courses.results.marking import mark_seen
from courses.results.unmarking import undo_marks
from courses.results.waiting import waiting
from courses.tables.audit import AuditEntry
from tests.courses.classroom import Classroom, make_classroom

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def decide(room: Classroom, name: str, action: str, reason: str = "", seen: str | None = None) -> object:
    cell = room.students[name], room.lessons["Tea"]
    return await mark_seen(room.alice, room.course, cell, action, reason, seen or await look_of(*cell))


async def test_of_two_decisions_at_once_one_counts_and_the_other_is_told(db: str) -> None:
    room = await make_classroom()
    for name in room.students:
        await room.report(name, "Tea", "claim")
        look = await look_of(room.students[name], room.lessons["Tea"])
        answers = await asyncio.gather(
            decide(room, name, "confirm", seen=look), decide(room, name, "refuse", "No picture", seen=look),
            return_exceptions=True,
        )  # fmt: skip
        assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    decided = AuditEntry.action.is_in(["publication.confirm", "publication.refuse"])
    assert await AuditEntry.count().where(decided) == len(room.students)
    assert await waiting(room.alice) == []


async def test_what_the_student_replaced_since_is_not_decided_on(db: str) -> None:
    room = await make_classroom()
    await room.report("Ada", "Tea", "claim")
    look = await look_of(room.students["Ada"], room.lessons["Tea"])
    await room.report("Ada", "Tea", "scan")
    await decide(room, "Ada", "refuse", "No picture", seen=look)  # opening it again says nothing new
    await room.report("Ada", "Tea", "claim")
    look = await look_of(room.students["Ada"], room.lessons["Tea"])
    await room.report("Ada", "Tea", "link", detail={"url": "https://www.xiaohongshu.com/explore/1", "note_id": "1"})
    with pytest.raises(Conflict):
        await decide(room, "Ada", "confirm", seen=look)
    assert (await room.cell("Ada", "Tea")).rung == "linked"
    with pytest.raises(Invalid):
        await decide(room, "Ada", "refuse", " ")
    await decide(room, "Ada", "confirm")
    with pytest.raises(Conflict):
        await decide(room, "Ada", "confirm")


async def test_who_is_looked_at_is_excused_also_of_what_is_said_and_back(db: str) -> None:
    room = await make_classroom()
    await room.report("Ada", "Tea", "claim")
    cell = room.students["Ada"], room.lessons["Tea"]
    done = await mark_seen(room.alice, room.course, cell, "excuse", "ill", await look_of(*cell))
    assert (await waiting(room.alice), (await room.cell("Ada", "Tea")).excuse) == ([], "ill")
    with pytest.raises(Conflict):
        await decide(room, "Ada", "excuse")
    assert await undo_marks(room.alice, room.course, done.at) == 1
    assert [each.name for each in await waiting(room.alice)] == ["Ada"]
