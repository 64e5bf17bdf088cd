"""Label sheets that somebody measured, kept for a course."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from courses.audit import changed, record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.signed_in import SignedIn
from courses.tables.courses import Course
from courses.tables.printing import OwnLayout
from courses.texts import one_line

LAYOUTS_MAX, NAME_LENGTH = 40, 60
UNITS = ("mm", "in")
_COLUMNS = (OwnLayout.id, OwnLayout.course, OwnLayout.name, OwnLayout.grid, OwnLayout.unit)

Grid = Mapping[str, float | int]


@dataclass(frozen=True)
class OwnLayoutInfo:
    """A label sheet; `grid` is in millimetres by the names of its parts, `unit` (mm or in) is what it was typed in."""

    id: UUID
    course: UUID
    name: str
    grid: dict[str, float]
    unit: str


async def own_layouts(course_id: UUID) -> list[OwnLayoutInfo]:
    """A course's, by name."""
    rows = await OwnLayout.select(*_COLUMNS).where(OwnLayout.course == course_id)
    return sorted(map(_info, rows), key=lambda layout: layout.name.casefold())


async def own_layout(course_id: UUID, layout_id: UUID) -> OwnLayoutInfo:
    """One of this course. Raises NotFound."""
    where = OwnLayout.id == layout_id, OwnLayout.course == course_id
    row = await OwnLayout.select(*_COLUMNS).where(*where).first()
    if row is None:
        raise NotFound
    return _info(row)


def checked_layout_name(text: str) -> str:
    """On one line. Raises Invalid."""
    name = one_line(text)
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise Invalid({"name": Message("Give the layout a name of up to {limit} characters.", limit=NAME_LENGTH)})
    return name


@unit_of_work
async def create_own_layout(by: SignedIn | None, course_id: UUID, name: str, grid: Grid, unit: str) -> UUID:
    """Keep a grid, which whoever prints has checked. Raises Invalid, Conflict."""
    name = checked_layout_name(name)
    row = OwnLayout(course=course_id, name=name, grid=_json(grid), unit=_unit(unit), created_at=now())
    async with writing():
        if await _locked(course_id, name) >= LAYOUTS_MAX:
            raise Conflict(Message("{limit} layouts are kept. Delete one that you do not use.", limit=LAYOUTS_MAX))
        await OwnLayout.insert(row)
        await record("layout.create", by, course=course_id, object=row.id, label=name)
    return row.id


@unit_of_work
async def edit_own_layout(by: SignedIn | None, layout: OwnLayoutInfo, name: str, grid: Grid, unit: str) -> None:
    """Raises Invalid."""
    name = checked_layout_name(name)
    async with writing():
        await _locked(layout.course, name, but=layout.id)
        values: Changes = {OwnLayout.name: name, OwnLayout.grid: _json(grid), OwnLayout.unit: _unit(unit)}
        await OwnLayout.update(values).where(OwnLayout.id == layout.id)
        if (name, dict(grid), unit) != (layout.name, layout.grid, layout.unit):
            detail = changed({"name": layout.name}, {"name": name})
            await record("layout.edit", by, course=layout.course, object=layout.id, label=name, detail=detail)


@unit_of_work
async def delete_own_layout(by: SignedIn | None, layout: OwnLayoutInfo) -> None:
    """What was printed with it stays good."""
    async with writing():
        if await OwnLayout.delete().where(OwnLayout.id == layout.id).returning(OwnLayout.id):
            await record("layout.remove", by, course=layout.course, object=layout.id, label=layout.name)


async def _locked(course_id: UUID, name: str, but: UUID | None = None) -> int:
    """How many there are; the course's row keeps two changes from taking one name. Raises Invalid for a taken one."""
    await Course.update({Course.title: Course.title}).where(Course.id == course_id)
    others = [each for each in await own_layouts(course_id) if each.id != but]
    if name.casefold() in {each.name.casefold() for each in others}:
        raise Invalid({"name": Message("This course has a layout of this name already.")})
    return len(others)


def _unit(unit: str) -> str:
    if unit not in UNITS:
        raise ValueError(f"unknown unit {unit!r}")
    return unit


def _json(grid: Grid) -> str:
    return msgspec.json.encode(dict(grid)).decode()


def _info(row: dict[str, Any]) -> OwnLayoutInfo:
    return OwnLayoutInfo(row["id"], row["course"], row["name"], msgspec.json.decode(row["grid"]), row["unit"])
