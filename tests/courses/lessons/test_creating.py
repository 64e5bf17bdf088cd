"""How a lesson begins: once, with the link for its class, or not at all."""

from uuid import UUID, uuid4

import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.errors import Invalid
from courses.lessons.authoring import lesson_of, lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import links_of_lesson
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.tables.links import Link

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
DRAFT = LessonDraft("normal", "Tea", "First words", ("tea",))


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def course(alice: SignedIn) -> UUID:
    return await create_course(alice, "Spring")


async def test_a_lesson_begins_with_an_open_link_for_its_class(alice: SignedIn, course: UUID) -> None:
    lesson = await create_shared_lesson(alice, course, DRAFT)
    made = await lesson_of(alice, lesson)
    assert (made.title, made.body, made.author, made.version) == ("Tea", "First words", alice.id, 1)
    (link,) = await links_of_lesson(lesson)
    assert (link.student, link.state(now())) == (None, "open")


async def test_a_lesson_that_is_made_twice_by_one_save_is_one(alice: SignedIn, course: UUID) -> None:
    save = uuid4()
    first = await create_shared_lesson(alice, course, DRAFT, save=save)
    assert await create_shared_lesson(alice, course, DRAFT, save=save) == first
    assert len(await links_of_lesson(first)) == 1


async def test_a_lesson_that_is_refused_leaves_no_link_either(alice: SignedIn, course: UUID) -> None:
    with pytest.raises(Invalid):
        await create_shared_lesson(alice, course, LessonDraft("normal", " "))
    assert (await lessons_of(course), await Link.count()) == ([], 0)
