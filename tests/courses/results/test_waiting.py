"""What waits for a look: the same as a recount of every cell, only where the person may mark, in one query each."""

import random
from datetime import timedelta
from uuid import UUID

import pytest

from courses.catalogue.courses import archive_course, course_of
from courses.catalogue.members import add_member, change_role
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.lessons.authoring import delete_lesson, lesson_of
from courses.people.accounts import add_person
from courses.results.completion import completion
from courses.results.looking import set_looking
from courses.results.marking import mark_cells
from courses.results.unmarking import undo_marks
from courses.results.waiting import KINDS, QUEUE, Wanted, waiting, waiting_badge, waiting_by_lesson, waiting_counts
from courses.signed_in import SignedIn
from courses.students.roster import remove_student
from courses.tables.lessons import Lesson
from tests.courses.classroom import Classroom, make_classroom
from tests.queries import counted

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
PLATFORMS = ("xiaohongshu", "weibo")
NOTE = "64b7f3a2000000001203f1aa"
LINK = {"url": f"https://www.xiaohongshu.com/explore/{NOTE}", "note_id": NOTE}


async def act(room: Classroom, chance: random.Random) -> None:
    """Something that a phone reports or an instructor does."""
    student, lesson = chance.choice(("Ada", "Bo", "Cy")), chance.choice(("Tea", "Milk"))
    cell, action = (room.students[student], room.lessons[lesson]), chance.choice(("phone",) * 6 + ("mark", "mark"))
    if action == "phone":
        kind, at = chance.choice(("scan", "launch", "fail", "claim", "claim", "link", "link")), now()
        detail = LINK if kind == "link" else {}
        platform = chance.choice(PLATFORMS)
        await room.report(student, lesson, kind, platform=platform, detail=detail, at=at - timedelta(seconds=1))
    else:
        word = chance.choice(("confirm", "refuse", "excuse", "unexcuse"))
        marked = await mark_cells(room.alice, room.course, [cell], word, "No picture")
        if chance.random() < 0.2:
            await undo_marks(room.alice, room.course, marked.at)


async def recount(room: Classroom, looking: str, asked: bool = False) -> set[tuple[UUID, UUID, str]]:
    """Cell by cell out of the completion list; `asked` says that Tea asks for a confirmation."""
    found = set()
    for row in (await completion(room.course)).rows:
        for lesson, cell in row.cells.items():
            every = looking == "every" or (asked and lesson == room.lessons["Tea"])
            waits = cell.rung in ("claimed", "linked") and (every or (looking == "words" and cell.rung == "claimed"))
            if waits and cell.excuse is None:
                found.add((row.student.id, lesson, cell.rung))
    return found


async def test_waiting_is_what_a_recount_of_all_cells_finds(db: str) -> None:
    room, chance, seen = await make_classroom(), random.Random(7), 0
    for turn in range(40):
        await act(room, chance)
        if turn % 4 == 0:
            looking = ("every", "words", "none")[turn // 4 % 3]
            await set_looking(room.alice, await course_of(room.alice, room.course), looking)
        if turn == 24:
            await Lesson.update({Lesson.done_rung: "confirmed"}).where(Lesson.id == room.lessons["Tea"])
        found = await waiting(room.alice)
        expected = await recount(room, looking, turn >= 24)
        assert {(each.student, each.lesson, each.rung) for each in found} == expected
        assert len(found) == len(expected) == await waiting_badge(room.alice)
        assert [each.at for each in found] == sorted(each.at for each in found)
        seen += len(found)
        for kind, rung in zip(KINDS, ("", "linked", "claimed"), strict=True):
            some, count = await waiting_by_lesson(room.alice, Wanted(kind)), [x for x in found if rung in ("", x.rung)]
            assert sum(each.count for each in some) == len(count) == (await waiting_counts(room.alice))[kind]
    assert seen > 40


async def test_waiting_is_of_the_courses_in_which_the_person_may_mark(db: str) -> None:
    room = await make_classroom()
    other, bob = await make_classroom("Autumn"), await add_person("bob@example.org", "Bob")
    await room.report("Ada", "Tea", "claim")
    await other.report("Bo", "Milk", "link", detail=LINK)
    await other.report("Cy", "Tea", "claim")
    # The newest course first, and in it the oldest note.
    assert [(each.course_title, each.name) for each in await waiting(room.alice)] == [
        ("Autumn", "Bo"), ("Autumn", "Cy"), ("Spring", "Ada"),
    ]  # fmt: skip
    assert await waiting(bob) == [] == await waiting_by_lesson(bob)
    await join(room.course, bob, "viewer")
    assert (await waiting(bob), await waiting_badge(bob)) == ([], None)
    course = await course_of(room.alice, room.course)
    await change_role(room.alice, course, bob.id, "assistant")
    assert [each.name for each in await waiting(bob)] == ["Ada"]
    await archive_course(room.alice, course)
    assert (await waiting(bob), await waiting_badge(room.alice)) == ([], 2)


@unit_of_work
async def join(course: UUID, person: SignedIn, role: str) -> None:
    async with writing():
        await add_member(course, person, role)


async def test_waiting_is_narrowed_and_leaves_out_who_left_and_what_is_in_the_trash(db: str) -> None:
    room = await make_classroom()
    for name in ("Ada", "Bo", "Cy"):
        await room.report(name, "Tea", "claim")
    await room.report("Ada", "Milk", "link", detail=LINK)
    milk, ada = room.lessons["Milk"], room.students["Ada"]

    async def names(wanted: Wanted) -> list[str]:
        return [f"{each.name} {each.title}" for each in await waiting(room.alice, wanted)]

    assert await names(Wanted(lesson=milk)) == ["Ada Milk"] == await names(Wanted("links"))
    assert (
        await names(Wanted(student=ada)) == ["Ada Tea", "Ada Milk"] == await names(Wanted("", room.course, None, ada))
    )
    assert await names(Wanted("words", lesson=milk)) == [] == await names(Wanted(course=milk))
    await remove_student(room.alice, room.course, room.students["Bo"])
    await delete_lesson(room.alice, await lesson_of(room.alice, milk))
    assert await names(Wanted()) == ["Ada Tea", "Cy Tea"]


async def test_waiting_takes_one_or_two_queries_whatever_there_is(db: str) -> None:
    room = await make_classroom()
    await make_classroom("Autumn")
    for name in ("Ada", "Bo", "Cy"):
        await room.report(name, "Tea", "claim")
    assert QUEUE > 3
    for read, most in ((waiting, 2), (waiting_by_lesson, 1), (waiting_badge, 1), (waiting_counts, 2)):
        with counted() as queries:
            await read(room.alice)
        assert len(queries) == most
