"""A phone says whose it is: how far that is believed, and who lets it see what other phones reported of the student.

Numbers are in every class's chat group, so a number alone shows neither the full name nor anything that was done elsewhere.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from courses.audit import record
from courses.changes import Changes
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import NotFound
from courses.signed_in import SignedIn
from courses.students.comparing import name_key
from courses.students.roster import find_student, find_student_by_id, student_info
from courses.students.values import Known, Standing, StudentInfo
from courses.tables.roster import Claim

#: by whom a phone was let in: it was the student's first, it had the PIN, a phone of the student's that was in, an instructor;
#: "before" is of older code, which let in everybody
FIRST, PIN, PHONE, TEACHER = "first", "pin", "phone", "teacher"
_DEVICE = re.compile("[0-9a-f]{16}")
_NAMES = "claim.let_in_at, claim.let_in_by, claim.by_name"


@dataclass(frozen=True)
class WaitingPhone:
    """A phone (16 hexadecimal digits) that says it is a student's, since `said_at`, and was let in by nobody."""

    device: str
    said_at: datetime


class _Before(NamedTuple):
    by: str | None
    by_name: bool


@unit_of_work
async def claim_student(
    course_id: UUID, device: str, text: str, *, by_name: bool = False, pin: bool = False
) -> StudentInfo:
    """Remember that a phone (16 hexadecimal digits) is the student's who is meant by text.

    `by_name` says that the full name was typed beside it, `pin` that the PIN was. Raises Invalid, Conflict as find_student
    does, ValueError for a wrong device.
    """
    if not _DEVICE.fullmatch(device):
        raise ValueError("a device is 16 hexadecimal digits")
    student, moment = await find_student(course_id, text), now()
    by_name = by_name or name_key(text) == name_key(student.name)
    async with writing():
        known = await _claim_of(course_id, device)
        if known is None or known["id"] != student.id:
            before = await _before(course_id, student.id, device)
            by = PIN if pin else before.by or (None if await _elsewhere(student.id, device) else FIRST)
            by_name = by_name or before.by_name
            await Claim.insert(
                Claim(
                    id=uuid4(), course=course_id, student=student.id, device=device, created_at=moment, by_name=by_name,
                    let_in_at=moment if by else None, let_in_by=by,
                )
            )  # fmt: skip
        else:
            mine = Claim.id == known["claim"]
            if by_name:
                await Claim.update({Claim.by_name: True}).where(mine)
            if pin:
                await Claim.update({Claim.let_in_at: moment, Claim.let_in_by: PIN}).where(mine)
    return student


async def claimed_student(course_id: UUID, device: str) -> Known | None:
    """Who this phone said it is, last, and how far that is believed; None when nobody or when the student left."""
    row = await _claim_of(course_id, device)
    return Known(student_info(row), standing_of(row)) if row and row["left_at"] is None else None


def standing_of(row: dict[str, Any]) -> Standing:
    """By the columns of a claim."""
    by = row["let_in_by"]
    return Standing(row["let_in_at"] is not None, bool(row["by_name"]) or (by is not None and by != FIRST))


async def waiting_phones(course_id: UUID, student_id: UUID) -> list[WaitingPhone]:
    """Those that say they are the student's and are let in by nobody, the first one first."""
    rows: list[dict[str, Any]] = await Claim.raw(
        "SELECT claim.device AS device, claim.created_at AS said_at FROM claim"
        " WHERE claim.student = {} AND claim.undone_at IS NULL AND claim.let_in_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM claim AS later WHERE later.course = {} AND later.device = claim.device"
        " AND later.undone_at IS NULL AND later.created_at > claim.created_at) ORDER BY claim.created_at",
        student_id,
        course_id,
    )
    return [WaitingPhone(row["device"], row["said_at"]) for row in rows]


@unit_of_work
async def let_in(course_id: UUID, student_id: UUID, device: str, by: SignedIn | None) -> bool:
    """The phone sees all that is known of the student: by an instructor, or None for a phone of the student's that is in.

    False when it was let in before. Raises NotFound for a phone that does not say that it is the student's.
    """
    async with writing():
        student = await find_student_by_id(course_id, student_id)
        known = await _claim_of(course_id, device)
        if known is None or known["id"] != student.id:
            raise NotFound
        if known["let_in_at"] is not None and known["let_in_by"] != FIRST:
            return False
        changes: Changes = {Claim.let_in_at: now(), Claim.let_in_by: TEACHER if by else PHONE}
        await Claim.update(changes).where(Claim.id == known["claim"])
        if by is not None:
            await record("student.let_in", by, course=course_id, object=student_id, label=student.name)
    return True


async def _claim_of(course_id: UUID, device: str) -> dict[str, Any] | None:
    # Raw: it is on the scan path, and building the query costs more than running it.
    rows: list[dict[str, Any]] = await Claim.raw(
        f"SELECT claim.id AS claim, {_NAMES}, student.id, student.number, student.name, student.seat,"  # noqa: S608 -- constants
        ' student.left_at, student."group" FROM claim JOIN student ON student.id = claim.student'
        " WHERE claim.course = {} AND claim.device = {} AND claim.undone_at IS NULL"
        " ORDER BY claim.created_at DESC LIMIT 1",
        course_id,
        device,
    )
    return rows[0] if rows else None


async def _before(course_id: UUID, student_id: UUID, device: str) -> _Before:
    """What the phone was believed when it said the name earlier, before it said another."""
    rows = await Claim.select(Claim.let_in_by, Claim.by_name).where(
        Claim.course == course_id, Claim.student == student_id, Claim.device == device, Claim.undone_at.is_null()
    ).order_by(Claim.created_at)  # fmt: skip
    by = [row["let_in_by"] for row in rows if row["let_in_by"]]
    return _Before(by[-1] if by else None, any(row["by_name"] for row in rows))


async def _elsewhere(student_id: UUID, device: str) -> bool:
    """Whether another phone said the name, or reported about the student."""
    rows = await Claim.raw(
        "SELECT 1 FROM claim WHERE student = {} AND device <> {} AND undone_at IS NULL"
        " UNION ALL SELECT 1 FROM event WHERE student = {} AND device IS NOT NULL AND device <> {} LIMIT 1",
        student_id, device, student_id, device,
    )  # fmt: skip
    return bool(rows)
