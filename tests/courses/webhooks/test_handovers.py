"""Shares that a platform will name again: those of one moment together, each answered after its commit."""

import asyncio
import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest

from courses.clock import now
from courses.tables.courses import Course
from courses.tables.events import Handover
from courses.tables.lessons import Lesson
from courses.tables.links import Link
from courses.webhooks.handovers import GROUP, Handovers, handover_of

pytestmark = pytest.mark.anyio


async def test_shares_of_one_moment_are_all_kept_and_the_first_word_is_the_last(db: Path) -> None:
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
    assert [type(each) for each in told] == [type(None), sqlite3.IntegrityError, type(None)]
    assert await Handover.count() == GROUP + 22
