"""Shares that a platform will name again: those of one moment together, each answered after its commit."""

import asyncio
import sqlite3
from uuid import uuid4

import asyncpg
import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.students.claims import claim_student
from courses.students.reading import Entry
from courses.students.roster import add_students
from courses.tables.courses import Course
from courses.tables.events import Handover
from courses.tables.lessons import Lesson
from courses.tables.links import Link
from courses.webhooks.handovers import GROUP, Handovers, handover_of

pytestmark = pytest.mark.anyio


async def test_shares_of_one_moment_are_all_kept_and_the_first_word_is_the_last(db: str) -> None:
    course = Course(title="C", created_at=now(), updated_at=now())
    await Course.insert(course)
    lesson = Lesson(course=course.id, kind="normal", title="L", body="", created_at=now(), updated_at=now())
    await Lesson.insert(lesson)
    link = Link(code="AAAAAAAA", spoken="0000000", lesson=lesson.id, created_at=now())
    await Link.insert(link)
    handovers = Handovers()

    def remember(share: str, device: str) -> object:
        return handovers.remember("douyin", share, link.id, lesson.id, None, device)

    await asyncio.gather(*(remember(f"s{n}", f"{n:016}") for n in range(GROUP + 20)), remember("s7", "f" * 16))
    assert await Handover.count() == GROUP + 20
    await remember("s7", "e" * 16)
    found = await handover_of("douyin", "s7")
    assert (found.link, found.lesson, found.device) == (link.id, lesson.id, f"{7:016}")
    # one that cannot be kept fails alone
    gone = handovers.remember("douyin", "gone", uuid4(), lesson.id, None, None)
    told = await asyncio.gather(remember("t", "0" * 16), gone, remember("u", "0" * 16), return_exceptions=True)
    assert told[0] is told[2] is None
    assert isinstance(told[1], sqlite3.IntegrityError | asyncpg.ForeignKeyViolationError)
    assert await Handover.count() == GROUP + 22


async def test_share_of_a_phone_without_a_name_is_of_the_first_name_and_of_no_later_one(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Spring")
    lesson = await create_shared_lesson(alice, course, LessonDraft("normal", "Tea"))
    link = (await class_links([lesson]))[lesson]
    await add_students(alice, course, [Entry("1", "Ada"), Entry("2", "Ben")])
    await Handovers().remember("douyin", "s1", link.id, lesson, None, "0" * 16)
    assert (await handover_of("douyin", "s1")).student is None
    ada = await claim_student(course, "0" * 16, "1")
    await claim_student(course, "0" * 16, "2")
    assert (await handover_of("douyin", "s1")).student == ada.id
