"""Who reached what: students × lessons, each with the best rung over all platforms and the evidence under it."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from courses.catalogue.shown import students_see
from courses.clock import now
from courses.database import reads_apart
from courses.errors import Invalid, Message, NotFound
from courses.events.done import DoneRule
from courses.events.ladder import RANK, RUNGS
from courses.lessons.done_counts import RULE_COLUMNS, rule_of
from courses.results.cells import best_cells, excuses_of, judged
from courses.results.values import NOTHING, Cell, Completion, LessonHead, StudentRow
from courses.students.roster import find_student_by_id, students_of
from courses.students.values import StudentInfo
from courses.tables.events import Event
from courses.tables.lessons import Lesson

EVENTS_MAX = 1_000
#: of a part: some 50 ms of work
CELLS = 20_000


@dataclass(frozen=True)
class CellEvent:
    """What was reported or decided; `person` is the name of the instructor who decided.

    `at` is the phone's time, as it was given where it is `at_doubtful`.
    """

    id: UUID
    kind: str
    platform: str
    at: datetime
    received_at: datetime
    at_doubtful: bool
    detail: Mapping[str, Any]
    person: str | None
    #: which phone, never shown: 16 hexadecimal digits
    device: str | None = None

    @property
    def happened_at(self) -> datetime:
        """When it arrived, where the phone's time is doubtful."""
        return self.received_at if self.at_doubtful else self.at


@reads_apart
async def completion(course_id: UUID, rung: str | None = None, lesson_id: UUID | None = None) -> Completion:
    """Everyone enrolled × every lesson that is neither deleted nor a template, in four queries.

    With `rung`, only the rows with a cell on it; with `lesson_id` too, only those where that lesson's cell is on it.
    Raises Invalid, NotFound.
    """
    students, lessons = await students_of(course_id), await _lessons(course_id, rung, lesson_id)
    best = await best_cells({lesson.id: lesson.done for lesson in lessons})
    return _completion(_rows(students, lessons, best, await excuses_of(course_id), now()), lessons, rung, lesson_id)


async def completion_in_parts(
    course_id: UUID, rung: str | None = None, lesson_id: UUID | None = None
) -> AsyncIterator[Completion]:
    """The same, some students at a time and one part at least: a large course would take half a gigabyte.

    Raises Invalid, NotFound.
    """
    students, lessons = await students_of(course_id), await _lessons(course_id, rung, lesson_id)
    excuses, moment = await excuses_of(course_id), now()
    step = max(1, CELLS // max(1, len(lessons)))

    @reads_apart
    async def part(some: Sequence[StudentInfo]) -> Completion:
        best = await best_cells({each.id: each.done for each in lessons}, [student.id for student in some])
        return _completion(_rows(some, lessons, best, excuses, moment), lessons, rung, lesson_id)

    for start in range(0, len(students) or 1, step):
        yield await part(students[start : start + step])


@reads_apart
async def row_of(course_id: UUID, student: StudentInfo) -> tuple[tuple[LessonHead, ...], StudentRow]:
    """The lessons of a course and one student's cells."""
    lessons = await lesson_heads(course_id)
    best = await best_cells({lesson.id: lesson.done for lesson in lessons}, [student.id])
    return lessons, _rows([student], lessons, best, await excuses_of(course_id), now())[0]


async def student_events(student_id: UUID) -> list[tuple[str, CellEvent]]:
    """What was reported of a student and decided, each with its lesson's title, the newest first, at most 1,000."""
    rows = await Event.select(
        Event.id, Event.kind, Event.platform, Event.at, Event.received_at, Event.at_doubtful, Event.detail,
        Event.person.name.as_alias("person"), Event.lesson.title.as_alias("title"),
    ).where(Event.student == student_id).order_by(Event.received_at, ascending=False).limit(EVENTS_MAX)  # fmt: skip
    return [
        (row.pop("title"), CellEvent(**row | {"detail": msgspec.json.decode(row["detail"])})) for row in rows
    ]  # fmt: skip


@reads_apart
async def rows_of(course_id: UUID, students: Collection[UUID]) -> dict[UUID, StudentRow]:
    """Those of some students alone, by student, as they stand in the whole list; in four queries."""
    some = [student for student in await students_of(course_id) if student.id in students]
    lessons = await lesson_heads(course_id)
    best = await best_cells({lesson.id: lesson.done for lesson in lessons}, [student.id for student in some])
    rows = _rows(some, lessons, best, await excuses_of(course_id), now())
    return {row.student.id: row for row in rows}


async def _lessons(course_id: UUID, rung: str | None, lesson_id: UUID | None) -> tuple[LessonHead, ...]:
    """Raises Invalid, NotFound."""
    if rung is not None and rung not in RANK:
        raise Invalid({"rung": Message("Choose one of: {rungs}.", rungs=", ".join(RUNGS))})
    lessons = await lesson_heads(course_id)
    if lesson_id is not None and lesson_id not in {lesson.id for lesson in lessons}:
        raise NotFound
    return lessons


def _completion(
    rows: list[StudentRow], lessons: tuple[LessonHead, ...], rung: str | None, lesson_id: UUID | None
) -> Completion:
    everyone = tuple(rows)
    if rung is not None:
        rows = [
            row
            for row in rows
            if any(cell.rung == rung and lesson_id in (None, lesson) for lesson, cell in row.cells.items())
        ]
    return Completion(lessons, tuple(rows), everyone)


def reached(counts: Mapping[str, int], rung: str) -> int:
    """How many are on this rung or a higher one."""
    return sum(counts.get(name, 0) for name in RUNGS[RANK[rung] :])


async def unnamed_phones(lesson_id: UUID) -> int:
    """Phones that reported something of a lesson and have not said whose they are."""
    count: int = await Event.count(distinct=[Event.device]).where(
        Event.lesson == lesson_id, Event.student.is_null(), Event.device.is_not_null()
    )
    return count


async def cell_events(course_id: UUID, lesson_id: UUID, student_id: UUID) -> list[CellEvent]:
    """What a cell was made of, oldest first, at most the newest 1,000. Raises NotFound."""
    await find_student_by_id(course_id, student_id)
    if not await Lesson.exists().where(Lesson.id == lesson_id, students_see(course_id)):
        raise NotFound
    rows = await Event.select(
        Event.id, Event.kind, Event.platform, Event.at, Event.received_at, Event.at_doubtful, Event.detail,
        Event.person.name.as_alias("person"), Event.device,
    ).where(Event.lesson == lesson_id, Event.student == student_id).order_by(
        Event.received_at, ascending=False
    ).limit(EVENTS_MAX)  # fmt: skip
    events = [CellEvent(**row | {"detail": msgspec.json.decode(row["detail"])}) for row in rows]
    return sorted(events, key=lambda event: (event.happened_at, event.received_at, str(event.id)))


def completion_table(
    list_: Completion, translate: Callable[[str], str], rule: Callable[[Iterable[DoneRule]], str], titles: bool = True
) -> Iterator[list[tuple[str, ...]]]:
    """Rows of text in parts, titles first: number and name, for each lesson the rung, since when (UTC) and the note's address.

    At the end how many lessons are done, and the state of each, with the rule that says so. A doubtful time says that it is
    when the news arrived.
    """
    if titles:
        yield _titles(list_, translate, rule)
    # Nearly all cells of a large course are the same few, in which nothing has happened.
    known: dict[int, tuple[tuple[str, ...], tuple[str]]] = {}
    for row in list_.rows:
        cells = [row.cells[lesson.id] for lesson in list_.lessons]
        for cell in cells:
            if id(cell) not in known:
                at = f"{_written(cell.at)} ({translate('received, doubtful')})" if cell.doubtful else _written(cell.at)
                known[id(cell)] = (translate(cell.rung), at, cell.note_url or ""), (translate(cell.state),)
        yield [
            (row.student.number, row.student.name),
            *[known[id(cell)][0] for cell in cells],
            (str(sum(cell.state == "done" for cell in cells)),),
            *[known[id(cell)][1] for cell in cells],
        ]


def _titles(
    list_: Completion, translate: Callable[[str], str], rule: Callable[[Iterable[DoneRule]], str]
) -> list[tuple[str, ...]]:
    time, note, state = translate("time (UTC)"), translate("note"), translate("State")
    done = f"{translate('Lessons done')} ({rule(lesson.done for lesson in list_.lessons)})"
    return [
        (translate("Number"), translate("Name")),
        *[(each.title, f"{each.title} · {time}", f"{each.title} · {note}") for each in list_.lessons],
        (done,),
        *[(f"{each.title} · {state} ({rule([each.done])})",) for each in list_.lessons],
    ]


async def lesson_heads(course_id: UUID) -> tuple[LessonHead, ...]:
    """The columns: the lessons that are neither deleted nor templates, in the order they were made."""
    rows = await Lesson.select(Lesson.id, Lesson.title, Lesson.due_at, Lesson.opens_at, *RULE_COLUMNS).where(
        students_see(course_id)
    ).order_by(Lesson.created_at, Lesson.id)  # fmt: skip
    return tuple([LessonHead(row["id"], row["title"], row["due_at"], rule_of(row), row["opens_at"]) for row in rows])


def _rows(
    students: Iterable[StudentInfo],
    lessons: Iterable[LessonHead],
    best: Mapping[str, Mapping[str, Cell]],
    excuses: Mapping[tuple[UUID, UUID], str],
    moment: datetime,
) -> list[StudentRow]:
    """Every cell with its excuse, and whether it is late."""
    dues = {str(lesson.id): (lesson.id, lesson.due_at) for lesson in lessons}
    blank = {lesson: judged(NOTHING, None, due, moment) for lesson, due in dues.values()}
    why: dict[UUID, dict[UUID, str]] = {}
    for (student_id, lesson_id), excuse in excuses.items():
        why.setdefault(student_id, {})[lesson_id] = excuse
    rows = []
    for student in students:
        cells, mine, excused = blank.copy(), best.get(str(student.id), {}), why.get(student.id, {})
        for name, cell in mine.items():
            lesson, due = dues[name]
            cells[lesson] = judged(cell, excused.get(lesson) if excused else None, due, moment)
        for lesson, excuse in excused.items():
            if lesson in blank and str(lesson) not in mine:
                cells[lesson] = judged(NOTHING, excuse, None, moment)
        rows.append(StudentRow(student, cells))
    return rows


def _written(at: datetime | None) -> str:
    """As spreadsheets read it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else ""
