"""What is known of a print run: how far it is, what came of it, its slips, and how often they were scanned."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable
from piccolo.query import Select
from piccolo.query.functions import Count, Min

from courses.catalogue.courses import course_of
from courses.catalogue.roles import Right
from courses.database import reads_apart
from courses.errors import NotFound
from courses.lessons.links import COLUMNS, LinkInfo
from courses.paging import page_of
from courses.printing.values import PrintOptions, PrintRunInfo, ProblemRecord, ProofRecord
from courses.signed_in import SignedIn
from courses.tables.events import Event, RefusedScan
from courses.tables.links import Link
from courses.tables.printing import PrintRun

#: of slips, and of runs
PAGE = 50
#: runs that are looked at for what was printed last
LAST = 10
#: where scans are rows: those that led to a lesson, and those that were refused
_SCANS: tuple[tuple[type[Event] | type[RefusedScan], tuple[Combinable, ...]], ...] = (
    (Event, (Event.kind == "scan",)),
    (RefusedScan, ()),
)


@dataclass(frozen=True)
class RunSlip:
    """A link of a run and what its slip says; `cover` is the lesson's."""

    link: LinkInfo
    serial: int
    title: str
    cover: UUID | None
    student: str
    number: str


@dataclass(frozen=True)
class LastPrint:
    """The last run that holds a lesson: how many slips of it, and how many of these still open it."""

    id: UUID
    number: int
    created_at: datetime
    slips: int
    good: int

    @property
    def name(self) -> str:
        """ "P3"."""
        return f"P{self.number}"


@dataclass(frozen=True)
class Scans:
    """How often a run's codes were scanned, and which of its links."""

    scans: int = 0
    links: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class RunPage:
    """Some of a course's runs, the newest first; pages are counted from 1."""

    runs: list[PrintRunInfo]
    page: int
    pages: int


async def run_of(person: SignedIn, run_id: UUID, may: Right = "read") -> PrintRunInfo:
    """A run of a course in which the person has the right. Raises NotFound, NotAllowed."""
    run = await find_run(run_id)
    await course_of(person, run.course, may)
    return run


async def find_run(run_id: UUID) -> PrintRunInfo:
    """A run, whosever it is. Raises NotFound."""
    runs = await _load(PrintRun.id == run_id)
    if not runs:
        raise NotFound
    return runs[0]


async def runs_of(course_id: UUID, page: int = 1) -> RunPage:
    """A page of a course's runs, in two queries; a page too far is the last."""
    where = PrintRun.course == course_id, PrintRun.state != "new"
    at = page_of(await PrintRun.count().where(*where), PAGE, page)
    rows = await _select().where(*where).order_by(PrintRun.number, ascending=False).limit(PAGE).offset(at.offset)
    return RunPage([_info(row) for row in rows], at.page, at.pages)


async def runs_on_sheet(course_id: UUID, layout: str) -> list[PrintRunInfo]:
    """The newest finished runs of a course with this layout, at most 50, the oldest first."""
    rows = await _select().where(
        PrintRun.course == course_id, PrintRun.layout == layout, PrintRun.state == "done"
    ).order_by(PrintRun.number, ascending=False).limit(PAGE)  # fmt: skip
    return [_info(row) for row in reversed(rows)]


@reads_apart
async def last_runs(course_id: UUID) -> list[PrintRunInfo]:
    """The newest of a course, at most LAST, without those that failed or that print one slip anew."""
    rows = await _select().where(
        PrintRun.course == course_id, PrintRun.state.is_in(["queued", "working", "done"])
    ).order_by(PrintRun.number, ascending=False).limit(LAST)  # fmt: skip
    return [run for run in map(_info, rows) if not run.options.replaces]


@reads_apart
async def lessons_with_slips(course_id: UUID) -> set[UUID]:
    """The lessons of a course that were printed and whose slips open them; a poster is no slip."""
    rows = await Link.select(Link.lesson).where(
        Link.run.course == course_id, Link.run.withdrawn_at.is_null(), Link.withdrawn_at.is_null(),
        Link.run.kind != "poster", Link.run.state.is_in(["queued", "working", "done"]),
    ).group_by(Link.lesson)  # fmt: skip
    return {row["lesson"] for row in rows}


async def lessons_of_run(run_id: UUID) -> list[UUID]:
    """The lessons of its links, in their order."""
    rows = await Link.select(Link.lesson, Min(Link.serial, alias="first")).where(
        Link.run == run_id
    ).group_by(Link.lesson)  # fmt: skip
    return [row["lesson"] for row in sorted(rows, key=lambda row: row["first"])]


async def slips_of_run(run_id: UUID, after: int = 0, limit: int = PAGE, offset: int = 0) -> list[RunSlip]:
    """The links of a run whose place is behind `after`, in their order, without the first `offset` of them."""
    rows = await Link.select(
        *COLUMNS, Link.serial, Link.lesson.title.as_alias("title"), Link.lesson.cover.as_alias("cover"),
        Link.student.name.as_alias("name"), Link.student.number.as_alias("number"),
    ).where(Link.run == run_id, Link.serial > after).order_by(Link.serial).limit(limit).offset(offset)  # fmt: skip
    return [_slip(row) for row in rows]


async def slip_of_run(run_id: UUID, link_id: UUID) -> RunSlip:
    """One of them. Raises NotFound."""
    rows = await Link.select(Link.serial).where(Link.run == run_id, Link.id == link_id)
    if not rows:
        raise NotFound
    return (await slips_of_run(run_id, rows[0]["serial"] - 1, 1))[0]


async def links_in_run(run_id: UUID) -> tuple[int, int]:
    """How many links a run has, and how many of them are not withdrawn."""
    every = await Link.count().where(Link.run == run_id)
    return every, await Link.count().where(Link.run == run_id, Link.withdrawn_at.is_null())


async def scans_of_runs(runs: list[UUID]) -> dict[UUID, Scans]:
    """Of several runs, those that were refused too, in two queries; one that nobody has scanned is left out."""
    if not runs:
        return {}
    found: dict[UUID, Scans] = {}
    for table, scan in _SCANS:
        rows = await table.select(table.link.run.as_alias("run"), table.link, Count(alias="scans")).where(
            *scan, table.link.run.is_in(runs)
        ).group_by(table.link.run, table.link)  # fmt: skip
        for row in rows:
            before = found.get(row["run"], Scans())
            found[row["run"]] = Scans(before.scans + row["scans"], before.links | {row["link"]})
    return found


async def scans_of_links(links: list[UUID]) -> dict[UUID, int]:
    """How often each was scanned, in two queries."""
    found: Counter[UUID] = Counter()
    if links:
        for table, scan in _SCANS:
            rows = await table.select(table.link, Count(alias="scans")).where(
                *scan, table.link.is_in(links)
            ).group_by(table.link)  # fmt: skip
            found.update({row["link"]: row["scans"] for row in rows})
    return found


def _slip(row: dict[str, Any]) -> RunSlip:
    link = LinkInfo(**{name: row[name] for name in LinkInfo.__dataclass_fields__})
    return RunSlip(link, row["serial"], row["title"], row["cover"], row["name"] or "", row["number"] or "")


def _select() -> Select[PrintRun]:
    return PrintRun.select(
        *PrintRun.all_columns(exclude=[PrintRun.created_by]), PrintRun.created_by.name.as_alias("by"),
        PrintRun.course.title.as_alias("course_title"),
    )  # fmt: skip


async def _load(*where: Combinable) -> list[PrintRunInfo]:
    return [_info(row) for row in await _select().where(*where, PrintRun.state != "new")]


def _info(row: Mapping[str, Any]) -> PrintRunInfo:
    read = {
        "created_by": row["by"],
        "grid": msgspec.json.decode(row["grid"]),
        "options": msgspec.json.decode(row["options"], type=PrintOptions),
        "problem": msgspec.json.decode(row["problem"], type=ProblemRecord),
        "proof": msgspec.json.decode(row["proof"], type=ProofRecord),
    }
    same = {name: row[name] for name in PrintRunInfo.__dataclass_fields__ if name not in read}
    return PrintRunInfo(**same, **read)


async def last_print_of(lesson: UUID) -> LastPrint | None:
    """None for a lesson that is on no paper."""
    row = await Link.select(
        Link.run.id.as_alias("id"), Link.run.number.as_alias("number"), Link.run.created_at.as_alias("created_at")
    ).where(Link.lesson == lesson, Link.run.is_not_null()).order_by(Link.run.created_at, ascending=False).first()  # fmt: skip
    if row is None:
        return None
    slips = Link.lesson == lesson, Link.run == row["id"]
    return LastPrint(
        **row,
        slips=await Link.count().where(*slips),
        good=await Link.count().where(*slips, Link.withdrawn_at.is_null()),
    )
