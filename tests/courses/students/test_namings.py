"""Whose reports a phone's are that says who it is only after it has reported, or says several names."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import writing
from courses.errors import NotFound
from courses.events.ladder import Report
from courses.events.publications import keep
from courses.lessons.authoring import create_lesson
from courses.lessons.drafts import LessonDraft
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.students.claims import claim_student
from courses.students.merging import merge_students
from courses.students.namings import name_late, name_reports, named, named_first, namings
from courses.students.phones import take_name_off
from courses.students.reading import Entry
from courses.students.roster import add_students, remove_student, students_of
from courses.students.values import StudentInfo
from courses.tables.events import Event, Publication
from courses.tables.roster import Student

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases, pytest.mark.usefixtures("db")]
PHONE, OTHER = "00112233aabbccdd", "ffffffffffffffff"


async def course_of(*names: str) -> tuple[SignedIn, UUID, UUID, list[StudentInfo]]:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Spring")
    lesson = await create_lesson(alice, course, LessonDraft("normal", "Tea"))
    await add_students(alice, course, [Entry(str(number), name) for number, name in enumerate(names, start=1)])
    return alice, course, lesson, await students_of(course)


async def reported(lesson: UUID, *devices: str, at: datetime | None = None) -> list[UUID]:
    moment = at or now()
    reports = [
        Report(lesson, kind, "xiaohongshu", moment, moment, device=device)
        for device in devices for kind in ("scan", "claim")
    ]  # fmt: skip
    async with writing():
        await keep(reports)
    return [report.id for report in reports]


async def owners(ids: list[UUID]) -> set[UUID | None]:
    return {row["student"] for row in await Event.select(Event.student).where(Event.id.is_in(ids))}


async def test_phone_that_says_who_it_is_gets_what_it_reported_before() -> None:
    alice, course, tea, (ada,) = await course_of("Ada")
    coffee = await create_lesson(alice, course, LessonDraft("normal", "Coffee"))
    before = now()
    ids = await reported(tea, PHONE)
    strangers = await reported(tea, OTHER)
    await reported(coffee, PHONE)

    await name_late(course, PHONE, before, ids)
    assert await Event.count().where(Event.student.is_not_null()) == 0

    await claim_student(course, PHONE, "1")
    for _ in range(2):
        await name_late(course, PHONE, before, ids)
        named_ = await Event.select(Event.lesson, Event.device, Event.student).where(Event.student.is_not_null())
        assert named_ == [{"lesson": tea, "device": PHONE, "student": ada.id}] * 2
        assert await Publication.select(Publication.lesson, Publication.student, Publication.rung) == [
            {"lesson": tea, "student": ada.id, "rung": "claimed"}
        ]
    assert await name_reports(course, PHONE) == 2
    assert await owners(strangers) == {None}


async def test_what_came_before_the_first_name_is_never_the_second_names() -> None:
    _, course, tea, (ada, _) = await course_of("Ada", "Ben")
    start = now()
    early = await reported(tea, PHONE)
    await claim_student(course, PHONE, "1")
    await claim_student(course, PHONE, "2")
    assert await name_reports(course, PHONE) == 2
    late = await reported(tea, PHONE)  # kept before the names, arrived after them
    await name_late(course, PHONE, start, late)
    assert await owners(early) | await owners(late) == {ada.id}
    said = await namings(course, PHONE)
    assert (named_first(said, start), named_first(said, now())) == (ada, None)


async def test_what_a_name_that_was_taken_off_leaves_is_the_next_names() -> None:
    alice, course, tea, (ada, ben) = await course_of("Ada", "Ben")
    start = now()
    ids = await reported(tea, PHONE)
    await claim_student(course, PHONE, "1")
    await name_reports(course, PHONE)
    assert await take_name_off(alice, course, ada.id, PHONE)
    assert await owners(ids) == {None}
    said = await namings(course, PHONE)
    assert (named_first(said, start), await named(course, said, ada.id)) == (None, None)
    await claim_student(course, PHONE, "2")
    assert await name_reports(course, PHONE) == 2
    said = await namings(course, PHONE)
    assert (await named(course, said, ada.id), await named(course, said, ben.id)) == (ben, ben)
    await claim_student(course, PHONE, "1")
    assert await named(course, await namings(course, PHONE), ada.id) == ada


async def test_name_lasts_when_the_student_left_was_merged_or_is_erased() -> None:
    alice, course, _, (ada, ben, cy) = await course_of("Ada", "Ben", "Cy")
    for number in "123":
        await claim_student(course, PHONE, number)
    await remove_student(alice, course, ada.id)
    await merge_students(alice, course, ben.id, cy.id)
    said = await namings(course, PHONE)
    assert (await named(course, said, ada.id)).id == ada.id
    assert (await named(course, said, ben.id)).id == cy.id
    await Student.update({Student.erased_at: now()}).where(Student.id == ada.id)
    with pytest.raises(NotFound):
        await named(course, [], ada.id)
    with pytest.raises(NotFound):
        await named(await create_course(alice, "Other"), [], cy.id)


async def test_reports_of_one_who_left_wait_for_the_next_name_said_after_them() -> None:
    alice, course, tea, (ada, ben) = await course_of("Ada", "Ben")
    await claim_student(course, PHONE, "1")
    await remove_student(alice, course, ada.id)
    ids = await reported(tea, PHONE, at=now() + timedelta(milliseconds=1))
    assert await name_reports(course, PHONE) == 0
    await claim_student(course, PHONE, "2")
    assert await name_reports(course, PHONE) in (0, 2)  # 0 where it was said in that very millisecond
    assert await owners(ids) <= {ben.id, None}
