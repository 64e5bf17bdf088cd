"""What students see of a course is the same in every list: no lesson from the trash, and no template."""

import pytest

from courses.catalogue.courses import courses_of, create_course
from courses.lessons.authoring import create_lesson, delete_lesson, lesson_of, lessons_of
from courses.lessons.copying import set_template
from courses.lessons.done_counts import tallies
from courses.lessons.listing import LessonFilter, lesson_titles, matching_lessons, templates_of
from courses.lessons.schedule import scheduled_lessons
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.results.completion import completion

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def test_every_list_leaves_out_the_trash_and_templates() -> None:
    alice = await add_person("alice@example.org", "Alice")
    course, other = await create_course(alice, "Spring"), await create_course(alice, "Autumn")
    shown, template, trashed, trashed_template = [
        await create_lesson(alice, course, LessonDraft("normal", title)) for title in ("Tea", "Form", "Old", "Old form")
    ]
    elsewhere = await create_lesson(alice, other, LessonDraft("normal", "Coffee"))
    for lesson in (template, trashed_template):
        await set_template(alice, await lesson_of(alice, lesson))
    for lesson in (trashed, trashed_template):
        await delete_lesson(alice, await lesson_of(alice, lesson))

    assert await lesson_titles(course) == {shown: "Tea"}
    assert [lesson.id for lesson in await lessons_of(course)] == [shown]
    assert await matching_lessons(course, LessonFilter()) == [shown]
    assert [lesson.id for lesson in await scheduled_lessons(course)] == [shown]
    assert [lesson.id for lesson in (await completion(course)).lessons] == [shown]
    assert list(await tallies(course)) == [shown]
    assert {each.id: each.lessons for each in await courses_of(alice)} == {course: 1, other: 1}
    assert await lesson_titles(other) == {elsewhere: "Coffee"}

    assert await templates_of(course) == {template: "Form"}
    assert [lesson.id for lesson in await lessons_of(course, templates=True)] == [template]
    assert await matching_lessons(course, LessonFilter(state="template")) == [template]
