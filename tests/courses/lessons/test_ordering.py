"""The order of lessons by hand, and their sections."""

from uuid import UUID, uuid4

import pytest

from courses.catalogue.courses import CourseInfo, course_of, create_course
from courses.errors import Conflict, Invalid, NotFound
from courses.lessons.authoring import create_lesson, lesson_of
from courses.lessons.listing import LessonFilter, search_lessons
from courses.lessons.ordering import move_lesson, put_before, put_into_section
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def course(alice: SignedIn) -> CourseInfo:
    return await course_of(alice, await create_course(alice, "Spring"))


@pytest.fixture
async def lessons(alice: SignedIn, course: CourseInfo) -> dict[str, UUID]:
    return {title: await create_lesson(alice, course.id, LessonDraft("normal", title)) for title in "ABCDE"}


async def order(course: CourseInfo) -> str:
    found = (await search_lessons(course.id, LessonFilter())).lessons
    return " ".join(f"{each.section}{each.title}" for each in found)


async def test_lessons_stand_as_they_were_made_and_move_by_one(
    alice: SignedIn, course: CourseInfo, lessons: dict[str, UUID]
) -> None:
    assert await order(course) == "A B C D E"
    await move_lesson(alice, course, lessons["C"], -1)
    await move_lesson(alice, course, lessons["A"], -1)
    await move_lesson(alice, course, lessons["D"], 1)
    assert await order(course) == "A C B E D"
    new = await create_lesson(alice, course.id, LessonDraft("normal", "F"))
    assert await order(course) == "A C B E D F"
    await put_before(alice, course, new, lessons["A"])
    await put_before(alice, course, lessons["C"], None)
    await put_before(alice, course, new, new)
    assert await order(course) == "F A B E D C"
    # What changes nothing is not logged.
    assert await AuditEntry.count().where(AuditEntry.action == "course.order") == 4


async def test_sections_hold_their_lessons_together(
    alice: SignedIn, course: CourseInfo, lessons: dict[str, UUID]
) -> None:
    assert await put_into_section(alice, course, [lessons["D"], lessons["B"]], " 1 ") == 2
    assert await order(course) == "A 1B 1D C E"
    await put_into_section(alice, course, [lessons["A"]], "1")
    assert await order(course) == "1B 1D 1A C E"
    # Over the edge of a section it changes the section and not its place.
    await move_lesson(alice, course, lessons["C"], -1)
    assert await order(course) == "1B 1D 1A 1C E"
    await move_lesson(alice, course, lessons["C"], 1)
    assert await order(course) == "1B 1D 1A C E"
    await put_before(alice, course, lessons["E"], lessons["D"])
    assert await order(course) == "1B 1E 1D 1A C"
    await put_into_section(alice, course, [lessons["E"]], "")
    assert await order(course) == "1B E 1D 1A C"


async def test_wrong_names_and_lessons_of_others_change_nothing(
    alice: SignedIn, course: CourseInfo, lessons: dict[str, UUID]
) -> None:
    other = await course_of(alice, await create_course(alice, "Autumn"))
    foreign = await create_lesson(alice, other.id, LessonDraft("normal", "X"))
    with pytest.raises(Invalid):
        await put_into_section(alice, course, [lessons["A"]], "x" * 61)
    with pytest.raises(Conflict):
        await put_into_section(alice, course, [], "1")
    with pytest.raises(NotFound):
        await put_into_section(alice, course, [lessons["A"], foreign], "1")
    for lesson in (foreign, uuid4()):
        with pytest.raises(NotFound):
            await move_lesson(alice, course, lesson, 1)
        with pytest.raises(NotFound):
            await put_before(alice, course, lessons["A"], lesson)
    assert await order(course) == "A B C D E"
    assert (await lesson_of(alice, foreign)).section == ""
