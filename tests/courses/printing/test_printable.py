"""What of a course can be printed, and what is said where nothing can."""

from datetime import timedelta
from uuid import UUID

import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.errors import Conflict, Invalid
from courses.lessons.authoring import create_lesson, delete_lesson, lesson_by_id
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links, issue_link, set_link_times, withdraw_link
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.printing.printable import SLIPS_MAX, check_amount, named, printable
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, remove_student

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def course(alice: SignedIn) -> UUID:
    return await create_course(alice, "Spring")


async def shared(alice: SignedIn, course: UUID, *titles: str) -> list[UUID]:
    return [await create_shared_lesson(alice, course, LessonDraft("normal", title)) for title in titles]


def titles(lessons: list) -> list[str]:
    return [lesson.title for lesson in lessons]


async def test_lessons_whose_class_link_is_live_are_printed_with_it(alice: SignedIn, course: UUID) -> None:
    tea, ink, oak, ash = await shared(alice, course, "Tea", "Ink", "Oak", "Ash")
    links = await class_links([tea, ink, oak, ash])
    await set_link_times(alice, links[tea], now() + timedelta(days=1), None)
    await withdraw_link(alice, links[ink])
    await set_link_times(alice, links[oak], None, now() - timedelta(seconds=1))
    await delete_lesson(alice, await lesson_by_id(ash))
    newer = await issue_link(alice, tea)
    found = await printable(course)
    assert (titles(found.lessons), titles(found.shared)) == (["Tea", "Ink", "Oak"], ["Tea"])
    assert found.links == {tea: newer}


async def test_lessons_are_narrowed_to_those_that_are_named(alice: SignedIn, course: UUID) -> None:
    tea, ink, oak = await shared(alice, course, "Tea", "Ink", "Oak")
    found = await printable(course)
    assert titles(found.only([oak, tea]).shared) == ["Tea", "Oak"]
    assert titles(found.only([]).shared) == titles(found.without([]).shared) == ["Tea", "Ink", "Oak"]
    assert titles(found.only([oak, tea]).without({tea}).shared) == ["Oak"]
    assert titles(named(found.lessons, [ink])) == ["Ink"]


async def test_who_left_gets_no_slip(course: UUID) -> None:
    await add_students(None, course, [Entry("1", "Ann"), Entry("2", "Bo")])
    ann = (await printable(course)).students[0]
    await remove_student(None, course, ann.id)
    assert [student.name for student in (await printable(course)).students] == ["Bo"]


async def test_what_is_missing_is_said_in_the_order_in_which_it_is_done(alice: SignedIn, course: UUID) -> None:
    async def said(personal: bool = True) -> str:
        with pytest.raises(Conflict) as refused:
            (await printable(course)).check_sheet(personal)
        return str(refused.value)

    assert await said() == "There is nothing to print yet. Write a lesson first."
    lesson = await create_lesson(alice, course, LessonDraft("normal", "Tea"))
    assert await said() == "No lesson of this course has a live link. Issue one on a lesson’s page first."
    await issue_link(alice, lesson)
    assert await said() == "Personal slips need students. Add them to the course’s list first."
    (await printable(course)).check_sheet(personal=False)
    await add_students(None, course, [Entry("1", "Ann")])
    (await printable(course)).check_sheet(personal=True)


async def test_codes_as_files_ask_for_a_link_first(course: UUID) -> None:
    with pytest.raises(Conflict, match="has a live link"):
        (await printable(course)).check_codes(personal=True)


async def test_a_run_is_of_one_slip_at_least_and_of_so_many_at_most() -> None:
    check_amount(1)
    check_amount(SLIPS_MAX)
    with pytest.raises(Conflict, match="nothing to print"):
        check_amount(0)
    with pytest.raises(Invalid, match=str(SLIPS_MAX)) as refused:
        check_amount(SLIPS_MAX + 1)
    assert list(refused.value.fields) == ["copies"]
