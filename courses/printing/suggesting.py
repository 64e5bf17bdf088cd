"""What is most likely to be printed next in a course: a suggestion, which somebody can take or change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from courses.printing.values import PERSONAL

#: how far ahead a lesson is that slips are wanted for
SOON = timedelta(days=7)


@dataclass(frozen=True)
class LessonOnPaper:
    """A lesson whose code can be printed: its times, whether it has slips, and whether it is late for somebody."""

    id: UUID
    opens_at: datetime | None = None
    due_at: datetime | None = None
    has_slips: bool = False
    late: bool = False


@dataclass(frozen=True)
class LastRun:
    """What was printed last."""

    kind: str
    lessons: tuple[UUID, ...]


@dataclass(frozen=True)
class Suggestion:
    """`reason` is "asked" (for these lessons or students), "no_list", "soon", "late", "again" or "first"."""

    kind: str
    lessons: tuple[UUID, ...]
    reason: str


def suggest(
    lessons: Sequence[LessonOnPaper],
    listed: bool,
    last: LastRun | None,
    moment: datetime,
    wanted: Collection[UUID] = (),
    some_students: bool = False,
) -> Suggestion:
    """The first rule that holds, over the lessons with a link that opens; `listed` says that there are students.

    `wanted` are the lessons that it is asked for, and `some_students` that it is asked for some only.
    """
    if wanted or (some_students and listed):
        asked = [lesson for lesson in lessons if lesson.id in wanted]
        return Suggestion(_kind_for(asked, listed, last, some_students), tuple(wanted), "asked")
    if not listed:
        return Suggestion("handout", (), "no_list")
    soon = min((pair for lesson in lessons if (pair := _soon(lesson, moment))), key=lambda pair: pair[0], default=None)
    if soon:
        return Suggestion("personal", (soon[1],), "soon")
    late = _ids([lesson for lesson in lessons if lesson.late])
    if late:
        return Suggestion("catchup", late, "late")
    if last:
        return Suggestion(last.kind, tuple(id for id in last.lessons if id in set(_ids(lessons))), "again")
    return Suggestion("personal", _ids(lessons)[:1], "first")


def _kind_for(asked: Sequence[LessonOnPaper], listed: bool, last: LastRun | None, some_students: bool) -> str:
    """For lessons that were chosen: who has a list hands out slips by name, who has none hangs one code on the wall."""
    if some_students and listed:
        return "catchup"
    if listed:
        again = all(lesson.has_slips for lesson in asked) and any(lesson.late for lesson in asked)
        return "catchup" if again else "personal"
    if last and last.kind not in (*PERSONAL, "handout"):
        return last.kind
    return "poster" if len(asked) == 1 else "handout"


def _soon(lesson: LessonOnPaper, moment: datetime) -> tuple[datetime, UUID] | None:
    """When it opens or is due, the earlier one, within SOON; None for one that is not, or has slips."""
    if lesson.has_slips:
        return None
    ahead = [at for at in (lesson.opens_at, lesson.due_at) if at is not None and moment <= at <= moment + SOON]
    return (min(ahead), lesson.id) if ahead else None


def _ids(lessons: Sequence[LessonOnPaper]) -> tuple[UUID, ...]:
    return tuple(lesson.id for lesson in lessons)
