"""An instructor's word on many cells of the completion list at once: confirmed, not accepted, excused."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message, NotFound
from courses.events.ladder import DONE, FAILURE_LENGTH, Report
from courses.events.publications import apply, keep
from courses.lessons.done_counts import RULE_COLUMNS, rule_of
from courses.results.completion import rows_of
from courses.results.looks import changed_meanwhile, check_unchanged
from courses.results.values import Cell
from courses.signed_in import SignedIn
from courses.tables.events import Publication
from courses.tables.lessons import Lesson
from courses.tables.roster import Excuse

CELLS_MAX = 2_000
#: cells in one transaction: neither the write lock nor the event loop is held for long
BATCH = 100
#: between two of them, so that scans come first; seconds
PAUSE = 0.002
#: what can be done to a cell, and to which
ACTIONS: dict[str, Callable[[Cell], bool]] = {
    "confirm": lambda cell: cell.rung != "confirmed" or cell.state != "done",
    "refuse": lambda cell: cell.rung in DONE,
    "excuse": lambda cell: cell.state != "done" and cell.excuse is None,
    "unexcuse": lambda cell: cell.excuse is not None,
}


@dataclass(frozen=True)
class Mark:
    """What is done to one cell; `platforms` are those of its publications that it is about."""

    student: UUID
    name: str
    lesson: UUID
    title: str
    platforms: tuple[str, ...]


@dataclass(frozen=True)
class Marked:
    """How many cells changed at one moment, by which it can be undone; `passed_over` are those to which it does not apply."""

    at: datetime
    count: int
    passed_over: int


async def mark_cells(
    person: SignedIn, course_id: UUID, cells: Sequence[tuple[UUID, UUID]], action: str, reason: str = ""
) -> Marked:
    """Do one of ACTIONS to cells, (student, lesson). Raises Invalid; NotFound for what is not in the course."""
    _check(cells, action, reason)
    marks = await _marks(course_id, list(dict.fromkeys(cells)), action)
    moment = now()
    for start in range(0, len(marks), BATCH):
        await _write_some(person, course_id, marks[start : start + BATCH], action, reason, moment)
        await asyncio.sleep(PAUSE)
    return Marked(moment, len(marks), len(set(cells)) - len(marks))


async def mark_seen(
    person: SignedIn, course_id: UUID, cell: tuple[UUID, UUID], action: str, reason: str, seen: str
) -> Marked:
    """The same to the one cell that somebody looks at, which was `seen` as `look_of` told.

    Raises Conflict, and changes nothing, where somebody has decided or the student has said something else since.
    """
    _check([cell], action, reason)
    marks, moment = await _marks(course_id, [cell], action, looked_at=True), now()
    if not marks:
        raise changed_meanwhile()
    await _write_some(person, course_id, marks, action, reason, moment, seen)
    return Marked(moment, 1, 0)


def _check(cells: Sequence[tuple[UUID, UUID]], action: str, reason: str) -> None:
    if action not in ACTIONS:
        raise Invalid({"action": Message("Choose what to do.")})
    if not cells:
        raise Invalid({"cells": Message("Choose at least one cell.")})
    if len(cells) > CELLS_MAX:
        raise Invalid({"cells": Message("These are more than {most} cells. Choose fewer.", most=CELLS_MAX)})
    if action == "refuse" and not reason.strip():
        raise Invalid({"reason": Message("Say why, so that the student knows what is missing.")})
    if len(reason) > FAILURE_LENGTH:
        raise Invalid({"reason": Message("Write at most {limit} characters.", limit=FAILURE_LENGTH)})


async def _marks(
    course_id: UUID, cells: list[tuple[UUID, UUID]], action: str, *, looked_at: bool = False
) -> list[Mark]:
    """The cells to which the action applies; who is `looked_at` may be excused although they say that it is done."""
    rows = await rows_of(course_id, {student for student, _ in cells})
    lessons = await Lesson.select(Lesson.id, Lesson.title, *RULE_COLUMNS).where(Lesson.course == course_id)
    known = {row["id"]: row for row in lessons}
    reached = await _reached([lesson for _, lesson in cells]) if action in ("confirm", "refuse") else {}
    marks = []
    for student, lesson in cells:
        if student not in rows or lesson not in rows[student].cells:
            raise NotFound
        cell, row = rows[student].cells[lesson], known[lesson]
        if ACTIONS[action](cell) or (looked_at and action == "excuse" and cell.excuse is None):
            where = _where(action, cell, row, reached.get((student, lesson), {}))
            marks.append(Mark(student, rows[student].student.name, lesson, row["title"], where))
    return marks


def _where(action: str, cell: Cell, lesson: Mapping[str, Any], reached: Mapping[str, str]) -> tuple[str, ...]:
    """On which platforms: all on which it is said to be done, as what is refused on one only may still be done; to be
    confirmed, all that the lesson's rule names, and else the one that the cell shows.
    """
    rule = rule_of(lesson)
    some: tuple[str, ...] = ()
    if action == "refuse":
        some = tuple(slug for slug, rung in reached.items() if rung in DONE)
    elif action == "confirm" and rule.which != "any":
        some = tuple(slug for slug in rule.platforms if reached.get(slug) != "confirmed")
    return some or (cell.platform or next(iter(msgspec.json.decode(lesson["platforms"])), "xiaohongshu"),)


async def _reached(lessons: list[UUID]) -> dict[tuple[UUID, UUID], dict[str, str]]:
    """The rungs by platform of each student and lesson."""
    rows = await Publication.select(
        Publication.student, Publication.lesson, Publication.platform, Publication.rung
    ).where(Publication.lesson.is_in(list(set(lessons)))).order_by(Publication.platform)  # fmt: skip
    found: dict[tuple[UUID, UUID], dict[str, str]] = {}
    for row in rows:
        found.setdefault((row["student"], row["lesson"]), {})[row["platform"]] = row["rung"]
    return found


@unit_of_work
async def _write_some(
    person: SignedIn, course_id: UUID, marks: Sequence[Mark], action: str, reason: str, moment: datetime, seen: str = ""
) -> None:
    async with writing():
        if seen:
            await check_unchanged(marks[0].student, marks[0].lesson, seen)
        await _write(person, course_id, marks, action, reason, moment)


async def _write(
    person: SignedIn, course_id: UUID, marks: Sequence[Mark], action: str, reason: str, moment: datetime
) -> None:
    detail = {"reason": reason} if reason else {}
    match action:
        case "excuse":
            await Excuse.insert(
                *(
                    Excuse(student=mark.student, lesson=mark.lesson, person=person.id, reason=reason, at=moment)
                    for mark in marks
                )
            )
        case "unexcuse":
            for mark in marks:
                await Excuse.update({Excuse.undone_at: moment}).where(
                    Excuse.student == mark.student, Excuse.lesson == mark.lesson, Excuse.undone_at.is_null()
                )  # fmt: skip
        case _:
            reports = [
                Report(
                    lesson=mark.lesson, kind=action, platform=platform, at=moment, received_at=moment,
                    student=mark.student, person=person.id, detail=detail,
                )
                for mark in marks
                for platform in mark.platforms
            ]  # fmt: skip
            await keep(reports)
            await apply(reports)
    for mark in marks:
        about = {"lesson": mark.lesson, "title": mark.title, "platform": ", ".join(mark.platforms)} | detail
        await record(f"publication.{action}", person, course=course_id, object=mark.student, label=mark.name,
                     detail=about, at=moment)  # fmt: skip
