"""Scans that did not lead to a lesson: each is a row with a reason out of a closed list, and with what is known of its link."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from courses.events.phone_times import phone_time
from courses.tables.events import RefusedScan
from courses.tables.links import Link
from courses.tables.roster import Student

#: why a phone was turned away. "in_app" is of scans in another app's browser, which are events: the page is shown, but leads
#: no further there.
REASONS = (
    "bad_token", "unknown_link", "lesson_deleted", "template", "withdrawn", "run_withdrawn", "expired", "lesson_closed",
    "not_open", "lesson_not_open", "wrong_slip", "student_left", "student_merged", "student_erased", "no_cookie", "in_app",
    "code_incomplete", "code_check", "code_unknown", "codes_limited", "name_unknown", "name_ambiguous", "names_limited",
    "pin_wrong", "room_code_missing", "room_code_wrong", "room_codes_limited",
)  # fmt: skip
#: what a page that turns a phone away knows without asking the database, by their place in tickets; the exact reason is
#: found when it is reported
COARSE = (
    "token_invalid", "not_found", "link_ended", "link_not_open", "phone_unknown", "too_many", "room_code_needed",
    "lesson_in_trash",
)  # fmt: skip
_ALWAYS = {
    "token_invalid": "bad_token", "phone_unknown": "no_cookie", "too_many": "codes_limited",
    "room_code_needed": "room_code_missing", "lesson_in_trash": "lesson_deleted",
}  # fmt: skip
#: refused scans that belong to no course are kept so long
STRAYS_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Refused:
    """A scan that was turned away: `reason` is of REASONS or of COARSE, `moment` when the page said so.

    `at` is the phone's time, `received_at` the server's, `offset` what the phone's clock is off (milliseconds); `link` a
    link's public id, `seat` of a personal slip.
    """

    id: UUID
    reason: str
    at: datetime
    received_at: datetime
    moment: datetime
    link: str | None = None
    seat: int | None = None
    device: str | None = None
    offset: int | None = None


async def keep_refused(refused: Refused) -> bool:
    """Write it down once; False for an id that is known. Raises ValueError for a reason that is none of ours."""
    found = await _link(refused.link) if refused.link else None
    student = await _student(found, refused.seat) if found else None
    reason = _exact(refused, found, student)
    if reason not in REASONS:
        raise ValueError(f"{reason} is no reason")
    time = phone_time(refused.at, refused.received_at, found["created_at"] if found else None, refused.offset)
    row = RefusedScan(
        id=refused.id, reason=reason, course=found and found["course"], lesson=found and found["lesson"],
        link=found and found["id"], student=student and student["id"], device=refused.device,
        at=time.at, received_at=refused.received_at, at_doubtful=time.doubtful,
    )  # fmt: skip
    rows = await RefusedScan.insert(row).on_conflict(target=RefusedScan.id, action="DO NOTHING").returning(
        RefusedScan.id
    )  # fmt: skip
    return bool(rows)


def _exact(refused: Refused, link: Mapping[str, Any] | None, student: Mapping[str, Any] | None) -> str:
    """What of a coarse reason was true at that moment."""
    if refused.reason in REASONS:
        return refused.reason
    if refused.reason in _ALWAYS:
        return _ALWAYS[refused.reason]
    if link is None:
        return "unknown_link"
    match refused.reason:
        case "not_found":
            return _missing(refused, link, student)
        case "link_ended":
            return _ended(link, refused.moment)
        case "link_not_open":
            own = link["opens_at"] is not None and link["opens_at"] > refused.moment
            return "not_open" if own else "lesson_not_open"
    return refused.reason


def _missing(refused: Refused, link: Mapping[str, Any], student: Mapping[str, Any] | None) -> str:
    if link["deleted_at"] is not None:
        return "lesson_deleted"
    if link["template"]:
        return "template"
    if student is None or (link["student"] is not None and refused.seat != link["seat"]):
        return "wrong_slip"
    if student["merged_into"] is not None:
        return "student_merged"
    if student["erased_at"] is not None:
        return "student_erased"
    return "student_left" if student["left_at"] is not None else "wrong_slip"


def _ended(link: Mapping[str, Any], moment: datetime) -> str:
    if link["withdrawn_at"] is not None:
        return "run_withdrawn" if link["run_withdrawn_at"] is not None else "withdrawn"
    own = link["expires_at"] is not None and link["expires_at"] <= moment
    return "expired" if own else "lesson_closed"


async def _link(code: str) -> dict[str, Any] | None:
    return await Link.select(
        Link.id, Link.lesson, Link.student, Link.opens_at, Link.expires_at, Link.withdrawn_at, Link.created_at,
        Link.student.seat.as_alias("seat"), Link.run.withdrawn_at.as_alias("run_withdrawn_at"),
        Link.lesson.course.as_alias("course"), Link.lesson.deleted_at.as_alias("deleted_at"),
        Link.lesson.template.as_alias("template"),
    ).where(Link.code == code).first()  # fmt: skip


async def _student(link: Mapping[str, Any], seat: int | None) -> dict[str, Any] | None:
    columns = Student.id, Student.left_at, Student.merged_into, Student.erased_at
    if seat is not None:
        return await Student.select(*columns).where(Student.course == link["course"], Student.seat == seat).first()
    if link["student"] is not None:
        return await Student.select(*columns).where(Student.id == link["student"]).first()
    return None
