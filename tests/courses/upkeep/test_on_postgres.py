"""Upkeep on PostgreSQL, which is strict about types and locks where SQLite is not."""

from datetime import timedelta
from pathlib import Path

import pytest

from courses.clock import now
from courses.lessons.trash import purge_lessons, trash_lessons
from courses.media.library import open_store
from courses.privacy.aliasing import use_aliases
from courses.privacy.erasing import erase_expired, erase_student
from courses.privacy.scrubbing import rewrite_pending
from courses.results.deciding import decide
from courses.students.roster import students_of
from courses.tables.audit import AuditEntry
from courses.tables.courses import Course
from courses.tables.events import Event, Publication
from courses.tables.lessons import Lesson
from courses.tables.roster import Student
from courses.upkeep.sweeping import sweep
from tests.courses.classroom import make_classroom

pytestmark = pytest.mark.anyio


async def test_lessons_names_students_and_courses_go_as_they_do_on_sqlite(on_postgres: str, tmp_path: Path) -> None:
    room, store = await make_classroom(), open_store(f"file://{tmp_path}/media")
    for name in room.students:
        await room.report(name, "Tea", "scan", "fail", device=name.ljust(16, "x"), detail={"message": f"{name} is ill"})
        await room.report(name, "Milk", "scan")
        await decide(room.alice, room.lessons["Tea"], room.students[name], "xiaohongshu", "refuse", f"{name} copied it")

    await trash_lessons(room.alice, room.course, [room.lessons["Milk"]])
    assert await purge_lessons(room.alice, store, room.course, [room.lessons["Milk"]]) == [room.lessons["Milk"]]
    assert (await Lesson.count(), await Event.count(), await Publication.count()) == (1, 9, 3)

    assert await erase_student(room.alice, store, room.course, room.students["Ada"])
    assert not await rewrite_pending(), "PostgreSQL has a vacuum of its own"
    assert await use_aliases(room.alice, store, room.course) == 2
    names = {student.name for student in await students_of(room.course)}
    assert len(names) == 3
    assert not names & {"Ada", "Bo", "Cy"}
    written = [
        *await Event.select(Event.detail).output(as_list=True),
        *await Publication.select(Publication.failure).output(as_list=True),
        *await Publication.select(Publication.refusal).output(as_list=True),
        *await AuditEntry.select(AuditEntry.detail).output(as_list=True),
        *await AuditEntry.select(AuditEntry.label).output(as_list=True),
    ]
    assert not [text for text in written if text and any(name in text for name in ("Ada", "Bo", "Cy"))]

    await Course.update({Course.ends_at: now() - timedelta(days=99)}).where(Course.id == room.course)
    assert await erase_expired(store) == 2
    assert await Event.count().where(Event.device.is_not_null()) == 0
    assert await Student.count().where(Student.erased_at.is_null()) == 0
    swept = await sweep(store, night=True)
    assert swept is not None
    assert swept.total == 0
