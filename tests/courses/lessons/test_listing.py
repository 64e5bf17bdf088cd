"""Looking for lessons: words, filters, order and pages, in a fixed number of queries."""

from datetime import timedelta
from uuid import UUID

import pytest

from courses.catalogue.courses import courses_of, create_course
from courses.clock import now
from courses.lessons.authoring import create_lesson, delete_lesson, lesson_of, lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.done_counts import tallies
from courses.lessons.links import Link, class_links
from courses.lessons.listing import PAGE_SIZE, LessonFilter, LessonPage, facets, matching_lessons, search_lessons
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.results.completion import completion
from courses.signed_in import SignedIn
from courses.tables.events import Publication
from courses.tables.lessons import Lesson
from courses.tables.roster import Student

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def course(alice: SignedIn) -> UUID:
    return await create_course(alice, "Spring")


def titles(page: LessonPage) -> list[str]:
    return [lesson.title for lesson in page.lessons]


async def look(course: UUID, text: str = "", page: int = 1, **more: object) -> list[str]:
    return titles(await search_lessons(course, LessonFilter(text, **more), page))


async def write(alice: SignedIn, course: UUID, title: str, body: str = "", *topics: str) -> UUID:
    return await create_shared_lesson(alice, course, LessonDraft("normal", title, body, topics))


async def test_every_word_must_be_somewhere_in_title_body_or_topics(alice: SignedIn, course: UUID) -> None:
    await write(alice, course, "Green Tea", "Steep for two minutes.", "leaves")
    await write(alice, course, "绿茶", "泡两分钟", "茶叶")
    await write(alice, course, "Straße", "Coffee", "Çay")
    assert await look(course, "tea") == ["Green Tea"]
    assert await look(course, "  LEAVES   minutes green ") == ["Green Tea"]
    assert await look(course, "green coffee") == []
    assert await look(course, "两分") == await look(course, "茶叶") == ["绿茶"]
    assert await look(course, "STRASSE çAY") == ["Straße"]
    assert len(await look(course, " ")) == 3


@pytest.mark.parametrize("text", ["%", "_", "100%", "a_b", "!", "\\", "'", '"', "--", "%!_"])
async def test_signs_of_the_database_are_only_letters(alice: SignedIn, course: UUID, text: str) -> None:
    await write(alice, course, "Plain")
    await write(alice, course, f"With {text} inside")
    assert await look(course, text) == [f"With {text} inside"]


@pytest.mark.parametrize("text", ["\0", "x" * 100_000, "%" * 5_000, "a " * 5_000])
async def test_no_text_is_too_much(alice: SignedIn, course: UUID, text: str) -> None:
    await write(alice, course, "Plain")
    assert len(await look(course, text)) <= 1


async def test_filters_hold_together(alice: SignedIn, course: UUID) -> None:
    bob = await add_person("bob@example.org", "Bob")
    await write(alice, course, "One", "", "tea", "茶")
    await write(bob, course, "Two", "", "teatime")
    await create_lesson(None, course, LessonDraft("normal", "Three", "", ("tea",), ("douyin",)))
    assert await look(course, topic="tea", sort="oldest") == ["One", "Three"]
    assert await look(course, topic="茶") == ["One"]
    assert await look(course, topic='x"]') == []
    assert await look(course, platform="douyin") == ["Three"]
    assert await look(course, platform="xiaohongshu", topic="tea") == ["One"]
    assert await look(course, author=bob.id) == ["Two"]
    assert await look(course, "one", author=bob.id) == []
    found = await facets(course)
    assert (found.lessons, found.templates) == (3, {})
    assert list(found.topics.items()) == [("tea", 2), ("茶", 1), ("teatime", 1)]
    assert found.authors == {alice.id: "Alice", bob.id: "Bob"}


async def test_states_are_told_apart(alice: SignedIn, course: UUID) -> None:
    hour, moment = timedelta(hours=1), now()
    for title, of_link, of_lesson in (
        ("open", {}, {}),
        ("open by time", {Link.opens_at: moment - hour, Link.expires_at: moment + hour}, {}),
        ("link waits", {Link.opens_at: moment + hour}, {}),
        ("lesson waits", {}, {Lesson.opens_at: moment + hour}),
        ("link expired", {Link.expires_at: moment - hour}, {}),
        ("lesson closed", {}, {Lesson.opens_at: moment - 2 * hour, Lesson.closes_at: moment - hour}),
        ("withdrawn", {Link.withdrawn_at: moment}, {}),
    ):
        lesson = await write(alice, course, title)
        if of_link:
            await Link.update(of_link).where(Link.lesson == lesson)
        if of_lesson:
            await Lesson.update(of_lesson).where(Lesson.id == lesson)
    await create_lesson(alice, course, LessonDraft("normal", "never shared"))
    template = await create_lesson(alice, course, LessonDraft("normal", "template"))
    await Lesson.update({Lesson.template: True}).where(Lesson.id == template)
    states = {state: await look(course, state=state, sort="oldest") for state in ("open", "waiting", "closed", "none")}
    assert states == {
        "open": ["open", "open by time"],
        "waiting": ["link waits", "lesson waits"],
        "closed": ["link expired", "lesson closed"],
        "none": ["withdrawn", "never shared"],
    }
    assert await look(course, state="template") == ["template"]
    assert "template" not in await look(course)
    assert len(await look(course, state="made up")) == 8


@pytest.mark.parametrize(
    ("older", "newer", "state", "counts"),
    [
        # from and until when, in hours from now
        ((None, None), (None, None), "open", "newer"),
        ((None, None), (None, -1), "open", "older"),
        ((None, None), (1, None), "open", "older"),
        ((-2, 2), (1, 3), "open", "older"),
        ((1, None), (None, -1), "waiting", "older"),
        ((None, -1), (1, 2), "waiting", "newer"),
        ((1, None), (2, None), "waiting", "newer"),
        ((None, -1), (None, -2), "closed", "newer"),
    ],
)
async def test_the_newest_open_link_of_several_decides(
    alice: SignedIn, course: UUID, older: tuple[int | None, int | None], newer: tuple[int | None, int | None],
    state: str, counts: str,
) -> None:  # fmt: skip
    lesson, moment = await write(alice, course, "Tea"), now()
    await Link.delete().where(Link.lesson == lesson)
    for days, code, times in ((2, "AAAAAAAA", older), (1, "BBBBBBBB", newer)):
        opens, expires = [hours if hours is None else moment + timedelta(hours=hours) for hours in times]
        made = moment - timedelta(days=days)
        await Link.insert(
            Link(code=code, spoken=code[:7], lesson=lesson, opens_at=opens, expires_at=expires, created_at=made)
        )
    assert (await class_links([lesson]))[lesson].code == {"older": "AAAAAAAA", "newer": "BBBBBBBB"}[counts]
    for looked in ("open", "waiting", "closed", "none"):
        assert await look(course, state=looked) == (["Tea"] if looked == state else [])


async def test_order_is_as_chosen(alice: SignedIn, course: UUID) -> None:
    first, second, _ = [await write(alice, course, title) for title in ("banana", "Apple", "cherry")]
    await Lesson.update({Lesson.updated_at: now() + timedelta(hours=1)}).where(Lesson.id == second)
    student = Student(course=course, number="1", name="Ada", seat=0, created_at=now())
    await Student.insert(student)
    for lesson, rung in ((first, "claimed"), (second, "scanned")):
        await Publication.insert(
            Publication(student=student.id, lesson=lesson, platform="xiaohongshu", rung=rung, at=now())
        )
    assert await look(course) == ["banana", "Apple", "cherry"]
    assert await look(course, sort="made up") == await look(course, sort="newest") == ["cherry", "Apple", "banana"]
    assert await look(course, sort="oldest") == ["banana", "Apple", "cherry"]
    assert await look(course, sort="title") == ["Apple", "banana", "cherry"]
    assert (await look(course, sort="changed"))[0] == "Apple"
    assert (await look(course, sort="published"))[0] == "banana"
    assert [len(await matching_lessons(course, LessonFilter(sort=sort))) for sort in ("published", "title")] == [3, 3]


async def test_pages_hold_fifty_and_end_where_they_end(alice: SignedIn, course: UUID) -> None:
    moment = now()
    await Lesson.insert(
        *(
            Lesson(course=course, kind="normal", title=f"{n:03}", body="", created_at=moment, updated_at=moment,
                   search=f"{n:03}")
            for n in range(PAGE_SIZE + 2)
        )
    )  # fmt: skip
    first = await search_lessons(course, LessonFilter(sort="title"))
    assert (first.found, first.page, first.pages, len(first.lessons)) == (52, 1, 2, 50)
    for page in (2, 3, 10**12):
        last = await search_lessons(course, LessonFilter(sort="title"), page)
        assert (last.page, titles(last)) == (2, ["050", "051"])
    for page in (0, -5):
        assert (await search_lessons(course, LessonFilter(), page)).page == 1
    assert len(await matching_lessons(course, LessonFilter("05"))) == 3


async def test_trash_and_other_courses_are_not_found(alice: SignedIn, course: UUID) -> None:
    lesson = await write(alice, course, "Tea")
    await write(alice, await create_course(alice, "Autumn"), "Tea elsewhere")
    assert await look(course, "tea") == ["Tea"]
    await delete_lesson(alice, await lesson_of(alice, lesson))
    assert await look(course, "tea") == []
    assert (await facets(course)).lessons == 0


async def test_templates_count_nowhere(alice: SignedIn, course: UUID) -> None:
    lesson, template = await write(alice, course, "Lesson"), await write(alice, course, "Template")
    await Lesson.update({Lesson.template: True}).where(Lesson.id == template)
    assert [each.id for each in await lessons_of(course)] == [lesson]
    assert [each.id for each in await lessons_of(course, templates=True)] == [template]
    assert [each.id for each in (await completion(course)).lessons] == [lesson]
    assert set(await tallies(course)) == {lesson}
    assert (await courses_of(alice))[0].lessons == 1
