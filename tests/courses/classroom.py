"""A course to test with: alice owns it, it has two lessons and three students, and phones report about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person, find_person
from courses.results.cells import Cell
from courses.results.completion import completion
from courses.signed_in import SignedIn
from courses.students.lists import read_list
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.students.separated import read_separated


@dataclass
class Classroom:
    """Lessons by title, students by name."""

    alice: SignedIn
    course: UUID
    lessons: dict[str, UUID]
    students: dict[str, UUID]

    async def report(
        self,
        student: str | None,
        lesson: str,
        *kinds: str,
        platform: str = "xiaohongshu",
        at: datetime | None = None,
        device: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> list[UUID]:
        """What a phone reports, all at one moment; the ids of the events."""
        moment = at or now()
        reports = [
            Report(
                self.lessons[lesson], kind, platform, moment, moment, device=device, detail=detail or {},
                student=self.students[student] if student else None,
            )
            for kind in kinds
        ]  # fmt: skip
        async with writing():
            await keep(reports)
            await apply(reports)
        return [report.id for report in reports]

    async def cell(self, student: str, lesson: str) -> Cell:
        """How a student stands with a lesson."""
        rows = {row.student.id: row for row in (await completion(self.course)).rows}
        return rows[self.students[student]].cells[self.lessons[lesson]]


async def make_classroom(title: str = "Spring") -> Classroom:
    """Another one of another title is another course of alice's."""
    alice = (
        await find_person("alice@example.org") if title != "Spring" else await add_person("alice@example.org", "Alice")
    )
    course = await create_course(alice, title)
    lessons = {
        name: await create_shared_lesson(alice, course, LessonDraft("normal", name, platforms=("weibo", "xiaohongshu")))
        for name in ("Tea", "Milk")
    }
    await add_students(alice, course, [Entry(str(place), name) for place, name in enumerate(("Ada", "Bo", "Cy"), 1)])
    return Classroom(alice, course, lessons, {student.name: student.id for student in await students_of(course)})


def parse_roster(text: str, names: bool = True) -> list[Entry]:
    """The entries of a list that is text."""
    return read_list(read_separated(text), names).entries
