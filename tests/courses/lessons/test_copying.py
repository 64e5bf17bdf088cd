"""Copies of lessons and courses, and templates."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from courses.catalogue.courses import course_of, courses_of, create_course
from courses.clock import now
from courses.errors import Conflict, NotFound
from courses.lessons.authoring import create_lesson, lesson_of, lessons_of
from courses.lessons.copying import copy_course, copy_lesson, set_template
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import card, class_links, issue_link, links_of_lesson
from courses.lessons.values import LessonDraft
from courses.media.library import find_media
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.events import Event, Publication
from courses.tables.lessons import Lesson
from courses.tables.media import Media
from tests.revisions import revisions_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def course(alice: SignedIn) -> UUID:
    return await create_course(alice, "Spring", "2026", "Notes")


async def add_media(course: UUID, kind: str = "image") -> UUID:
    """A row alone: copies share its bytes by their hash."""
    row = Media(
        course=course, kind=kind, sha256=uuid4().hex * 2, format="jpeg" if kind == "image" else "mp4", width=60,
        height=80, size=1000, name="a", created_at=now(), blur="data:,",
    )  # fmt: skip
    await Media.insert(row)
    return row.id


@pytest.fixture
async def lesson(alice: SignedIn, course: UUID) -> UUID:
    pictures = [await add_media(course) for _ in range(2)]
    draft = LessonDraft(
        "normal", "Tea 茶", "**Steep**", ("tea",), ("xiaohongshu", "douyin"), pictures, cover=pictures[1],
        alts={pictures[0]: "A cup"}, declarations=("ai", "in_text"),
    )  # fmt: skip
    return await create_shared_lesson(alice, course, draft)


async def test_a_copy_has_everything_but_its_link_and_its_results(alice: SignedIn, course: UUID, lesson: UUID) -> None:
    bob = await add_person("bob@example.org", "Bob")
    original = await lesson_of(alice, lesson)
    copy = await lesson_of(alice, await copy_lesson(bob, original, course, "Copy of Tea 茶"))
    assert copy.draft == replace(original.draft, title="Copy of Tea 茶")
    assert (copy.author_name, copy.version, copy.template) == ("Bob", 1, False)
    links = await class_links([lesson, copy.id])
    assert links[lesson].code != links[copy.id].code
    assert [each.note for each in await revisions_of(copy.id)] == ["copied"]


async def test_a_copy_in_another_course_has_media_of_its_own_with_the_same_bytes(alice: SignedIn, lesson: UUID) -> None:
    original, autumn = await lesson_of(alice, lesson), await create_course(alice, "Autumn")
    copy = await lesson_of(alice, await copy_lesson(alice, original, autumn, original.title))
    assert copy.course == autumn
    assert [picture.sha256 for picture in copy.pictures] == [picture.sha256 for picture in original.pictures]
    assert [picture.alt for picture in copy.pictures] == ["A cup", ""]
    assert copy.cover is not None
    assert copy.cover.id == copy.pictures[1].id
    assert copy.pictures[0].blur == "data:,"
    assert {(await find_media(picture.id)).course for picture in copy.pictures} == {autumn}
    assert (await lesson_of(alice, lesson)).draft == original.draft


async def test_a_video_is_copied_too(alice: SignedIn, course: UUID) -> None:
    film, poster = await add_media(course, "video"), await add_media(course)
    lesson = await create_lesson(alice, course, LessonDraft("video", "Film", video=film, cover=poster))
    autumn = await create_course(alice, "Autumn")
    copy = await lesson_of(alice, await copy_lesson(alice, await lesson_of(alice, lesson), autumn, "Film"))
    assert copy.video is not None
    assert copy.cover is not None
    assert (copy.video.course, copy.cover.course) == (autumn, autumn)


async def test_a_title_that_grew_too_long_is_cut(alice: SignedIn, course: UUID) -> None:
    lesson = await create_lesson(alice, course, LessonDraft("normal", "字" * 200))
    copy = await copy_lesson(alice, await lesson_of(alice, lesson), course, "Copy of " + "字" * 200)
    assert len((await lesson_of(alice, copy)).title) == 200


async def test_a_course_is_copied_without_its_students(alice: SignedIn, course: UUID, lesson: UUID) -> None:
    await add_students(alice, course, [Entry("1", "Ada")])
    await create_shared_lesson(alice, course, LessonDraft("normal", "Second"))
    pattern = await copy_lesson(alice, await lesson_of(alice, lesson), course, "Pattern", template=True)
    bob = await add_person("bob@example.org", "Bob")
    copy = await copy_course(bob, await course_of(alice, course), "Autumn", "2027")
    info = await course_of(bob, copy)
    assert (info.title, info.term, info.description, info.role) == ("Autumn", "2027", "Notes", "owner")
    with pytest.raises(NotFound):
        await course_of(alice, copy)
    lessons = await lessons_of(copy)
    assert [each.title for each in lessons] == ["Tea 茶", "Second"]
    assert [each.title for each in await lessons_of(copy, templates=True)] == ["Pattern"]
    assert len(lessons[0].pictures) == 2
    # Shared pictures become one picture, not one for each lesson.
    assert await Media.count().where(Media.course == copy) == 2
    assert len(await class_links([each.id for each in lessons])) == 2
    assert await students_of(copy) == []
    assert (await courses_of(alice))[0].lessons == 2
    assert pattern not in {each.id for each in lessons}


async def test_a_template_opens_nothing_until_it_is_a_lesson_again(alice: SignedIn, course: UUID, lesson: UUID) -> None:
    link = (await class_links([lesson]))[lesson]
    await set_template(alice, await lesson_of(alice, lesson))
    await set_template(alice, await lesson_of(alice, lesson))
    with pytest.raises(NotFound):
        await card(link.code)
    with pytest.raises(Conflict):
        await issue_link(alice, lesson)
    await set_template(alice, await lesson_of(alice, lesson), template=False)
    assert (await card(link.code)).lesson.id == lesson
    assert len(await links_of_lesson(lesson)) == 1


async def test_a_template_from_the_start_gets_its_link_when_it_becomes_a_lesson(
    alice: SignedIn, course: UUID, lesson: UUID
) -> None:
    copy = await copy_lesson(alice, await lesson_of(alice, lesson), course, "Pattern", template=True)
    assert (await lesson_of(alice, copy)).template
    assert await links_of_lesson(copy) == []
    await set_template(alice, await lesson_of(alice, copy), template=False)
    assert len(await links_of_lesson(copy)) == 1


@pytest.mark.parametrize("trace", ["event", "publication"])
async def test_a_lesson_that_was_opened_stays_a_lesson(alice: SignedIn, course: UUID, lesson: UUID, trace: str) -> None:
    await add_students(alice, course, [Entry("1", "Ada")])
    ada = (await students_of(course))[0]
    if trace == "event":
        await Event.insert(
            Event(lesson=lesson, device="0" * 16, kind="scan", platform="xiaohongshu", at=now(), received_at=now())
        )
    else:
        await Publication.insert(
            Publication(student=ada.id, lesson=lesson, platform="xiaohongshu", rung="scanned", at=now())
        )
    with pytest.raises(Conflict):
        await set_template(alice, await lesson_of(alice, lesson))
    assert not (await Lesson.select(Lesson.template).where(Lesson.id == lesson).first())["template"]
