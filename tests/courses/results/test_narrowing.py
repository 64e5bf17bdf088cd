"""The matrix: its states, filters and orders, and totals that add up in both directions."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from courses.errors import NotFound
from courses.events.ladder import RUNGS
from courses.results.cells import DONE
from courses.results.narrowing import FILTERS, CompletionFilter, narrow
from courses.results.values import STATES, Cell, Completion, LessonHead, StudentRow
from courses.students.values import StudentInfo

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NAMES = ("张三", "bo", "Ada", "李四", "王五", "阿明")


def cell_of(chance: random.Random) -> Cell:
    rung = chance.choice(RUNGS)
    state = (
        "done" if rung in DONE else "stuck" if rung == "failed" else chance.choice(["excused", "begun", "not_begun"])
    )
    at = START + timedelta(hours=chance.randrange(100)) if rung != RUNGS[0] else None
    return Cell(rung, "xiaohongshu", at, state=state, late=state != "excused" and chance.random() < 0.4)


def any_class(chance: random.Random, students: int = 6, lessons: int = 4) -> Completion:
    heads = tuple(LessonHead(uuid4(), f"L{place}") for place in range(lessons))
    rows = tuple(
        StudentRow(
            StudentInfo(uuid4(), str(place), NAMES[place], place, False, chance.choice(["", "A", "B"])),
            {head.id: cell_of(chance) for head in heads},
        )
        for place in range(students)
    )
    return Completion(heads, rows, rows)


@pytest.mark.parametrize("seed", range(5))
def test_totals_add_up_in_both_directions_and_open_their_rows(seed: int) -> None:
    chance = random.Random(seed)
    whole = any_class(chance, students=chance.randrange(1, 7), lessons=chance.randrange(1, 5))
    found = narrow(whole, CompletionFilter())
    rows = [found.of(row) for row in found.rows]
    assert sum(rows, Counter()) == sum(found.by_lesson.values(), Counter()) == found.overall
    assert found.overall["all"] == len(whole.rows) * len(whole.lessons)
    for counts in (*rows, *found.by_lesson.values(), found.overall):
        assert sum(counts[state] for state in STATES) == sum(counts[rung] for rung in RUNGS) == counts["all"]
        assert counts["open"] == counts["all"] - counts["done"] - counts["excused"]
    for name in (*FILTERS, *RUNGS):
        kind = "rung" if name in RUNGS else "state"
        assert narrow(whole, CompletionFilter(**{kind: name})).cells == found.overall[name]
        for lesson, counts in found.by_lesson.items():
            opened = narrow(whole, CompletionFilter(**{kind: name}, lesson=lesson))
            assert len(opened.rows) == len(opened.chosen) == opened.cells == counts[name]
        for row, counts in zip(found.rows, rows, strict=True):
            opened = narrow(whole, CompletionFilter(**{kind: name}, student=row.student.id))
            assert opened.cells == counts[name] == len(opened.chosen)


def test_a_group_has_totals_of_its_own() -> None:
    whole = any_class(random.Random(1))
    found = {group: narrow(whole, CompletionFilter(group=group)) for group in ("A", "B", "—")}
    assert narrow(whole, CompletionFilter()).groups == ("A", "B", "—")
    assert sum(each.enrolled for each in found.values()) == len(whole.rows)
    assert sum((each.overall for each in found.values()), Counter()) == narrow(whole, CompletionFilter()).overall
    assert {row.student.group for row in found["—"].rows} == {""}


def test_rows_are_sorted() -> None:
    whole = any_class(random.Random(3))

    def names(sort: str, down: bool = False) -> list[str]:
        return [row.student.name for row in narrow(whole, CompletionFilter(sort=sort, down=down)).rows]

    assert names("number") == list(NAMES)
    assert names("number", down=True) == list(NAMES[::-1])
    assert names("name") == ["Ada", "bo", "阿明", "李四", "王五", "张三"]  # a, l, w, z
    lessons = [head.id for head in whole.lessons]
    for sort, key in (
        ("rung", lambda row: sum(row.cells[lesson].state == "done" for lesson in lessons)),
        ("time", lambda row: max(filter(None, (cell.at for cell in row.cells.values())))),
        ("group", lambda row: (not row.student.group, row.student.group)),
    ):
        found = [key(row) for row in narrow(whole, CompletionFilter(sort=sort)).rows]
        assert found == sorted(found)
        assert [key(row) for row in narrow(whole, CompletionFilter(sort=sort, down=True)).rows] == found[::-1]


def test_what_is_not_in_the_course_is_not_found() -> None:
    whole = any_class(random.Random(1))
    for wanted in (CompletionFilter(lesson=UUID(int=1)), CompletionFilter(student=UUID(int=1))):
        with pytest.raises(NotFound):
            narrow(whole, wanted)
