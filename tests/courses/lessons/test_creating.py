"""How a lesson begins: once, with the link for its class, or not at all."""

from uuid import UUID, uuid4

import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.errors import Invalid
from courses.lessons import links
from courses.lessons.authoring import lesson_of, lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import links_of_lesson
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.spoken import new_spoken
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


async def test_a_code_that_is_taken_is_thrown_anew(
    alice: SignedIn, course: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    thrown = [new_spoken() for _ in range(2)]
    dice = iter([thrown[0], thrown[0], thrown[1]])
    monkeypatch.setattr(links, "new_spoken", lambda: next(dice))
    lessons = {await create_shared_lesson(alice, course, DRAFT) for _ in thrown}
    assert {lesson.id for lesson in await lessons_of(course)} == lessons, "the try that was too late left nothing"
    assert {row["spoken"] for row in await Link.select(Link.spoken)} == set(thrown)
