"""The audit log: what it keeps of a change, who finds which entries, and whose they are."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from courses.audit import (
    LABEL_LENGTH,
    PAGE,
    Filter,
    actors_of,
    all_entries,
    changed,
    entries,
    entries_about,
    entries_of_account,
    living_lessons,
    record,
)
from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import writing
from courses.lessons.authoring import delete_lesson, lesson_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links, issue_link
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.tables.people import Person

pytestmark = pytest.mark.anyio


@pytest.fixture
async def alice(db: str) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def bob(db: str) -> SignedIn:
    return await add_person("bob@example.org", "Bob")


@pytest.fixture
async def course(alice: SignedIn) -> UUID:
    return await create_course(alice, "Spring")


async def actions(course: UUID, **wanted: object) -> list[str]:
    return [entry.action for entry in await all_entries(course, Filter(**wanted))]


async def test_entry_says_who_did_what_to_which_and_by_what_way(alice: SignedIn, course: UUID) -> None:
    thing = uuid4()
    by = SignedIn(alice.id, alice.email, alice.name, admin=False, language=None, via="api")
    await record(
        "lesson.edit", by, course=course, object=thing, label="Tea", detail=changed({"title": 1}, {"title": 2})
    )
    entry = (await all_entries(course))[0]
    assert (entry.action, entry.person, entry.person_name, entry.via) == ("lesson.edit", alice.id, "Alice", "api")
    assert (entry.course, entry.object, entry.label, entry.changes) == (course, thing, "Tea", {"title": (1, 2)})
    assert timedelta(0) <= now() - entry.at < timedelta(minutes=1)


async def test_what_the_command_does_and_what_somebody_did_who_is_gone_has_no_name(
    alice: SignedIn, bob: SignedIn, course: UUID
) -> None:
    await record("course.erase", None, course=course)
    await record("course.edit", bob, course=course)
    await Person.delete().where(Person.id == bob.id)
    found = {entry.action: (entry.person_name, entry.via) for entry in await all_entries(course)}
    assert found == {
        "course.create": ("Alice", "page"), "course.erase": (None, "command"), "course.edit": (None, "page"),
    }  # fmt: skip


async def test_entry_is_of_its_change_and_goes_with_it(alice: SignedIn, course: UUID) -> None:
    with pytest.raises(ZeroDivisionError):
        async with writing():
            await record("course.edit", alice, course=course)
            raise ZeroDivisionError
    assert await actions(course) == ["course.create"]


async def test_long_labels_are_cut(alice: SignedIn, course: UUID) -> None:
    await record("lesson.edit", alice, course=course, label="字" * (LABEL_LENGTH + 1))
    assert (await all_entries(course))[0].label == "字" * LABEL_LENGTH


def test_changes_are_the_fields_that_differ_with_long_texts_cut() -> None:
    old = {"title": "Tea", "body": "a" * 1_000, "term": "", "left": 1}
    new = {"title": "Tea", "body": "b" * LABEL_LENGTH, "term": None}
    assert changed(old, new) == {
        "changes": {"body": ["a" * (LABEL_LENGTH - 1) + "…", "b" * LABEL_LENGTH], "term": ["", None]}
    }
    assert changed(old, {"title": "Tea"}) == {}


async def test_pages_are_counted_from_the_newest_and_a_page_too_far_is_the_last(alice: SignedIn, course: UUID) -> None:
    start = now()
    for place in range(PAGE + 1):
        await record("lesson.edit", alice, course=course, label=str(place), at=start + timedelta(seconds=place))
    first, last = await entries(course), await entries(course, page=2)
    assert [entry.label for entry in first.entries] == [str(place) for place in range(PAGE, 0, -1)]
    assert [entry.action for entry in last.entries] == ["lesson.edit", "course.create"]
    assert {(page.pages, page.total) for page in (first, last)} == {(2, PAGE + 2)}
    assert await entries(course, page=9) == last
    assert (last.page, (await entries(course, page=0)).page) == (2, 1)


async def test_log_of_a_course_shows_nothing_of_another(alice: SignedIn, course: UUID) -> None:
    other, thing = await create_course(alice, "Autumn"), uuid4()
    await record("lesson.edit", alice, course=other, object=thing)
    assert await actions(course) == ["course.create"]
    assert await entries_about(course, [thing], 9) == []
    assert (await entries(uuid4())).entries == []


async def test_filters_hold_together(alice: SignedIn, bob: SignedIn, course: UUID) -> None:
    start = now() + timedelta(days=1)
    for place, (action, by) in enumerate(
        [("lesson.edit", alice), ("lesson.delete", bob), ("link.issue", bob), ("lessonx.edit", bob)]
    ):
        await record(action, by, course=course, at=start + timedelta(hours=place))
    assert await actions(course, noun="lesson") == ["lesson.delete", "lesson.edit"]
    assert await actions(course, person=bob.id) == ["lessonx.edit", "link.issue", "lesson.delete"]
    assert await actions(course, person=bob.id, noun="lesson") == ["lesson.delete"]
    # `since` is the first moment, `until` the first that is too late.
    hours = [start + timedelta(hours=place) for place in range(4)]
    assert await actions(course, since=hours[1], until=hours[2]) == ["lesson.delete"]
    assert await actions(course, since=hours[3]) == ["lessonx.edit"]
    assert (await entries(course, Filter(person=bob.id))).total == 3


async def test_log_of_a_lesson_has_that_of_its_links(alice: SignedIn, course: UUID) -> None:
    tea, milk = [await create_shared_lesson(alice, course, LessonDraft("normal", title)) for title in ("Tea", "Milk")]
    await issue_link(alice, tea)
    assert await actions(course, object=tea) == ["link.issue", "link.issue", "lesson.create"]
    assert await actions(course, object=(await class_links([milk]))[milk].id) == ["link.issue"]


async def test_last_entries_about_things_are_the_newest_few(alice: SignedIn, course: UUID) -> None:
    things, start = [uuid4(), uuid4(), uuid4()], now()
    for place in range(6):
        await record(f"student.{place}", alice, course=course, object=things[place % 3],
                     at=start + timedelta(seconds=place))  # fmt: skip
    found = await entries_about(course, things[:2], 3)
    assert [entry.action for entry in found] == ["student.4", "student.3", "student.1"]
    assert await entries_about(course, [], 3) == []


async def test_log_of_an_account_is_what_was_done_to_it_and_by_it_outside_courses(
    alice: SignedIn, bob: SignedIn, course: UUID
) -> None:
    await record("person.disable", alice, course=None, object=bob.id)
    await record("key.create", bob, course=None)
    await record("member.join", bob, course=course, object=bob.id)
    assert [entry.action for entry in await entries_of_account(bob.id, 9)] == [
        "key.create", "person.disable", "person.add",
    ]  # fmt: skip
    assert [entry.action for entry in await entries_of_account(bob.id, 1)] == ["key.create"]
    assert [entry.action for entry in await entries_of_account(alice.id, 9)] == ["person.disable", "person.add"]


async def test_lessons_with_a_page_are_told_from_those_in_the_trash(alice: SignedIn, course: UUID) -> None:
    tea, milk = [await create_shared_lesson(alice, course, LessonDraft("normal", title)) for title in ("Tea", "Milk")]
    await record("publication.confirm", alice, course=course, object=uuid4(), detail={"lesson": str(milk)})
    # An entry is about a lesson, or tells of one.
    created = await all_entries(course, Filter(object=tea, noun="lesson"))
    confirmed = await all_entries(course, Filter(noun="publication"))
    assert await living_lessons(created) == {tea}
    assert await living_lessons(confirmed) == {milk}
    await delete_lesson(alice, await lesson_of(alice, milk))
    assert await living_lessons([*created, *confirmed]) == {tea}
    assert await living_lessons([]) == set()


async def test_everybody_who_changed_something_is_offered_by_name(alice: SignedIn, bob: SignedIn, course: UUID) -> None:
    ada = await add_person("ada@example.org", "ada")
    for person in (bob, bob, ada, None):
        await record("lesson.edit", person, course=course)
    await record("lesson.edit", await add_person("charlie@example.org", "Charlie"), course=None)
    assert list((await actors_of(course)).items()) == [(ada.id, "ada"), (alice.id, "Alice"), (bob.id, "Bob")]
