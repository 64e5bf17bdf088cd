"""Starting a print run: which student gets which lesson, and a link of its own for each slip."""

import asyncio
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any
from uuid import UUID

import msgspec

from courses.audit import record
from courses.clock import now
from courses.database import one_at_a_time, unit_of_work, writing
from courses.errors import Conflict, Message
from courses.lessons.links import LinkInfo, class_links, forget_card
from courses.printing.printable import SLIPS_MAX, check_amount
from courses.printing.runs import RunSlip
from courses.printing.values import PERSONAL, PrintOptions, PrintRunInfo
from courses.results.completion import completion
from courses.signed_in import SignedIn
from courses.spoken import new_spoken
from courses.students.roster import students_of
from courses.tables.links import Link
from courses.tables.printing import PrintRun
from courses.tokens import CODE_BYTES, public_id

#: links in one transaction, about 15 ms: neither the write lock nor the event loop is held for long
_ROWS = 100
#: between two of them, so that scans come first; seconds
_PAUSE = 0.005
_NUMBERS = 0x5052_4E54  # the key under which runs get their numbers


@dataclass(frozen=True)
class Pair:
    """A slip's lesson and, of a personal one, its student; `serial` is its place in the run."""

    lesson: UUID
    student: UUID | None = None
    serial: int = 0


@dataclass(frozen=True)
class RunRequest:
    """What is to be printed: `grid` is that of a layout of the course's own."""

    kind: str
    layout: str
    options: PrintOptions
    pairs: Sequence[Pair]
    grid: Mapping[str, Any] = field(default_factory=dict)

    @property
    def slips(self) -> int:
        return len(self.pairs) * (1 if self.kind in PERSONAL else self.options.copies)


async def pairs_for(
    course_id: UUID,
    kind: str,
    lessons: Sequence[UUID],
    by_lesson: bool = False,
    only: Collection[tuple[UUID, UUID]] | None = None,
    whose: Collection[UUID] | None = None,
) -> list[Pair]:
    """Slips in the order in which they are printed: of a personal kind by student, or by lesson; else by lesson.

    Of a catch-up only those that are neither done nor excused; with `only`, (student, lesson), of these. With `whose` for
    these students only. Never many more than a run may have.
    """
    if kind not in PERSONAL:
        return [Pair(lesson) for lesson in lessons]
    students = [student.id for student in await students_of(course_id) if whose is None or student.id in whose]
    pairs = product(lessons, students) if by_lesson else ((b, a) for a, b in product(students, lessons))
    if kind == "catchup":
        missing = await _missing(course_id)
        missing &= missing if only is None else {(lesson, student) for student, lesson in only}
        pairs = (pair for pair in pairs if pair in missing)
    return [Pair(lesson, student) for lesson, student in islice(pairs, SLIPS_MAX + 1)]


async def _missing(course_id: UUID) -> set[tuple[UUID, UUID]]:
    rows = (await completion(course_id)).rows
    return {
        (lesson, row.student.id)
        for row in rows
        for lesson, cell in row.cells.items()
        if cell.state not in ("done", "excused")
    }


async def start_run(by: SignedIn, course_id: UUID, wanted: RunRequest) -> UUID:
    """Queue a run with links of its own; they open and expire as the lessons' class links. Raises Invalid, Conflict."""
    check_amount(wanted.slips)
    run = await _new_run(by, course_id, wanted)
    times = await class_links(list({pair.lesson for pair in wanted.pairs}))
    pairs = [Pair(pair.lesson, pair.student, pair.serial or place) for place, pair in enumerate(wanted.pairs, start=1)]
    for start in range(0, len(pairs), _ROWS):
        await _issue(by, run.id, pairs[start : start + _ROWS], times)
        await asyncio.sleep(_PAUSE)
    await _queue(by, run)
    return run.id


async def reissue_slip(by: SignedIn, run: PrintRunInfo, slip: RunSlip, used: Collection[int] = ()) -> UUID:
    """Withdraw a slip's link and print one for it, as a run of its own with the same place; cells that are `used` stay free.

    Raises Conflict.
    """
    if slip.link.withdrawn_at is not None:
        raise Conflict(Message("This slip was withdrawn already."))
    name = run.serial(slip.serial)
    options = msgspec.structs.replace(run.options, skip=tuple(sorted(used)), replaces=name)
    pair = Pair(slip.link.lesson, slip.link.student, slip.serial)
    new = await start_run(by, run.course, RunRequest(run.kind, run.layout, options, [pair], run.grid))
    await _replace(by, run, slip.link, name, new)
    forget_card(slip.link.code)
    return new


@unit_of_work
async def _new_run(by: SignedIn, course_id: UUID, wanted: RunRequest) -> PrintRun:
    async with writing():
        await one_at_a_time(_NUMBERS)
        last = await PrintRun.select(PrintRun.number).where(PrintRun.course == course_id).order_by(
            PrintRun.number, ascending=False
        ).limit(1)  # fmt: skip
        run = PrintRun(
            course=course_id, number=(last[0]["number"] if last else 0) + 1, created_by=by.id, created_at=now(),
            kind=wanted.kind, layout=wanted.layout, grid=msgspec.json.encode(wanted.grid).decode(),
            options=msgspec.json.encode(wanted.options).decode(), slips=wanted.slips,
        )  # fmt: skip
        await PrintRun.insert(run)
    return run


async def _issue(by: SignedIn, run: UUID, pairs: Sequence[Pair], times: Mapping[UUID, LinkInfo]) -> None:
    """Codes are random, and one in many thousands is taken already: such a link gets another one."""
    moment, missing = now(), list(pairs)
    while missing:
        rows = []
        for pair in missing:
            like = times.get(pair.lesson)
            rows.append(Link(
                code=public_id(secrets.token_bytes(CODE_BYTES)), spoken=new_spoken(), lesson=pair.lesson,
                student=pair.student, opens_at=like and like.opens_at, expires_at=like and like.expires_at,
                created_at=moment, created_by=by.id, run=run, serial=pair.serial,
            ))  # fmt: skip
        made = await Link.insert(*rows).on_conflict(action="DO NOTHING").returning(Link.serial)
        taken = {row["serial"] for row in made}
        missing = [pair for pair in missing if pair.serial not in taken]


@unit_of_work
async def _queue(by: SignedIn, run: PrintRun) -> None:
    async with writing():
        await PrintRun.update({PrintRun.state: "queued"}).where(PrintRun.id == run.id)
        await record(
            "print.start", by, course=run.course, object=run.id, label=f"P{run.number}",
            detail={"kind": run.kind, "slips": run.slips},
        )  # fmt: skip


@unit_of_work
async def _replace(by: SignedIn, run: PrintRunInfo, link: LinkInfo, name: str, new: UUID) -> None:
    async with writing():
        await Link.update({Link.withdrawn_at: now()}).where(Link.id == link.id, Link.withdrawn_at.is_null())
        await record("print.reissue", by, course=run.course, object=run.id, label=name, detail={"run": new})
