"""A print run as it is read, apart from the queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courses.errors import Message

KINDS = ("handout", "copies", "personal", "catchup", "poster")
#: kinds with a link for each student and lesson; the slips of the others share one link a lesson
PERSONAL = ("personal", "catchup")


class PrintOptions(msgspec.Struct, frozen=True):
    """How a run is printed. `skip` are cells of the first sheets that are peeled off already, `per_page` cells a sheet has.

    `fit` is the printer's offset (x, y in mm) and scale (x, y); `replaces` names the slip that this run is printed for;
    `tagged` is for screen readers, `printer` the id of the person's own that it was made for, "none" for none.
    """

    copies: int = 1
    by_lesson: bool = False
    parts: tuple[str, ...] = ()
    marks: str = ""
    language: str = "en"
    skip: tuple[int, ...] = ()
    per_page: int = 1
    fit: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    replaces: str = ""
    tagged: bool = False
    printer: str = ""


class ProblemRecord(msgspec.Struct, frozen=True):
    """Why a run failed: a message's text and what fills it."""

    text: str = ""
    values: dict[str, Any] = {}

    @property
    def message(self) -> Message:
        return Message(self.text, **self.values)


class UnreadRecord(msgspec.Struct, frozen=True):
    """A slip whose code could not be read back, and why."""

    serial: str
    title: str
    reason: ProblemRecord

    @property
    def message(self) -> Message:
        return self.reason.message


class ProofRecord(msgspec.Struct, frozen=True):
    """How many codes were read back from the finished file, of how many that were looked at; and which were not."""

    read: int = 0
    looked_at: int = 0
    codes: int = 0
    unread: tuple[UnreadRecord, ...] = ()


@dataclass(frozen=True)
class PrintRunInfo:
    """A run; `state` is "queued", "working", "done", "failed" or "cancelled", `done` how many of its `slips` are drawn."""

    id: UUID
    course: UUID
    course_title: str
    number: int
    created_at: datetime
    created_by: str | None
    kind: str
    layout: str
    grid: Mapping[str, Any]
    options: PrintOptions
    slips: int
    done: int
    pages: int
    state: str
    problem: ProblemRecord
    proof: ProofRecord
    file: str
    attempt: UUID | None
    tries: int
    ended_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def name(self) -> str:
        return f"P{self.number}"

    @property
    def failure(self) -> Message | None:
        """Why it failed."""
        return self.problem.message if self.problem.text else None

    @property
    def under_way(self) -> bool:
        return self.state in ("queued", "working")

    def serial(self, number: int) -> str:
        """What is printed on a slip, such as `P3-017`."""
        return f"{self.name}-{number:03d}"
