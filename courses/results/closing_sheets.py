"""Closing sheets: a course's figures at one time, kept as they were printed, so that the paper can be checked."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from piccolo.custom_types import Combinable
from piccolo.query import Select

from courses.audit import record
from courses.catalogue.courses import CourseInfo
from courses.database import reads_apart, unit_of_work, writing
from courses.errors import Conflict, Message, NotFound
from courses.results.statistics import Cause, Funnel, Statistics
from courses.signed_in import SignedIn
from courses.spoken import ALPHABET
from courses.tables.classes import ClosingSheet

#: 80 bits, in the alphabet that people read to each other
CODE_LENGTH = 16
_LOOKS_LIKE = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class Closing:
    """What a closing sheet says; `person` is who made it, None for somebody who is gone."""

    id: UUID
    code: str
    as_of: datetime
    person: str | None
    course: str
    term: str
    enrolled: int
    funnels: tuple[Funnel, ...]
    causes: tuple[Cause, ...]

    @property
    def totals(self) -> dict[str, int]:
        """Students × lessons that came to each step."""
        steps = self.funnels[0].reached if self.funnels else {}
        return {step: sum(funnel.reached[step] for funnel in self.funnels) for step in steps}

    @property
    def pairs(self) -> int:
        """Students × lessons in all."""
        return self.enrolled * len(self.funnels)


@unit_of_work
async def close(by: SignedIn, course: CourseInfo, found: Statistics, as_of: datetime) -> Closing:
    """Keep the figures under a new code. Raises Conflict where there is nothing to put on paper."""
    if not found.funnels or not found.enrolled:
        raise Conflict(Message("There is nothing to put on a closing sheet yet: it needs a lesson and a student."))
    figures = {
        "course": course.title, "term": course.term, "enrolled": found.enrolled, "funnels": found.funnels,
        "causes": found.causes,
    }  # fmt: skip
    sheet = ClosingSheet(
        id=uuid4(), course=course.id, code=_new_code(), as_of=as_of, person=by.id,
        figures=msgspec.json.encode(figures).decode(),
    )  # fmt: skip
    async with writing():
        await ClosingSheet.insert(sheet)
        await record("course.closing", by, course=course.id, object=sheet.id, label=sheet.code)
    return await _one(ClosingSheet.id == sheet.id)


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def show_code(code: str) -> str:
    """`ABCD-EFGH-JKMN-PQRS`."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_code(text: str) -> str:
    """A typed or scanned code as it is stored; what cannot be one stays so and is not found."""
    return "".join(text.upper().split()).replace("-", "").translate(_LOOKS_LIKE)


@reads_apart
async def closings_of(course_id: UUID) -> list[Closing]:
    """A course's closing sheets, the newest first."""
    rows = await _select().where(ClosingSheet.course == course_id).order_by(ClosingSheet.as_of, ascending=False)
    return [_closing(row) for row in rows]


async def closing_of(course_id: UUID, sheet_id: UUID) -> Closing:
    """One of them. Raises NotFound."""
    return await _one((ClosingSheet.id == sheet_id) & (ClosingSheet.course == course_id))


async def closing_by_code(code: str) -> Closing:
    """What was put on the paper that carries this code, for whoever holds it. Raises NotFound."""
    return await _one(ClosingSheet.code == read_code(code))


def _select() -> Select[ClosingSheet]:
    return ClosingSheet.select(
        ClosingSheet.id, ClosingSheet.code, ClosingSheet.as_of, ClosingSheet.figures,
        ClosingSheet.person.name.as_alias("person"),
    )  # fmt: skip


async def _one(where: Combinable) -> Closing:
    row = await _select().where(where).first()
    if row is None:
        raise NotFound(Message("No closing sheet has this code. Compare each letter and digit with the paper."))
    return _closing(row)


def _closing(row: Mapping[str, Any]) -> Closing:
    figures = msgspec.json.decode(row["figures"])
    return Closing(
        row["id"], row["code"], row["as_of"], row["person"], figures["course"], figures["term"], figures["enrolled"],
        tuple(msgspec.convert(funnel, Funnel) for funnel in figures["funnels"]),
        tuple(msgspec.convert(cause, Cause) for cause in figures["causes"]),
    )  # fmt: skip
