"""Many lessons at once: all or none, with their trace in the audit log."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from courses.catalogue.courses import CourseInfo, course_of, create_course
from courses.clock import now
from courses.errors import Conflict, EditConflict, Invalid, LinkEnded, NotFound
from courses.lessons import bulk
from courses.lessons.authoring import create_lesson, delete_lesson, edit_lesson, lesson_of, lessons_of
from courses.lessons.bulk import add_topic, copy_lessons, delete_lessons, deleted_at, restore_deleted
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import card, class_links, issue_link, links_of_lesson, withdraw_link
from courses.lessons.moving import CannotMove, links_that_end, move_lessons, moved_at, return_lessons
from courses.lessons.values import LessonDraft
from courses.media.library import find_media
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.audit import AuditEntry
from courses.tables.events import Event
from courses.tables.media import Media
from tests.revisions import revisions_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def spring(alice: SignedIn) -> CourseInfo:
    return await course_of(alice, await create_course(alice, "Spring"))


@pytest.fixture
async def autumn(alice: SignedIn) -> CourseInfo:
    return await course_of(alice, await create_course(alice, "Autumn"))


@pytest.fixture
async def lessons(alice: SignedIn, spring: CourseInfo) -> list[UUID]:
    return [
        await create_shared_lesson(alice, spring.id, LessonDraft("normal", title, "", ("tea",)))
        for title in ("One", "Two", "Three")
    ]


async def titles(course: CourseInfo) -> list[str]:
    return [lesson.title for lesson in await lessons_of(course.id)]


async def actions(course: CourseInfo, action: str) -> int:
    return await AuditEntry.count().where(AuditEntry.course == course.id, AuditEntry.action == action)


async def add_picture(course: CourseInfo) -> UUID:
    row = Media(
        course=course.id, kind="image", sha256=uuid4().hex * 2, format="jpeg", width=60, height=80, size=1000,
        created_at=now(),
    )  # fmt: skip
    await Media.insert(row)
    return row.id


async def test_deleted_together_they_come_back_together(
    alice: SignedIn, spring: CourseInfo, lessons: list[UUID]
) -> None:
    await delete_lesson(alice, await lesson_of(alice, lessons[2]))
    moment = await delete_lessons(alice, spring.id, lessons[:2])
    assert await titles(spring) == []
    assert await deleted_at(spring.id, moment) == 2
    assert await actions(spring, "lesson.delete") == 3
    assert await restore_deleted(alice, spring.id, moment) == 2
    assert await titles(spring) == ["One", "Two"]
    assert await actions(spring, "lesson.undelete") == 2
    assert await restore_deleted(alice, spring.id, moment) == 0


@pytest.mark.parametrize("action", ["delete", "topic", "copy", "move"])
@pytest.mark.parametrize("wrong", ["another course's", "in the trash", "made up", "none", "too many"])
async def test_if_one_cannot_none_is_touched(
    alice: SignedIn, spring: CourseInfo, autumn: CourseInfo, lessons: list[UUID], action: str, wrong: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    ids = list(lessons)
    if wrong == "another course's":
        ids.append(await create_lesson(alice, autumn.id, LessonDraft("normal", "Theirs")))
    elif wrong == "in the trash":
        await delete_lesson(alice, await lesson_of(alice, lessons[0]))
    elif wrong == "made up":
        ids.append(uuid4())
    elif wrong == "none":
        ids = []
    else:
        monkeypatch.setattr(bulk, "MOST", 2)
    before = [await lessons_of(spring.id), await lessons_of(autumn.id), await AuditEntry.count()]
    with pytest.raises(Conflict):
        match action:
            case "delete":
                await delete_lessons(alice, spring.id, ids)
            case "topic":
                await add_topic(alice, spring.id, ids, "new")
            case "copy":
                await copy_lessons(alice, spring.id, ids, spring.id, str)
            case "move":
                await move_lessons(alice, spring, ids, autumn)
    assert [await lessons_of(spring.id), await lessons_of(autumn.id), await AuditEntry.count()] == before


async def test_a_topic_goes_to_those_that_lack_it(alice: SignedIn, spring: CourseInfo, lessons: list[UUID]) -> None:
    await edit_lesson(alice, await lesson_of(alice, lessons[0]), LessonDraft("normal", "One", "", ("new",)))
    assert await add_topic(alice, spring.id, lessons, " #new ") == 2
    assert [lesson.topics for lesson in await lessons_of(spring.id)] == [("new",), ("tea", "new"), ("tea", "new")]
    assert [each.number for each in await revisions_of(lessons[1])] == [2, 1]


@pytest.mark.parametrize("topic", ["", " # ", " ＃#", "two words", "字" * 51])
async def test_what_is_no_topic_is_added_nowhere(
    alice: SignedIn, spring: CourseInfo, lessons: list[UUID], topic: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await add_topic(alice, spring.id, lessons, topic)
    assert list(refused.value.fields) == ["topic"]
    assert {lesson.topics for lesson in await lessons_of(spring.id)} == {("tea",)}


async def test_a_full_list_of_topics_keeps_the_others_as_they_were(
    alice: SignedIn, spring: CourseInfo, lessons: list[UUID]
) -> None:
    full = LessonDraft("normal", "Three", "", [f"t{n}" for n in range(20)])
    await edit_lesson(alice, await lesson_of(alice, lessons[2]), full)
    with pytest.raises(Invalid):
        await add_topic(alice, spring.id, lessons, "new")
    assert [lesson.topics for lesson in await lessons_of(spring.id)][:2] == [("tea",), ("tea",)]


async def test_copies_keep_their_order_and_take_their_titles(
    alice: SignedIn, spring: CourseInfo, autumn: CourseInfo, lessons: list[UUID]
) -> None:
    await copy_lessons(alice, spring.id, [lessons[1], lessons[0]], autumn.id, "Copy of {}".format)
    assert await titles(autumn) == ["Copy of One", "Copy of Two"]
    assert await titles(spring) == ["One", "Two", "Three"]


async def test_a_moved_lesson_takes_pictures_and_history_along(
    alice: SignedIn, spring: CourseInfo, autumn: CourseInfo
) -> None:
    first, second = await add_picture(spring), await add_picture(spring)
    draft = LessonDraft("normal", "Tea", "One", pictures=[first], cover=first, alts={first: "A cup"})
    lesson = await create_shared_lesson(alice, spring.id, draft)
    await edit_lesson(alice, await lesson_of(alice, lesson), replace(draft, body="Two", pictures=[second], cover=None))
    before = await lesson_of(alice, lesson)
    assert (await move_lessons(alice, spring, [lesson], autumn))[0] == 1
    after = await lesson_of(alice, lesson)
    assert (after.course, after.title, after.body) == (autumn.id, "Tea", "Two")
    assert [picture.sha256 for picture in after.pictures] == [picture.sha256 for picture in before.pictures]
    assert await titles(spring) == []
    newest, _, oldest = await revisions_of(lesson)
    assert (newest.note, newest.draft.encoded()) == ("moved", after.draft.encoded())
    old_picture = oldest.draft.pictures[0]
    assert (await find_media(old_picture)).course == autumn.id
    assert oldest.draft.alts == {old_picture: "A cup"}
    # Bringing the old one back works in the new course.
    await edit_lesson(alice, after, oldest.draft, note="restored", restored_from=1)
    assert (await lesson_of(alice, lesson)).body == "One"
    assert [await actions(course, "lesson.move") for course in (spring, autumn)] == [1, 1]


async def test_a_moved_lesson_has_a_new_link_and_the_old_codes_open_nothing(
    alice: SignedIn, spring: CourseInfo, autumn: CourseInfo, lessons: list[UUID]
) -> None:
    """A personal slip of the old course names a seat, which in the new course is somebody else's."""
    old = (await class_links(lessons[:1]))[lessons[0]]
    await card(old.code)
    unshared = await create_lesson(alice, spring.id, LessonDraft("normal", "Unshared"))
    assert await links_that_end(spring, [*lessons, unshared], autumn) == 3
    await move_lessons(alice, spring, [lessons[0], unshared], autumn)
    with pytest.raises(LinkEnded):
        (await card(old.code)).check_open()
    new = (await class_links(lessons[:1]))[lessons[0]]
    assert new.code != old.code
    assert (await card(new.code)).lesson.course == autumn.id
    assert await links_of_lesson(unshared) == []


async def test_what_comes_back_has_its_old_codes_alive(
    alice: SignedIn, spring: CourseInfo, autumn: CourseInfo, lessons: list[UUID]
) -> None:
    old = await class_links(lessons)
    withdrawn = await issue_link(alice, lessons[0])
    await withdraw_link(alice, withdrawn)
    _, moment = await move_lessons(alice, spring, lessons[:2], autumn)
    new = await class_links(lessons[:2])
    await edit_lesson(alice, await lesson_of(alice, lessons[1]), LessonDraft("normal", "Two and more"))
    assert sorted(await moved_at(spring, autumn, moment)) == sorted(lessons[:2])
    # Only what left this course comes back into it.
    for course, target, at in ((autumn, spring, moment), (spring, autumn, now())):
        with pytest.raises(Conflict):
            await return_lessons(alice, course, target, at)
    assert await return_lessons(alice, spring, autumn, moment) == 2
    assert await titles(spring) == ["One", "Two and more", "Three"]
    for link in old.values():
        (await card(link.code)).check_open()
    for link in (*new.values(), withdrawn):
        with pytest.raises(LinkEnded):
            (await card(link.code)).check_open()
    assert await class_links(lessons) == old
    with pytest.raises(Conflict):
        await return_lessons(alice, spring, autumn, moment)


async def test_what_students_have_opened_there_stays_there(
    alice: SignedIn, spring: CourseInfo, autumn: CourseInfo, lessons: list[UUID]
) -> None:
    _, moment = await move_lessons(alice, spring, lessons, autumn)
    await Event.insert(
        Event(lesson=lessons[1], device="0" * 16, kind="scan", platform="xiaohongshu", at=now(), received_at=now())
    )
    with pytest.raises(CannotMove):
        await return_lessons(alice, spring, autumn, moment)
    assert await titles(spring) == []


@pytest.mark.parametrize("tie", ["event", "personal link"])
async def test_what_students_have_opened_does_not_move(
    alice: SignedIn, spring: CourseInfo, autumn: CourseInfo, lessons: list[UUID], tie: str
) -> None:
    await add_students(alice, spring.id, [Entry("1", "Ada")])
    if tie == "event":
        await Event.insert(
            Event(lesson=lessons[1], device="0" * 16, kind="scan", platform="xiaohongshu", at=now(), received_at=now())
        )
    else:
        await issue_link(alice, lessons[1], (await students_of(spring.id))[0].id)
    with pytest.raises(CannotMove) as refused:
        await move_lessons(alice, spring, lessons, autumn)
    assert "“Two”" in str(refused.value.message)
    assert "One" not in str(refused.value.message)
    assert await titles(autumn) == []
    assert len(await titles(spring)) == 3


async def test_nothing_moves_to_where_it_is(alice: SignedIn, spring: CourseInfo, lessons: list[UUID]) -> None:
    with pytest.raises(Conflict):
        await move_lessons(alice, spring, lessons, spring)


async def test_whoever_edits_a_lesson_while_it_moves_is_told(
    alice: SignedIn, spring: CourseInfo, autumn: CourseInfo, lessons: list[UUID]
) -> None:
    stale = await lesson_of(alice, lessons[0])
    await move_lessons(alice, spring, lessons, autumn)
    draft = replace(stale.draft, body="Later")
    with pytest.raises(NotFound):
        await edit_lesson(alice, stale, draft, base=1)
    with pytest.raises(EditConflict):
        await edit_lesson(alice, await lesson_of(alice, lessons[0]), draft, base=1)


async def test_an_hour_later_the_undo_is_still_of_the_same_lessons(
    alice: SignedIn, spring: CourseInfo, lessons: list[UUID]
) -> None:
    moment = await delete_lessons(alice, spring.id, lessons[:1])
    await delete_lessons(alice, spring.id, lessons[1:])
    assert await deleted_at(spring.id, moment + timedelta(microseconds=1)) == 0
    assert await restore_deleted(alice, spring.id, moment) == 1
    assert await titles(spring) == ["One"]
