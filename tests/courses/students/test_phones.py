"""Whose reports a phone's are that says who it is only after it has reported."""

from uuid import UUID

import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import keep
from courses.lessons.authoring import create_lesson
from courses.lessons.drafts import LessonDraft
from courses.people.accounts import add_person
from courses.students.phones import name_late
from courses.students.reading import Entry
from courses.students.roster import add_students, claim_student
from courses.tables.events import Event, Publication

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
PHONE, OTHER = "00112233aabbccdd", "ffffffffffffffff"


async def reported(lesson: UUID, *devices: str) -> None:
    moment = now()
    async with writing():
        await keep([
            Report(lesson, kind, "xiaohongshu", moment, moment, device=device)
            for device in devices for kind in ("scan", "claim")
        ])  # fmt: skip


async def test_phone_that_says_who_it_is_gets_what_it_reported_before() -> None:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Spring")
    tea, coffee = [await create_lesson(alice, course, LessonDraft("normal", title)) for title in ("Tea", "Coffee")]
    await add_students(alice, course, [Entry("1", "Ada")])
    await reported(tea, PHONE, OTHER)
    await reported(coffee, PHONE)

    await name_late(course, tea, PHONE)
    assert await Event.count().where(Event.student.is_not_null()) == 0

    ada = await claim_student(course, PHONE, "1")
    for _ in range(2):
        await name_late(course, tea, PHONE)
        named = await Event.select(Event.lesson, Event.device, Event.student).where(Event.student.is_not_null())
        assert named == [{"lesson": tea, "device": PHONE, "student": ada.id}] * 2
        assert await Publication.select(Publication.lesson, Publication.student, Publication.rung) == [
            {"lesson": tea, "student": ada.id, "rung": "claimed"}
        ]
