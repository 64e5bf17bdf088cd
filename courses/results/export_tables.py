"""What can be exported of a course: the scan log, completion and publications, as columns and rows in chunks.

Everyone enrolled is in the last two, also who has done nothing.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.csv_files import DoubtfulTime, Value
from courses.database import reads_apart
from courses.errors import Invalid, Message, NotFound
from courses.events.done import DoneRule
from courses.events.ladder import RUNGS, is_doubtful
from courses.events.scan_log import EVERY, Scan, ScanFilter, every_scan
from courses.lessons.listing import lesson_titles
from courses.results.completion import CELLS, completion_in_parts, lesson_heads
from courses.results.values import Cell, StudentRow
from courses.students.roster import students_of
from courses.students.values import StudentInfo
from courses.tables.events import Event, Publication

#: students whose publications are read at once, with few lessons
STUDENTS = 100
#: cells of a row that belong together; many rows have the same
Part = tuple[Value, ...]


@dataclass(frozen=True)
class Column:
    """`kind` says what its cells hold: "text", "number", "time", "rung", "outcome", "state", "cause",
    "platform", "app" or "flag".

    `of` is the title of the lesson that a column of the completion list is about, `lesson` its id; `rules` say what is
    done, where the column counts that or says it.
    """

    key: str
    kind: str
    of: str | None = None
    lesson: UUID | None = None
    rules: tuple[DoneRule, ...] = ()


@dataclass(frozen=True)
class Export:
    """The chosen columns, and the rows in chunks, both in parts: of completion one for the student and one for each lesson."""

    name: str
    parts: list[list[Column]]
    chunks: AsyncIterator[list[list[Part]]]

    @property
    def columns(self) -> list[Column]:
        """All of them, from left to right."""
        return [column for part in self.parts for column in part]


#: the columns of each export, in their order, with their kinds; those after "done" in completion come once for each lesson
COLUMNS: dict[str, dict[str, str]] = {
    "scans": {
        "time": "time", "received": "time", "number": "text", "name": "text", "lesson": "text", "outcome": "outcome",
        "app": "app", "slip": "text", "run": "number", "serial": "number", "phone": "text",
    },
    "completion": {
        "number": "text", "name": "text", "group": "text", "done": "number", "rung": "rung", "state": "state",
        "late": "flag", "platform": "platform", "time": "time", "note": "text", "failure": "text", "refusal": "text",
        "excuse": "text",
    },
    "publications": {
        "number": "text", "name": "text", "group": "text", "lesson": "text", "platform": "platform", "rung": "rung",
        "time": "time", "note": "text", "scans": "number", "launches": "number", "failures": "number", "minutes": "number",
        "scanned_at": "time", "previewed_at": "time", "launched_at": "time", "failed_at": "time", "failure": "text",
        "cause": "cause", "claimed_at": "time", "linked_at": "time", "confirmed_at": "time", "reported_at": "time",
        "refused_at": "time", "refusal": "text",
    },
}  # fmt: skip
PER_LESSON = ("rung", "state", "late", "platform", "time", "note", "failure", "refusal", "excuse")
#: what is chosen until somebody chooses
USUAL: dict[str, tuple[str, ...]] = {
    "scans": ("time", "number", "name", "lesson", "outcome", "slip"),
    "completion": ("number", "name", "group", "done", "rung", "time", "note"),
    "publications": ("number", "name", "group", "lesson", "platform", "rung", "time", "note", "launches", "failures"),
}
_COUNTED = {"scan": "scans", "launch": "launches", "fail": "failures"}


def check_columns(name: str, keys: Iterable[str]) -> list[str]:
    """The columns in their order; the usual ones when none is named. Raises NotFound, Invalid."""
    if name not in COLUMNS:
        raise NotFound
    asked = set(keys)
    if asked - COLUMNS[name].keys():
        raise Invalid({"columns": Message("Choose some of: {columns}.", columns=", ".join(COLUMNS[name]))})
    return [key for key in COLUMNS[name] if key in (asked or USUAL[name])]


async def export(course: UUID, name: str, keys: Iterable[str] = (), wanted: ScanFilter = EVERY) -> Export:
    """An export of a course with these columns; `wanted` is for scans. Raises NotFound, Invalid."""
    chosen = check_columns(name, keys)
    kinds = COLUMNS[name]
    if name == "completion":
        lessons = await lesson_heads(course)
        rules = tuple(lesson.done for lesson in lessons)
        about = [key for key in chosen if key not in PER_LESSON]
        each = [key for key in chosen if key in PER_LESSON]
        parts = [[Column(key, kinds[key], rules=rules if key == "done" else ()) for key in about]] if about else []
        if each:
            parts += [[Column(key, kinds[key], lesson.title, lesson.id, (lesson.done,) if key == "state" else ())
                       for key in each] for lesson in lessons]  # fmt: skip
        return Export(name, parts, _completion(course, about, each, [lesson.id for lesson in lessons]))
    columns = [Column(key, kinds[key]) for key in chosen]
    rows = _scans(course, wanted) if name == "scans" else _publications(course)
    return Export(name, [columns], _picked(rows, chosen))


async def _picked(
    chunks: AsyncIterator[list[dict[str, Value]]], keys: Sequence[str]
) -> AsyncIterator[list[list[Part]]]:
    def picked(rows: Iterable[Mapping[str, Any]]) -> list[list[Part]]:
        return [[tuple([_marked(row, key) for key in keys])] for row in rows]

    async for chunk in chunks:
        yield await asyncio.to_thread(picked, chunk)


def _marked(row: Mapping[str, Any], key: str) -> Value:
    value: Value = row[key]
    return DoubtfulTime(value) if key in row.get("doubtful", ()) and isinstance(value, datetime) else value


async def _scans(course: UUID, wanted: ScanFilter) -> AsyncIterator[list[dict[str, Value]]]:
    async for chunk in every_scan(course, wanted):
        yield [scan_row(scan) for scan in chunk]


def scan_row(scan: Scan) -> dict[str, Value]:
    """A scan as a line of its export."""
    slip = f"P{scan.run}-{scan.serial or 0:03d}" if scan.run is not None else ""
    time = DoubtfulTime(scan.received_at, scan.at) if scan.at_doubtful else scan.at
    return {
        "time": time, "received": scan.received_at, "number": scan.number, "name": scan.name, "lesson": scan.title,
        "outcome": scan.outcome, "app": scan.app, "slip": slip, "run": scan.run, "serial": scan.serial,
        "phone": (scan.device or "")[:6],
    }  # fmt: skip


async def _completion(
    course: UUID, about: Sequence[str], each: Sequence[str], lessons: Sequence[UUID]
) -> AsyncIterator[list[list[Part]]]:
    """Row by row: `about` the student, then `each` of the lessons."""

    def lines(rows: Iterable[StudentRow]) -> list[list[Part]]:
        # Nearly all cells of a large course are the same few, in which nothing has happened.
        known: dict[int, Part] = {}
        return [_row(row, about, each, lessons, known) for row in rows]

    async for part in completion_in_parts(course):
        yield await asyncio.to_thread(lines, part.rows)


def _row(
    row: StudentRow, about: Sequence[str], each: Sequence[str], lessons: Sequence[UUID], known: dict[int, Part]
) -> list[Part]:
    line: list[Part] = []
    if about:
        student: dict[str, Value] = {
            "number": row.student.number, "name": row.student.name, "group": row.student.group,
            "done": sum(cell.state == "done" for cell in row.cells.values()),
        }  # fmt: skip
        line.append(tuple([student[key] for key in about]))
    if each:
        for lesson in lessons:
            cell = row.cells.get(lesson)  # None for a lesson that has come or gone meanwhile
            part = known.get(id(cell))
            if part is None:
                part = known[id(cell)] = tuple([_of_cell(cell, key) for key in each])
            line.append(part)
    return line


def _of_cell(cell: Cell | None, key: str) -> Value:
    if cell is None:
        return None
    if key == "time":
        return DoubtfulTime(cell.at) if cell.doubtful and cell.at else cell.at
    value: Value = cell.note_url if key == "note" else getattr(cell, key)
    return value


_TIMES = (
    "scanned_at", "previewed_at", "launched_at", "failed_at", "claimed_at", "linked_at", "confirmed_at", "reported_at",
    "refused_at",
)  # fmt: skip
#: what says when it was said, where the column itself is when that arrived
_MADE = {"claimed_at": "claim_made_at", "linked_at": "link_made_at"}


async def _publications(course: UUID) -> AsyncIterator[list[dict[str, Value]]]:
    students, lessons = await students_of(course), await lesson_titles(course)
    step = min(STUDENTS, max(1, CELLS // max(1, len(lessons))))
    for start in range(0, len(students), step):
        some = students[start : start + step]
        yield [row for _, row in await publication_rows(course, some)]


@reads_apart
async def publication_rows(course: UUID, students: Sequence[StudentInfo]) -> list[tuple[StudentInfo, dict[str, Any]]]:
    """For each of these students and each lesson a row for every platform on which something is known, else one; 3 queries.

    `doubtful` of a row names its times that are when it arrived, because the phone's cannot be.
    """
    lessons = await lesson_titles(course)
    ids = [student.id for student in students]
    if not ids or not lessons:
        return []
    mine = Publication.student.is_in(ids), Publication.lesson.is_in(list(lessons))
    known: dict[tuple[UUID, UUID], list[dict[str, Any]]] = {}
    for row in await Publication.select().where(*mine).order_by(Publication.platform):
        known.setdefault((row["student"], row["lesson"]), []).append(row)
    counts = await _event_counts(course, ids)
    return [
        (student, _publication_row(student, title, row, counts))
        for student in students
        for lesson, title in lessons.items()
        for row in known.get((student.id, lesson)) or [{"lesson": lesson}]
    ]


async def _event_counts(course: UUID, students: list[UUID]) -> Counter[tuple[UUID, UUID, str, str]]:
    places = ", ".join(["{}"] * len(students))
    rows = await Event.raw(
        "SELECT event.student AS student, event.lesson AS lesson, event.platform AS platform, event.kind AS kind,"  # noqa: S608
        " COUNT(*) AS events FROM event JOIN lesson ON lesson.id = event.lesson"
        f" WHERE event.student IN ({places}) AND lesson.course = {{}} AND event.kind IN ('scan', 'launch', 'fail')"
        " GROUP BY event.student, event.lesson, event.platform, event.kind",
        *students,
        course,
    )
    return Counter({
        (UUID(str(row["student"])), UUID(str(row["lesson"])), row["platform"], row["kind"]): row["events"] for row in rows
    })  # fmt: skip


def _publication_row(
    student: StudentInfo, title: str, row: Mapping[str, Any], counts: Mapping[tuple[UUID, UUID, str, str], int]
) -> dict[str, Any]:
    platform = row.get("platform")
    rung, marks = row.get("rung", RUNGS[0]), row.get("doubtful")
    times = {name: row.get(_MADE.get(name, name)) or row.get(name) for name in _TIMES}
    doubtful = [name for name in _TIMES if is_doubtful(marks, name.removesuffix("_at"))]
    said = min([(times[name], name) for name in ("claimed_at", "linked_at") if times[name]], default=None)
    scanned = times["scanned_at"]
    return {
        "number": student.number, "name": student.name, "group": student.group, "lesson": title, "platform": platform, "rung": rung,
        "time": row.get("at") if rung != RUNGS[0] else None, "note": row.get("note_url"), "failure": row.get("failure"),
        "refusal": row.get("refusal"), "cause": row.get("cause"),
        "minutes": round((said[0] - scanned).total_seconds() / 60, 1)
        if said and scanned and not {said[1], "scanned_at"} & {*doubtful} else None,
        **{name: counts.get((student.id, row["lesson"], platform or "", kind), 0) for kind, name in _COUNTED.items()},
        **times,
        "doubtful": [*(["time"] if is_doubtful(marks, rung) else []), *doubtful],
    }  # fmt: skip
