"""What the portal itself knows of a post: how long after the hand-over it was said, by which phone, and how late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from courses.results.completion import CellEvent, rows_of
from courses.results.values import NOTHING, Cell, StudentRow
from courses.tables.events import Event

SAYING = ("claim", "link")


@dataclass(frozen=True)
class Evidence:
    """`after` is the time since the app was opened last, None where it never was, and `same_phone` whether by that phone.

    `late` is by how much it came too late, None where it did not or nothing was due.
    """

    after: timedelta | None = None
    same_phone: bool | None = None
    late: timedelta | None = None


@dataclass(frozen=True)
class Record:
    """A student's lessons in one line: how many there are, are done, confirmed and late, and how often one was sent back."""

    lessons: int
    done: int
    confirmed: int
    late: int
    sent_back: int


def evidence_of(events: Sequence[CellEvent], cell: Cell, due: datetime | None) -> Evidence:
    """Of a cell and its events, oldest first."""
    mine = [event for event in events if event.platform == cell.platform]
    said = next((event for event in reversed(mine) if event.kind in SAYING), None)
    at = cell.done_at or cell.at
    late = at - due if at is not None and due is not None and at > due else None
    if said is None:
        return Evidence(late=late)
    before = [event for event in mine if event.kind == "launch" and event.happened_at <= said.happened_at]
    if not before:
        return Evidence(late=late)
    phones = before[-1].device, said.device
    same_phone = None if None in phones else phones[0] == phones[1]
    return Evidence(said.happened_at - before[-1].happened_at, same_phone=same_phone, late=late)


async def row_of(course_id: UUID, student_id: UUID) -> StudentRow | None:
    """One student's row of the completion list, None for who is not enrolled any more."""
    return (await rows_of(course_id, {student_id})).get(student_id)


def cell_of(row: StudentRow | None, lesson_id: UUID) -> Cell:
    """Nothing for who is not enrolled any more."""
    return row.cells.get(lesson_id, NOTHING) if row else NOTHING


async def record_of(row: StudentRow) -> Record:
    """In one query: what was sent back is no part of the row."""
    cells = [cell for cell in row.cells.values() if cell.state != "excused"]
    sent_back: int = await Event.count().where(
        Event.student == row.student.id, Event.kind == "refuse", Event.lesson.is_in(list(row.cells))
    )
    return Record(
        len(cells), sum(cell.state == "done" for cell in cells), sum(cell.rung == "confirmed" for cell in cells),
        sum(cell.late for cell in cells), sent_back,
    )  # fmt: skip
