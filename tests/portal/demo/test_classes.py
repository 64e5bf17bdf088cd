"""The demo's other classes: rows as classes make them, the same for the same seed, and never a half of one."""

import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from courses.catalogue.courses import CourseInfo, course_of, courses_of, create_course, edit_course
from courses.clock import now
from courses.database import writing
from courses.events.publications import lock_publications
from courses.events.rebuilding import rebuild
from courses.lessons.authoring import lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.printing.runs import runs_of
from courses.results.completion import completion
from courses.results.wall import STATES, wall
from courses.signed_in import SignedIn
from courses.students.roster import students_of
from courses.tables.events import Publication
from portal.demo.classes import CLASSES, given_at, roster
from portal.demo.content import LESSONS
from portal.demo.history import UNFINISHED, load_classes

pytestmark = pytest.mark.anyio


async def demo() -> tuple[SignedIn, CourseInfo]:
    """The first course as the demo has it, without its pictures, and the others beside it."""
    teacher = await add_person("teacher@example.org", "Ms Chen")
    first = await create_course(teacher, "First")
    for lesson in LESSONS:
        await create_shared_lesson(
            teacher, first, LessonDraft("normal", lesson.title, lesson.body, platforms=lesson.platforms)
        )
    course = await course_of(teacher, first)
    await load_classes(teacher, course)
    return teacher, course


async def by_title(teacher: SignedIn) -> dict[str, UUID]:
    return {course.title: course.id for course in await courses_of(teacher)}


async def told(course: UUID) -> dict[tuple[str, str], str]:
    """The rung of each student, by number, and lesson, by title."""
    found = await completion(course)
    titles = {lesson.id: lesson.title for lesson in found.lessons}
    return {(row.student.number, titles[at]): cell.rung for row in found.rows for at, cell in row.cells.items()}


async def publications() -> list[dict[str, Any]]:
    rows = await Publication.select().order_by(Publication.id)
    return [{name: value for name, value in row.items() if name != "changed_at"} for row in rows]


async def test_classes_have_what_pages_show_and_publications_agree_with_a_recount(db: str) -> None:
    teacher, _ = await demo()
    found = await by_title(teacher)
    finished, middle = (found[each.title] for each in CLASSES)

    for course in (finished, middle):
        table = await completion(course)
        cells = [cell for row in table.rows for cell in row.cells.values()]
        assert {cell.state for cell in cells} == {"done", "begun", "stuck", "not_begun", "excused"}
        assert any(cell.late and cell.state == "done" for cell in cells)
        assert any(cell.shared for cell in cells)
        assert any(cell.refusal for cell in cells)
        assert len({cause for cell in cells for cause in cell.failures}) > 2
        assert len({row.student.group for row in table.rows}) in (3, 4)
        assert [run.slips for run in (await runs_of(course)).runs] == [len(table.rows)]
    assert min((await completion(finished)).done.values()) > 13
    present = (await lessons_of(middle))[5]
    states = (await wall(middle, present.id)).states
    assert all(states[state] for state in STATES if state != "excused"), states
    assert (await lessons_of(middle))[-1].opens_at is not None
    assert all(lesson.closes_at < now() for lesson in await lessons_of(finished) if lesson.closes_at)
    assert (await lessons_of(middle))[-1].version == 3

    before = await publications()
    students = [student.id for course in (finished, middle) for student in await students_of(course)]
    async with writing():
        await lock_publications(*students)
        for student in students:
            await rebuild(student)
    assert await publications() == before


async def test_classes_are_made_once_and_anew_with_the_same_rows(db: str) -> None:
    teacher, first = await demo()
    found = await by_title(teacher)
    middle = found[CLASSES[1].title]
    before = await told(middle)
    await load_classes(teacher, first)
    assert await by_title(teacher) == found

    # One that stopped half-way is made as a whole.
    await edit_course(teacher, await course_of(teacher, middle), CLASSES[1].title + UNFINISHED, "", "")
    await load_classes(teacher, first)
    again = await by_title(teacher)
    assert set(again) == set(found)
    assert again[CLASSES[0].title] == found[CLASSES[0].title]
    anew = await told(again[CLASSES[1].title])
    assert Counter(anew.values()) == Counter(before.values())
    assert anew == before


def test_rosters_name_nobody_twice_and_lessons_begin_in_their_order() -> None:
    for each in CLASSES:
        entries = roster(random.Random(1), each)
        assert len({entry.name for entry in entries}) == len({entry.number for entry in entries}) == each.students
        begins = given_at(each, now())
        assert begins == sorted(begins)
        assert len(begins) == len(LESSONS)
