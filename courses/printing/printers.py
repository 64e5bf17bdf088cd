"""A person's printers, and what makes up for what they do to a page."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.signed_in import SignedIn
from courses.tables.people import Person
from courses.tables.printing import Printer
from courses.texts import one_line

PRINTERS_MAX, NAME_LENGTH = 20, 60
_COLUMNS = (
    Printer.id, Printer.name, Printer.offset_x, Printer.offset_y, Printer.scale_x, Printer.scale_y, Printer.preferred,
    Printer.created_at,
)  # fmt: skip


@dataclass(frozen=True)
class PrinterInfo:
    """A printer: a page is scaled from its top left, then moved by so many millimetres to the right and down."""

    id: UUID
    name: str
    offset_x: float
    offset_y: float
    scale_x: float
    scale_y: float
    preferred: bool
    created_at: datetime


async def printers_of(person: SignedIn) -> list[PrinterInfo]:
    """The preferred one first, then by name."""
    rows = await Printer.select(*_COLUMNS).where(Printer.person == person.id)
    found = [PrinterInfo(**row) for row in rows]
    return sorted(found, key=lambda printer: (not printer.preferred, printer.name.casefold(), printer.created_at))


async def printer_of(person: SignedIn, printer_id: UUID) -> PrinterInfo:
    """One of the person's. Raises NotFound."""
    row = await Printer.select(*_COLUMNS).where(Printer.id == printer_id, Printer.person == person.id).first()
    if row is None:
        raise NotFound
    return PrinterInfo(**row)


def checked_name(text: str) -> str:
    """On one line. Raises Invalid."""
    name = one_line(text)
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise Invalid({"name": Message("Give the printer a name of up to {limit} characters.", limit=NAME_LENGTH)})
    return name


@unit_of_work
async def add_printer(
    person: SignedIn, name: str, offset: tuple[float, float], scale: tuple[float, float]
) -> PrinterInfo:
    """Keep a printer under a name; a printer of that name is measured anew. The first is preferred.

    Raises Invalid, Conflict; ValueError for numbers that are none.
    """
    name = checked_name(name)
    if not all(map(math.isfinite, (*offset, *scale))):
        raise ValueError("a fit is of finite numbers")
    values: dict[Column, Any] = {
        Printer.offset_x: offset[0], Printer.offset_y: offset[1], Printer.scale_x: scale[0], Printer.scale_y: scale[1],
        Printer.created_at: now(),
    }  # fmt: skip
    async with writing():
        # The person's row is also the lock that keeps two of these from both being the first.
        await Person.update({Person.name: Person.name}).where(Person.id == person.id)
        printers = await printers_of(person)
        known = next((each for each in printers if each.name.casefold() == name.casefold()), None)
        if known is None and len(printers) >= PRINTERS_MAX:
            raise Conflict(Message("{limit} printers are kept. Delete one that you do not use.", limit=PRINTERS_MAX))
        if known is None:
            row = Printer(values, person=person.id, name=name, preferred=not printers)
            await Printer.insert(row)
            printer_id = row.id
        else:
            await Printer.update(dict(values.items())).where(Printer.id == known.id)
            printer_id = known.id
        await record("printer.measure", person, course=None, object=printer_id, label=name)
        return await printer_of(person, printer_id)


@unit_of_work
async def prefer_printer(person: SignedIn, printer_id: UUID) -> None:
    """Sheets are made for this one from now on. Raises NotFound."""
    async with writing():
        printer = await printer_of(person, printer_id)
        if not printer.preferred:
            await Printer.update({Printer.preferred: False}).where(Printer.person == person.id)
            await Printer.update({Printer.preferred: True}).where(Printer.id == printer_id)
            await record("printer.prefer", person, course=None, object=printer_id, label=printer.name)


@unit_of_work
async def delete_printer(person: SignedIn, printer_id: UUID) -> None:
    """Forget one; of those that are left the first by name becomes the preferred one if it was. Raises NotFound."""
    async with writing():
        printer = await printer_of(person, printer_id)
        await Printer.delete().where(Printer.id == printer_id)
        left = await printers_of(person)
        if printer.preferred and left:
            await Printer.update({Printer.preferred: True}).where(Printer.id == left[0].id)
        await record("printer.remove", person, course=None, object=printer_id, label=printer.name)
