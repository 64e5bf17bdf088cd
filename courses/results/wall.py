"""The live wall: for each student of a course where the phone stands with one lesson, and why it does not go on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from courses.clock import now
from courses.database import reads_apart
from courses.events.done import DoneRule
from courses.events.ladder import DONE, RUNGS
from courses.lessons.done_counts import rule_of_lesson
from courses.results.cells import best_cells, excuses_of
from courses.results.completion import unnamed_phones
from courses.results.values import Cell
from courses.students.phones import shared_names
from courses.students.roster import students_of
from courses.students.values import StudentInfo
from courses.tables.events import Event, Publication

STATES = ("waiting", "scanned", "working", "stuck", "done", "excused")
#: nothing new from a phone for so long is worth a look
QUIET_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Tile:
    """One student; `state` is one of STATES. `reason` says why one is stuck.

    It is "quiet" (nothing new for a while), "refused" (by an instructor), "browser:APP" (scanned in an app's own browser),
    or "cause:CAUSE", one of `courses.events.causes.CAUSES`.
    """

    student: UUID
    number: str
    name: str
    state: str
    rung: str
    reason: str = ""
    #: on how many phones the name is, where that is more than one
    phones: int = 1
    group: str = ""


@dataclass(frozen=True)
class Wall:
    """`totals` counts the students on each rung; `unnamed` phones have not said whose they are; `rule` says what is done."""

    tiles: tuple[Tile, ...]
    totals: Mapping[str, int]
    unnamed: int
    rule: DoneRule

    @property
    def states(self) -> dict[str, int]:
        """How many tiles are in each state."""
        counter = Counter(tile.state for tile in self.tiles)
        return {state: counter[state] for state in STATES}

    @property
    def shared(self) -> int:
        """How many names are on several phones."""
        return sum(tile.phones > 1 for tile in self.tiles)


@reads_apart
async def wall(course_id: UUID, lesson_id: UUID, quiet_after: timedelta = QUIET_AFTER) -> Wall:
    """Everyone enrolled, in the roster's order, as the database has it now; in seven queries."""
    students, rule = await students_of(course_id), await rule_of_lesson(lesson_id)
    best = await best_cells({lesson_id: rule})
    excuses, (inside, scans) = await excuses_of(course_id), await _scans(lesson_id)
    shared = await shared_names(course_id, scans)
    moment = now()
    tiles = []
    for student in students:
        cell = best.get(str(student.id), {}).get(str(lesson_id), Cell())
        excused = (student.id, lesson_id) in excuses
        tile = _tile(student, cell, excused, inside.get(student.id, ""), moment - quiet_after)
        tiles.append(replace(tile, phones=shared[student.id]) if student.id in shared else tile)
    counter = Counter(tile.rung for tile in tiles)
    return Wall(tuple(tiles), {rung: counter[rung] for rung in RUNGS}, await unnamed_phones(lesson_id), rule)


def _tile(student: StudentInfo, cell: Cell, excused: bool, app: str, quiet_since: datetime) -> Tile:
    state, reason = cell.state, ""
    if state == "stuck":
        reason = "refused" if cell.refusal is not None else f"cause:{cell.cause or 'unknown'}"
    elif state == "begun":
        state = "scanned" if cell.rung == "scanned" else "working"
        if app and cell.rung in ("scanned", "previewed"):
            state, reason = "stuck", f"browser:{app}"
        elif cell.rung not in DONE and cell.at is not None and cell.at < quiet_since:
            state, reason = "stuck", "quiet"
    elif state == "not_begun":
        state = "waiting"
    if excused and state != "done":
        state, reason = "excused", ""
    return Tile(student.id, student.number, student.name, state, cell.rung, reason, group=student.group)


async def _scans(lesson_id: UUID) -> tuple[dict[UUID, str], set[tuple[UUID, str]]]:
    """For whoever last scanned in an app's own browser, which; and which student scanned with which phone."""
    rows = await Event.select(Event.student, Event.device, Event.detail).where(
        Event.lesson == lesson_id, Event.kind == "scan", Event.student.is_not_null()
    ).order_by(Event.received_at)  # fmt: skip
    found: dict[UUID, str] = {}
    for row in rows:
        detail: dict[str, Any] = msgspec.json.decode(row["detail"])
        found[row["student"]] = str(detail.get("browser", ""))[:20]
    return found, {(row["student"], row["device"]) for row in rows if row["device"]}


async def last_change() -> object:
    """Tells whether any publication has changed since it was asked before: by an index, so that asking often costs nothing."""
    rows = await Publication.raw("SELECT MAX(changed_at) AS at FROM publication")
    return rows[0]["at"]
