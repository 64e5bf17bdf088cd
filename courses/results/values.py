"""The completion list as it is read, apart from the queries that it is made of."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

import msgspec

from courses.events.done import USUAL, DoneRule
from courses.events.ladder import RUNGS
from courses.students.values import StudentInfo

#: each cell is in one of them
STATES = ("done", "begun", "stuck", "not_begun", "excused")


class Cell(msgspec.Struct, frozen=True):
    """One student × lesson: the best rung, where and since when, and what belongs to that rung.

    `state` is one of STATES: what is done by the lesson's rule is done, excused or not; what failed or was refused is
    stuck, also on a second platform that the rule names; what is only claimed where more is asked for is begun.
    `failures` are the causes of all that ever failed, on any platform, also where it was mended since.
    `failure` holds the platform's words on the rung "failed", `refusal` why what the student said was not accepted,
    `excuse` why the lesson need not be done. `done_at` is the time of the first word by which it was done; what is
    done later than the lesson is due, or is not done then, is `late`. `shared` says that another student names the same
    note, `unresolved` that only a short link is known of it. `at` and `done_at` are when it arrived, where they are
    `doubtful` and `done_doubtful`: the phone gave a time that cannot be.
    """

    # A struct: a large course has tens of thousands of them.
    rung: str = RUNGS[0]
    platform: str | None = None
    at: datetime | None = None
    note_url: str | None = None
    failure: str | None = None
    refusal: str | None = None
    cause: str | None = None
    done_at: datetime | None = None
    excuse: str | None = None
    late: bool = False
    state: str = "not_begun"
    shared: bool = False
    unresolved: bool = False
    failures: tuple[str, ...] = ()
    doubtful: bool = False
    done_doubtful: bool = False


NOTHING = Cell()


@dataclass(frozen=True)
class LessonHead:
    """A column of the list."""

    id: UUID
    title: str
    due_at: datetime | None = None
    #: over the lesson's platforms
    done: DoneRule = USUAL
    opens_at: datetime | None = None

    def is_open(self, moment: datetime) -> bool:
        """Whether it has opened by then."""
        return self.opens_at is None or self.opens_at <= moment


@dataclass(frozen=True)
class StudentRow:
    """A row of the list; `cells` has one for each lesson, in the lessons' order."""

    student: StudentInfo
    cells: Mapping[UUID, Cell]


@dataclass(frozen=True)
class Completion:
    """The list of a course. The totals count `everyone` who is enrolled, also where `rows` are filtered."""

    lessons: tuple[LessonHead, ...]
    rows: tuple[StudentRow, ...]
    everyone: tuple[StudentRow, ...]

    @cached_property
    def by_lesson(self) -> Mapping[UUID, Mapping[str, int]]:
        """How many students are on each rung, every rung named."""
        lines = [row.cells.values() for row in self.everyone]
        columns = zip(*lines, strict=True) if lines else [()] * len(self.lessons)
        return {lesson.id: _count(column) for lesson, column in zip(self.lessons, columns, strict=True)}

    @property
    def overall(self) -> Mapping[str, int]:
        """The same of student × lesson."""
        return {name: sum(counts[name] for counts in self.by_lesson.values()) for name in RUNGS}

    @cached_property
    def done(self) -> Mapping[UUID, int]:
        """How many of everyone have done each lesson, by its rule."""
        return {
            lesson.id: sum(row.cells[lesson.id].state == "done" for row in self.everyone) for lesson in self.lessons
        }


def _count(cells: Iterable[Cell]) -> dict[str, int]:
    counter = Counter([cell.rung for cell in cells])
    return {rung: counter[rung] for rung in RUNGS}
