"""Columns of an export that a person saved under a name for a course."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import msgspec

from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.results.export_tables import check_columns
from courses.signed_in import SignedIn
from courses.tables.classes import ExportPreset
from courses.texts import one_line

NAME_LENGTH = 60
#: of one person in one course
MOST = 50


@dataclass(frozen=True)
class Preset:
    """Of one person alone."""

    id: UUID
    export: str
    name: str
    columns: list[str]


async def presets_of(person: SignedIn, course: UUID) -> list[Preset]:
    """What a person saved for a course, by name."""
    rows = await ExportPreset.select(ExportPreset.id, ExportPreset.export, ExportPreset.name, ExportPreset.columns).where(
        ExportPreset.course == course, ExportPreset.person == person.id
    )  # fmt: skip
    found = [Preset(**row | {"columns": msgspec.json.decode(row["columns"])}) for row in rows]
    return sorted(found, key=lambda preset: (preset.export, preset.name.casefold()))


@unit_of_work
async def save_preset(person: SignedIn, course: UUID, export: str, name: str, columns: Collection[str]) -> UUID:
    """Keep these columns; one of the same name is replaced. Raises NotFound, Invalid, Conflict."""
    chosen = check_columns(export, columns)
    name = one_line(name)
    if not 0 < len(name) <= NAME_LENGTH:
        raise Invalid({"name": Message("Give it a name of up to {limit} characters.", limit=NAME_LENGTH)})
    mine = ExportPreset.course == course, ExportPreset.person == person.id
    row = ExportPreset(course=course, person=person.id, export=export, name=name,
                       columns=msgspec.json.encode(chosen).decode(), created_at=now())  # fmt: skip
    async with writing():
        await ExportPreset.delete().where(*mine, ExportPreset.export == export, ExportPreset.name == name)
        if await ExportPreset.count().where(*mine) >= MOST:
            raise Conflict(Message("You have saved {limit} choices for this course. Delete one first.", limit=MOST))
        await ExportPreset.insert(row)
    return row.id


async def remove_preset(person: SignedIn, course: UUID, preset: UUID) -> None:
    """Raises NotFound for one that is not the person's."""
    mine = ExportPreset.id == preset, ExportPreset.course == course, ExportPreset.person == person.id
    if not await ExportPreset.delete().where(*mine).returning(ExportPreset.id):
        raise NotFound
