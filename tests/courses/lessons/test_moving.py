"""Lessons that move: with pictures and history, with new codes, all or none, and back again with the codes that they had."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from courses.audit import Filter, all_entries
from courses.catalogue.courses import CourseInfo, course_of, create_course
from courses.clock import now
from courses.errors import Conflict
from courses.lessons.authoring import delete_lesson, edit_lesson, lesson_of, lessons_of
from courses.lessons.copying import set_template
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import card, issue_link, links_of_lesson, withdraw_link
from courses.lessons.moving import CannotMove, links_that_end, move_lessons, moved_at, return_lessons
from courses.lessons.revisions import RevisionInfo, revisions_before
from courses.lessons.values import LessonDraft, LessonInfo
from courses.media.library import find_media
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.events import Event, Publication
from courses.tables.media import Media

pytestmark = pytest.mark.anyio


@dataclass
class Move:
    """Alice's two courses, and two lessons of the first; Tea has two pictures and was changed once."""

    alice: SignedIn
    spring: CourseInfo
    autumn: CourseInfo
    tea: UUID
    milk: UUID

    async def lesson(self, lesson: UUID) -> LessonInfo:
        return await lesson_of(self.alice, lesson)

    async def out(self, *lessons: UUID) -> datetime:
        """Move to autumn; when that was."""
        count, moment = await move_lessons(self.alice, self.spring, lessons, self.autumn)
        assert count == len(lessons)
        return moment

    async def titles(self) -> tuple[list[str], list[str]]:
        spring, autumn = [await lessons_of(course.id) for course in (self.spring, self.autumn)]
        return [lesson.title for lesson in spring], [lesson.title for lesson in autumn]


@pytest.fixture
async def move(db: str) -> Move:
    alice = await add_person("alice@example.org", "Alice")
    spring, autumn = [await course_of(alice, await create_course(alice, title)) for title in ("Spring", "Autumn")]
    pictures = [await picture(spring.id) for _ in range(3)]
    draft = LessonDraft("normal", "Tea", "Old", ("tea",), ("weibo",), pictures[:2], cover=pictures[1],
                        alts={pictures[0]: "A cup"})  # fmt: skip
    tea = await create_shared_lesson(alice, spring.id, draft)
    newer = LessonDraft("normal", "Tea", "New", ("tea",), ("weibo",), [pictures[0], pictures[2]], cover=pictures[2],
                        alts={pictures[0]: "A cup"})  # fmt: skip
    await edit_lesson(alice, await lesson_of(alice, tea), newer)
    milk = await create_shared_lesson(alice, spring.id, LessonDraft("normal", "Milk"))
    return Move(alice, spring, autumn, tea, milk)


async def picture(course: UUID) -> UUID:
    """A row alone: what moves shares the bytes by their hash."""
    row = Media(course=course, kind="image", sha256=uuid4().hex * 2, format="jpeg", width=60, height=80, size=1000,
                name="a", created_at=now())  # fmt: skip
    await Media.insert(row)
    return row.id


async def states(lesson: UUID) -> dict[str, str]:
    """Its links' codes, and how each stands for those who scan it."""
    return {link.code: (await card(link.code)).link.state(now()) for link in await links_of_lesson(lesson)}


async def revisions(lesson: UUID) -> list[RevisionInfo]:
    return await revisions_before(lesson, 99, 99)


async def test_lesson_goes_with_all_that_it_shows(move: Move) -> None:
    before = await move.lesson(move.tea)
    moment = await move.out(move.tea)
    after = await move.lesson(move.tea)
    assert await move.titles() == (["Milk"], ["Tea"])
    assert (after.id, after.course, after.title, after.body) == (move.tea, move.autumn.id, "Tea", "New")
    assert (after.topics, after.platforms, after.author) == (before.topics, before.platforms, before.author)
    assert (after.version, after.updated_at) == (before.version + 1, moment)
    assert [(one.sha256, one.alt) for one in after.pictures] == [(one.sha256, one.alt) for one in before.pictures]
    assert after.cover is not None
    assert after.cover.id == after.pictures[1].id
    shown = {one.id for one in after.pictures}
    assert {(await find_media(identity)).course for identity in shown} == {move.autumn.id}
    # What it had stays in the course that it left, whose other lessons may show it.
    assert {(await find_media(one.id)).course for one in before.pictures} == {move.spring.id}


async def test_history_goes_too_and_can_be_brought_back_there(move: Move) -> None:
    hashes = [[(await find_media(one)).sha256 for one in each.draft.pictures] for each in await revisions(move.tea)]
    await move.out(move.tea)
    found = await revisions(move.tea)
    assert [(each.number, each.note, each.draft.body) for each in found] == [
        (3, "moved", "New"), (2, "saved", "New"), (1, "created", "Old"),
    ]  # fmt: skip
    media = [[await find_media(one) for one in each.draft.pictures] for each in found]
    assert {one.course for each in media for one in each} == {move.autumn.id}
    assert [[one.sha256 for one in each] for each in media[1:]] == hashes
    assert [len(each.draft.alts) for each in found] == [1, 1, 1]
    await edit_lesson(move.alice, await move.lesson(move.tea), found[2].draft)
    assert (await move.lesson(move.tea)).body == "Old"


async def test_codes_so_far_end_at_once_and_the_class_gets_a_new_one(move: Move) -> None:
    await issue_link(move.alice, move.tea)
    before = await states(move.tea)
    assert list(before.values()) == ["open", "open"]
    await move.out(move.tea)
    after = await states(move.tea)
    assert {code: after[code] for code in before} == dict.fromkeys(before, "withdrawn")
    assert [state for code, state in after.items() if code not in before] == ["open"]


async def test_lesson_without_a_code_gets_none(move: Move) -> None:
    (link,) = await links_of_lesson(move.tea)
    await withdraw_link(move.alice, link)
    await set_template(move.alice, await move.lesson(move.milk))
    assert await links_that_end(move.spring, [move.tea, move.milk], move.autumn) == 0
    await move.out(move.tea, move.milk)
    for lesson in (move.tea, move.milk):
        (link,) = await links_of_lesson(lesson)
        assert link.withdrawn_at is not None


async def test_whoever_moves_is_told_how_many_codes_end(move: Move) -> None:
    await issue_link(move.alice, move.tea)
    assert await links_that_end(move.spring, [move.tea], move.autumn) == 2
    assert await links_that_end(move.spring, [move.tea, move.milk], move.autumn) == 3
    assert list((await states(move.milk)).values()) == ["open"]


async def opened(move: Move) -> None:
    await Event.insert(Event(id=uuid4(), lesson=move.tea, kind="scan", platform="weibo", at=now(), received_at=now()))


async def reached(move: Move) -> None:
    await add_students(None, move.spring.id, [Entry("1", "Ada")])
    (ada,) = await students_of(move.spring.id)
    await Publication.insert(Publication(student=ada.id, lesson=move.tea, platform="weibo", rung="confirmed", at=now()))


async def coded(move: Move) -> None:
    await add_students(None, move.spring.id, [Entry("1", "Ada")])
    (ada,) = await students_of(move.spring.id)
    await withdraw_link(move.alice, await issue_link(move.alice, move.tea, ada.id))


@pytest.mark.parametrize("binds", [opened, reached, coded])
async def test_what_students_met_stays_and_everything_with_it(
    move: Move, binds: Callable[[Move], Awaitable[None]]
) -> None:
    await binds(move)
    before = await states(move.milk)
    for act in (links_that_end(move.spring, [move.milk, move.tea], move.autumn), move.out(move.milk, move.tea)):
        with pytest.raises(CannotMove) as refused:
            await act
        assert "“Tea”" in str(refused.value)
        assert "Milk" not in str(refused.value)
    assert await move.titles() == (["Tea", "Milk"], [])
    assert (await states(move.milk), (await move.lesson(move.milk)).version) == (before, 1)
    assert await all_entries(move.autumn.id, Filter(noun="lesson")) == []
    await move.out(move.milk)
    assert await move.titles() == (["Tea"], ["Milk"])


async def test_only_lessons_of_the_course_move_and_only_elsewhere(move: Move) -> None:
    other = await create_shared_lesson(move.alice, move.autumn.id, LessonDraft("normal", "Bread"))
    with pytest.raises(Conflict, match="already"):
        await move_lessons(move.alice, move.spring, [move.tea], move.spring)
    for lessons in ([], [move.tea, other], [move.tea, uuid4()]):
        with pytest.raises(Conflict):
            await move.out(*lessons)
    await delete_lesson(move.alice, await move.lesson(move.milk))
    with pytest.raises(Conflict):
        await move.out(move.tea, move.milk)
    assert await move.titles() == (["Tea"], ["Bread"])


async def test_both_courses_tell_of_it_at_one_moment(move: Move) -> None:
    moment = await move.out(move.tea, move.milk)
    for course, detail in ((move.spring, {"to": "Autumn"}), (move.autumn, {"from": "Spring"})):
        found = [entry for entry in await all_entries(course.id) if entry.action == "lesson.move"]
        assert {(entry.object, entry.label) for entry in found} == {(move.tea, "Tea"), (move.milk, "Milk")}
        assert [(entry.at, entry.detail, entry.person) for entry in found] == [(moment, detail, move.alice.id)] * 2
        assert (await course_of(move.alice, course.id)).updated_at == moment


async def test_what_moved_at_a_moment_is_known_as_long_as_it_is_there(move: Move) -> None:
    moment = await move.out(move.tea)
    later = await move.out(move.milk)
    winter = await course_of(move.alice, await create_course(move.alice, "Winter"))
    assert await moved_at(move.spring, move.autumn, moment) == [move.tea]
    assert await moved_at(move.spring, move.autumn, later) == [move.milk]
    assert await moved_at(move.spring, move.autumn, moment - timedelta(microseconds=1)) == []
    assert await moved_at(move.spring, winter, moment) == []
    assert await moved_at(winter, move.autumn, moment) == []
    await move_lessons(move.alice, move.autumn, [move.tea], winter)
    assert await moved_at(move.spring, move.autumn, moment) == []


async def test_what_came_at_a_moment_did_not_leave_then(move: Move) -> None:
    await return_lessons(move.alice, move.spring, move.autumn, await move.out(move.tea))
    came = (await all_entries(move.spring.id))[0]
    assert came.detail == {"from": "Autumn"}
    await move.out(move.tea)
    assert await moved_at(move.spring, move.autumn, came.at) == []


async def test_what_comes_back_has_the_codes_that_it_had(move: Move) -> None:
    early = await issue_link(move.alice, move.tea)
    await withdraw_link(move.alice, early)
    before = await states(move.tea)
    assert sorted(before.values()) == ["open", "withdrawn"]
    moment = await move.out(move.tea, move.milk)
    assert await return_lessons(move.alice, move.spring, move.autumn, moment) == 2
    assert await move.titles() == (["Tea", "Milk"], [])
    after = await states(move.tea)
    assert {code: after[code] for code in before} == before
    assert [state for code, state in after.items() if code not in before] == ["withdrawn"]
    lesson = await move.lesson(move.tea)
    assert ([each.note for each in await revisions(move.tea)][:2], lesson.version) == (["moved", "moved"], 4)
    assert {(await find_media(one.id)).course for one in lesson.pictures} == {move.spring.id}
    entry = (await all_entries(move.spring.id))[0]
    assert (entry.action, entry.detail) == ("lesson.move", {"from": "Autumn"})


async def test_only_what_moved_at_the_moment_comes_back_and_once(move: Move) -> None:
    moment = await move.out(move.tea)
    await move.out(move.milk)
    assert await return_lessons(move.alice, move.spring, move.autumn, moment) == 1
    assert await move.titles() == (["Tea"], ["Milk"])
    for when in (moment, now()):
        with pytest.raises(Conflict, match="nothing to undo"):
            await return_lessons(move.alice, move.spring, move.autumn, when)


async def test_what_students_met_in_the_other_course_stays_there(move: Move) -> None:
    moment = await move.out(move.tea, move.milk)
    await opened(move)
    with pytest.raises(CannotMove):
        await return_lessons(move.alice, move.spring, move.autumn, moment)
    assert await move.titles() == ([], ["Tea", "Milk"])
    assert (await move.lesson(move.milk)).version == 2


async def test_a_lesson_without_pictures_and_with_a_video_moves(move: Move) -> None:
    film = Media(course=move.spring.id, kind="video", sha256="f" * 64, format="mp4", width=1, height=1, size=1,
                 seconds=9.0, created_at=now())  # fmt: skip
    await Media.insert(film)
    lesson = await create_shared_lesson(move.alice, move.spring.id, LessonDraft("video", "Film", video=film.id))
    await move.out(lesson)
    found = (await move.lesson(lesson)).video
    assert found is not None
    assert (found.sha256, found.seconds, (await find_media(found.id)).course) == ("f" * 64, 9.0, move.autumn.id)
