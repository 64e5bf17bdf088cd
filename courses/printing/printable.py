"""What of a course can be printed; and where nothing can, what to do first. Everything that puts codes on paper asks here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from courses.database import reads_apart
from courses.errors import Conflict, Invalid, Message
from courses.lessons.authoring import lessons_of
from courses.lessons.links import LinkInfo, live_class_links
from courses.lessons.values import LessonInfo
from courses.students.roster import students_of
from courses.students.values import StudentInfo

#: of one run
SLIPS_MAX = 20_000


@dataclass(frozen=True)
class Printable:
    """`lessons` are all of a course; those that are `shared` have a class link that opens or will open, in `links`.

    `students` are those for whom a slip can be theirs alone.
    """

    lessons: list[LessonInfo]
    shared: list[LessonInfo]
    links: dict[UUID, LinkInfo]
    students: list[StudentInfo]

    def only(self, ids: Collection[UUID]) -> Self:
        """Of the shared lessons those that are named; all where none is."""
        return replace(self, shared=named(self.shared, ids))

    def without(self, ids: Collection[UUID]) -> Self:
        """Of the shared lessons the others."""
        return replace(self, shared=[lesson for lesson in self.shared if lesson.id not in ids])

    def check_sheet(self, personal: bool) -> None:
        """Raises Conflict where there is nothing for a sheet."""
        if not self.lessons:
            raise Conflict(Message("There is nothing to print yet. Write a lesson first."))
        self.check_codes(personal)

    def check_codes(self, personal: bool) -> None:
        """Raises Conflict where there is no code, or nobody for whom it would be."""
        if not self.shared:
            raise Conflict(Message("No lesson of this course has a live link. Issue one on a lesson’s page first."))
        if personal and not self.students:
            raise Conflict(Message("Personal slips need students. Add them to the course’s list first."))


@reads_apart
async def printable(course_id: UUID) -> Printable:
    """Everything, in the order of the lessons and of the list of students."""
    lessons = await lessons_of(course_id)
    links = await live_class_links([lesson.id for lesson in lessons])
    shared = [lesson for lesson in lessons if lesson.id in links]
    return Printable(lessons, shared, links, await students_of(course_id))


def named(lessons: Sequence[LessonInfo], ids: Collection[UUID]) -> list[LessonInfo]:
    """Those that are named; all where none is."""
    wanted = frozenset(ids)
    return [lesson for lesson in lessons if not wanted or lesson.id in wanted]


def check_amount(slips: int) -> None:
    """Raises Invalid for what is too much at once, Conflict for nothing."""
    if not slips:
        raise Conflict(Message("There is nothing to print for this choice."))
    if slips > SLIPS_MAX:
        problem = Message(
            "These are more than {most} slips, too many for one run. Choose fewer lessons.", most=SLIPS_MAX
        )
        raise Invalid({"copies": problem}, problem)
